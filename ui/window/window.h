// The native side of package window: a GTK window and the WebKit view in it,
// shut against everything but one page. Every function is for the main thread.
#ifndef BALIE_WINDOW_H
#define BALIE_WINDOW_H

#include <stdint.h>

// What the window tells: goEvent(owner, kind, detail).
enum {
	BALIE_SHOWN = 1, // the daemon's page has loaded
	BALIE_DIED,      // the web process ended; detail says how
	BALIE_FAILED,    // the page could not be loaded; detail says why
	BALIE_STATUS,    // the page was answered with an HTTP error; detail is the status
	BALIE_BLOCKED,   // the page wanted to go elsewhere; detail is the address
};

typedef struct balie_window balie_window;

typedef struct {
	int width, height; // of a window with a frame; 0 is the whole monitor
	int hide_cursor;
	int sandbox; // of the web process; where the kernel forbids it, WebKit aborts
} balie_options;

// balie_display says whether there is a display to open a window on.
int balie_display(void);

// balie_context prepares what every view of this process shares; before the first view.
void balie_context(const balie_options *o);

// balie_open makes the window, without a view yet. owner comes back in events.
balie_window *balie_open(const balie_options *o, uintptr_t owner);
void *balie_native(balie_window *w);

// balie_harden shuts the view that was put in the window and shows both. It says
// 0 if the pinch gesture was not found, which this WebKit then keeps.
int balie_harden(balie_window *w);

// balie_load loads url with a bearer token; origin ("http://host:port/") is what
// the page may not leave.
void balie_load(balie_window *w, const char *url, const char *origin, const char *token);

// balie_own shows html of our own, from no origin.
void balie_own(balie_window *w, const char *html);

void balie_close(balie_window *w);

#endif
