#include "native.h"

#include "_cgo_export.h"

// ---- the window

int balie_display(void) { return gtk_init_check(NULL, NULL); }

void *balie_native(balie_window *w) { return w->window; }

// fit covers the monitor: gtk_window_fullscreen asks the window manager for it,
// move and resize do it where there is none.
static void fit(balie_window *w) {
	GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(w->window));
	GdkMonitor *monitor = gdk_display_get_primary_monitor(display);
	if (!monitor)
		monitor = gdk_display_get_monitor(display, 0);
	if (!monitor)
		return;
	GdkRectangle r;
	gdk_monitor_get_geometry(monitor, &r);
	gtk_window_set_default_size(w->window, r.width, r.height);
	gtk_window_move(w->window, r.x, r.y);
	gtk_window_resize(w->window, r.width, r.height);
	gtk_window_fullscreen(w->window);
}

static void on_monitors(GdkScreen *screen, gpointer data) {
	(void)screen;
	fit(data);
}

balie_window *balie_open(const balie_options *o, uintptr_t owner) {
	balie_window *w = g_new0(balie_window, 1);
	w->options = *o;
	w->owner = owner;
	w->window = GTK_WINDOW(gtk_window_new(GTK_WINDOW_TOPLEVEL));
	gtk_window_set_title(w->window, "Balie");
	g_signal_connect(w->window, "delete-event", G_CALLBACK(balie_yes), NULL);
	if (o->width > 0) {
		gtk_window_set_default_size(w->window, o->width, o->height);
		return w;
	}
	gtk_window_set_decorated(w->window, FALSE);
	gtk_window_set_keep_above(w->window, TRUE);
	fit(w);
	GdkScreen *screen = gtk_widget_get_screen(GTK_WIDGET(w->window));
	g_signal_connect(screen, "monitors-changed", G_CALLBACK(on_monitors), w);
	g_signal_connect(screen, "size-changed", G_CALLBACK(on_monitors), w);
	return w;
}

void balie_close(balie_window *w) {
	GdkScreen *screen = gtk_widget_get_screen(GTK_WIDGET(w->window));
	g_signal_handlers_disconnect_by_data(screen, w);
	if (w->unresponsive)
		g_source_remove(w->unresponsive);
	gtk_widget_destroy(GTK_WIDGET(w->window));
	g_free(w->origin);
	g_free(w);
}

// ---- what every view shares

static void on_download(WebKitWebContext *context, WebKitDownload *download) {
	(void)context;
	webkit_download_cancel(download);
}

void balie_context(const balie_options *o) {
	WebKitWebContext *context = webkit_web_context_get_default();
	webkit_web_context_set_cache_model(context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
	webkit_web_context_set_spell_checking_enabled(context, FALSE);
	webkit_web_context_set_sandbox_enabled(context, o->sandbox);
	g_signal_connect(context, "download-started", G_CALLBACK(on_download), NULL);
	WebKitWebsiteDataManager *data = webkit_web_context_get_website_data_manager(context);
	webkit_website_data_manager_set_network_proxy_settings(data, WEBKIT_NETWORK_PROXY_MODE_NO_PROXY, NULL);
	webkit_website_data_manager_set_tls_errors_policy(data, WEBKIT_TLS_ERRORS_POLICY_FAIL);
	webkit_website_data_manager_set_persistent_credential_storage_enabled(data, FALSE);
}

// ---- the view

void balie_tell(balie_window *w, int kind, const char *detail) {
	goEvent(w->owner, kind, (char *)(detail ? detail : ""));
}

gboolean balie_yes(void) { return TRUE; }

// lock_content takes away what webview_go puts into every page: a script, and a
// handler through which any page could speak to this process. Its first message
// would also start a JavaScript engine here, which takes over SIGSEGV from Go.
static void lock_content(balie_window *w) {
	WebKitUserContentManager *content = webkit_web_view_get_user_content_manager(w->view);
	webkit_user_content_manager_remove_all_scripts(content);
	webkit_user_content_manager_unregister_script_message_handler(content, "external");
	if (!w->options.hide_cursor)
		return;
	WebKitUserStyleSheet *sheet = webkit_user_style_sheet_new("* { cursor: none !important }",
		WEBKIT_USER_CONTENT_INJECT_ALL_FRAMES, WEBKIT_USER_STYLE_LEVEL_USER, NULL, NULL);
	webkit_user_content_manager_add_style_sheet(content, sheet);
	webkit_user_style_sheet_unref(sheet);
}

int balie_harden(balie_window *w) {
	w->view = WEBKIT_WEB_VIEW(gtk_bin_get_child(GTK_BIN(w->window)));
	lock_content(w);
	balie_lock_settings(w);
	balie_lock_page(w);
	int pinch = balie_lock_input(w);
	gtk_widget_grab_focus(GTK_WIDGET(w->view));
	gtk_widget_show_all(GTK_WIDGET(w->window));
	return pinch;
}
