#include "native.h"

// balie_lock_settings turns off what the screens do not use and what could leave
// something behind. Names and defaults: WebKitSettings of WebKitGTK 2.50.
void balie_lock_settings(balie_window *w) {
	g_object_set(webkit_web_view_get_settings(w->view),
		"hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER,
		"enable-developer-extras", FALSE,
		"enable-write-console-messages-to-stdout", FALSE,
		"javascript-can-access-clipboard", FALSE, // webview_go turns it on
		"javascript-can-open-windows-automatically", FALSE,
		"allow-modal-dialogs", FALSE,
		"allow-file-access-from-file-urls", FALSE,
		"allow-universal-access-from-file-urls", FALSE,
		"allow-top-navigation-to-data-urls", FALSE,
		"enable-html5-database", FALSE,
		"enable-html5-local-storage", FALSE,
		"enable-page-cache", FALSE,
		"enable-back-forward-navigation-gestures", FALSE,
		"enable-caret-browsing", FALSE,
		"enable-dns-prefetching", FALSE,
		"enable-encrypted-media", FALSE,
		"enable-fullscreen", FALSE,
		"enable-media-stream", FALSE,
		"enable-webgl", FALSE,
		"enable-webrtc", FALSE,
		NULL);
}
