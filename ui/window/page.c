#include <libsoup/soup.h>
#include <string.h>

#include "native.h"

// How long a page may leave input unanswered before its process is ended, in
// seconds, after the three that WebKit waits before it says so.
#define UNRESPONSIVE 7

// OWN is the address of a page of our own.
#define OWN "balie:own"

// ---- where the page may go

static gboolean may_show(balie_window *w, const char *uri) {
	return w->origin ? g_str_has_prefix(uri, w->origin) : strcmp(uri, OWN) == 0;
}

static void decide_navigation(balie_window *w, WebKitPolicyDecision *decision) {
	WebKitNavigationAction *action =
		webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
	const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
	if (uri && may_show(w, uri)) {
		webkit_policy_decision_use(decision);
		return;
	}
	balie_tell(w, BALIE_BLOCKED, uri);
	webkit_policy_decision_ignore(decision);
}

static gboolean is_attachment(WebKitURIResponse *response) {
	SoupMessageHeaders *headers = webkit_uri_response_get_http_headers(response);
	const char *how = headers ? soup_message_headers_get_one(headers, "Content-Disposition") : NULL;
	return how && g_ascii_strncasecmp(how, "attachment", strlen("attachment")) == 0;
}

// unfit says why an answer may not become the document of a frame, or NULL: no
// error page, no file to download, no PDF with a toolbar.
static const char *unfit(WebKitURIResponse *response) {
	if (g_strcmp0(webkit_uri_response_get_mime_type(response), "text/html") != 0)
		return "it is not a page";
	return is_attachment(response) ? "it is a download" : NULL;
}

// decide_response reports an answer that is turned down, because the page before
// it is deaf by then: WebKit ends a page's requests, its event stream too, when
// it sets out for another.
static void decide_response(balie_window *w, WebKitPolicyDecision *decision) {
	WebKitResponsePolicyDecision *d = WEBKIT_RESPONSE_POLICY_DECISION(decision);
	WebKitURIResponse *response = webkit_response_policy_decision_get_response(d);
	guint status = webkit_uri_response_get_status_code(response);
	const char *reason = unfit(response);
	if (status < 400 && !reason) {
		webkit_policy_decision_use(decision);
		return;
	}
	webkit_policy_decision_ignore(decision);
	if (!webkit_response_policy_decision_is_main_frame_main_resource(d))
		return;
	char text[16];
	g_snprintf(text, sizeof text, "%u", status);
	if (status >= 400)
		balie_tell(w, BALIE_STATUS, text);
	else
		balie_tell(w, BALIE_FAILED, reason);
}

static gboolean on_decide_policy(WebKitWebView *view, WebKitPolicyDecision *decision,
	WebKitPolicyDecisionType type, gpointer data) {
	(void)view;
	switch (type) {
	case WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION:
		decide_navigation(data, decision);
		break;
	case WEBKIT_POLICY_DECISION_TYPE_RESPONSE:
		decide_response(data, decision);
		break;
	default: // a new window
		webkit_policy_decision_ignore(decision);
	}
	return TRUE;
}

// ---- what becomes of the page

static void on_load_changed(WebKitWebView *view, WebKitLoadEvent event, gpointer data) {
	balie_window *w = data;
	const char *uri = webkit_web_view_get_uri(view);
	if (event == WEBKIT_LOAD_FINISHED && w->origin && uri && may_show(w, uri))
		balie_tell(w, BALIE_SHOWN, NULL);
}

static gboolean on_load_failed(WebKitWebView *view, WebKitLoadEvent event, char *uri, GError *error, gpointer data) {
	(void)view, (void)event, (void)uri;
	if (g_error_matches(error, WEBKIT_NETWORK_ERROR, WEBKIT_NETWORK_ERROR_CANCELLED) ||
		g_error_matches(error, WEBKIT_POLICY_ERROR, WEBKIT_POLICY_ERROR_FRAME_LOAD_INTERRUPTED_BY_POLICY_CHANGE))
		return TRUE; // of our own doing
	balie_tell(data, BALIE_FAILED, error->message);
	return TRUE; // without WebKit's page about it
}

static gboolean on_tls_failed(WebKitWebView *view, char *uri, GTlsCertificate *certificate,
	GTlsCertificateFlags errors, gpointer data) {
	(void)view, (void)uri, (void)certificate, (void)errors;
	balie_tell(data, BALIE_FAILED, "the certificate is not trusted");
	return TRUE;
}

static void on_terminated(WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer data) {
	(void)view;
	switch (reason) {
	case WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT:
		balie_tell(data, BALIE_DIED, "too much memory");
		break;
	case WEBKIT_WEB_PROCESS_TERMINATED_BY_API:
		balie_tell(data, BALIE_DIED, "it did not answer");
		break;
	default:
		balie_tell(data, BALIE_DIED, "it crashed");
	}
}

static void on_close(WebKitWebView *view, gpointer data) {
	(void)view;
	balie_tell(data, BALIE_FAILED, "it closed itself"); // and hears nothing any more
}

static gboolean end_unresponsive(gpointer data) {
	balie_window *w = data;
	w->unresponsive = 0;
	webkit_web_view_terminate_web_process(w->view);
	return G_SOURCE_REMOVE;
}

static void on_responsive(WebKitWebView *view, GParamSpec *spec, gpointer data) {
	(void)spec;
	balie_window *w = data;
	if (w->unresponsive) {
		g_source_remove(w->unresponsive);
		w->unresponsive = 0;
	}
	if (!webkit_web_view_get_is_web_process_responsive(view))
		w->unresponsive = g_timeout_add_seconds(UNRESPONSIVE, end_unresponsive, w);
}

// ---- what the page may ask

static gboolean on_script_dialog(WebKitWebView *view, WebKitScriptDialog *dialog) {
	(void)view;
	if (webkit_script_dialog_get_dialog_type(dialog) == WEBKIT_SCRIPT_DIALOG_BEFORE_UNLOAD_CONFIRM)
		webkit_script_dialog_confirm_set_confirmed(dialog, TRUE); // or it could stay for ever
	return TRUE;
}

static gboolean on_permission(WebKitWebView *view, WebKitPermissionRequest *request) {
	(void)view;
	webkit_permission_request_deny(request);
	return TRUE;
}

static gboolean on_file_chooser(WebKitWebView *view, WebKitFileChooserRequest *request) {
	(void)view;
	webkit_file_chooser_request_cancel(request);
	return TRUE;
}

static gboolean on_color_chooser(WebKitWebView *view, WebKitColorChooserRequest *request) {
	(void)view;
	webkit_color_chooser_request_cancel(request);
	return TRUE;
}

// on_authenticate goes on without a password, to the 401 that says so.
static gboolean on_authenticate(WebKitWebView *view, WebKitAuthenticationRequest *request) {
	(void)view;
	webkit_authentication_request_authenticate(request, NULL);
	return TRUE;
}

static GtkWidget *on_create(void) { return NULL; }

void balie_lock_page(balie_window *w) {
	g_signal_connect(w->view, "decide-policy", G_CALLBACK(on_decide_policy), w);
	g_signal_connect(w->view, "load-changed", G_CALLBACK(on_load_changed), w);
	g_signal_connect(w->view, "load-failed", G_CALLBACK(on_load_failed), w);
	g_signal_connect(w->view, "load-failed-with-tls-errors", G_CALLBACK(on_tls_failed), w);
	g_signal_connect(w->view, "web-process-terminated", G_CALLBACK(on_terminated), w);
	g_signal_connect(w->view, "notify::is-web-process-responsive", G_CALLBACK(on_responsive), w);
	g_signal_connect(w->view, "close", G_CALLBACK(on_close), w);
	g_signal_connect(w->view, "script-dialog", G_CALLBACK(on_script_dialog), NULL);
	g_signal_connect(w->view, "permission-request", G_CALLBACK(on_permission), NULL);
	g_signal_connect(w->view, "run-file-chooser", G_CALLBACK(on_file_chooser), NULL);
	g_signal_connect(w->view, "run-color-chooser", G_CALLBACK(on_color_chooser), NULL);
	g_signal_connect(w->view, "authenticate", G_CALLBACK(on_authenticate), NULL);
	g_signal_connect(w->view, "create", G_CALLBACK(on_create), NULL);
	g_signal_connect(w->view, "context-menu", G_CALLBACK(balie_yes), NULL);
	g_signal_connect(w->view, "enter-fullscreen", G_CALLBACK(balie_yes), NULL);
	g_signal_connect(w->view, "print", G_CALLBACK(balie_yes), NULL);
	g_signal_connect(w->view, "show-notification", G_CALLBACK(balie_yes), NULL);
}

// ---- loading

void balie_load(balie_window *w, const char *url, const char *origin, const char *token) {
	g_free(w->origin);
	w->origin = g_strdup(origin);
	WebKitURIRequest *request = webkit_uri_request_new(url);
	char *value = g_strconcat("Bearer ", token, NULL);
	soup_message_headers_replace(webkit_uri_request_get_http_headers(request), "Authorization", value);
	webkit_web_view_load_request(w->view, request);
	memset(value, 0, strlen(value));
	g_free(value);
	g_object_unref(request);
}

void balie_own(balie_window *w, const char *html) {
	g_clear_pointer(&w->origin, g_free);
	webkit_web_view_load_html(w->view, html, OWN);
}
