// What the C files of package window share.
#ifndef BALIE_NATIVE_H
#define BALIE_NATIVE_H

#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

#include "window.h"

struct balie_window {
	balie_options options;
	uintptr_t owner;
	GtkWindow *window;
	WebKitWebView *view;
	char *origin;       // what the page may not leave; NULL while our own is shown
	guint unresponsive; // the timer that ends a page which does not answer, or 0
};

// balie_tell hands an event to Go.
void balie_tell(balie_window *w, int kind, const char *detail);

// balie_yes is the handler of a signal that is settled by answering TRUE.
gboolean balie_yes(void);

void balie_lock_settings(balie_window *w); // settings.c
void balie_lock_page(balie_window *w);     // page.c: where it may go, what it may ask
int balie_lock_input(balie_window *w);     // input.c: 0 if the pinch gesture is not found

#endif
