#include "native.h"

#define CHORDS (GDK_CONTROL_MASK | GDK_MOD1_MASK | GDK_SUPER_MASK | GDK_META_MASK | GDK_HYPER_MASK)

// is_plain says whether a key is one that a form needs. All others are swallowed:
// other function keys, media keys, Menu, Print, and what a keyboard has that nobody
// thought of.
static gboolean is_plain(guint key) {
	switch (key) {
	case GDK_KEY_Tab: case GDK_KEY_ISO_Left_Tab:
	case GDK_KEY_Return: case GDK_KEY_KP_Enter: case GDK_KEY_Escape:
	case GDK_KEY_BackSpace: case GDK_KEY_Delete:
	case GDK_KEY_F8: case GDK_KEY_F9: /* of the desk: neither GTK nor WebKit has a use for them */
	case GDK_KEY_Left: case GDK_KEY_Right: case GDK_KEY_Up: case GDK_KEY_Down:
	case GDK_KEY_Home: case GDK_KEY_End: case GDK_KEY_Page_Up: case GDK_KEY_Page_Down:
	case GDK_KEY_Shift_L: case GDK_KEY_Shift_R: case GDK_KEY_Caps_Lock: case GDK_KEY_Num_Lock:
	case GDK_KEY_ISO_Level3_Shift: case GDK_KEY_Multi_key:
		return TRUE;
	}
	if (key >= GDK_KEY_dead_grave && key <= GDK_KEY_dead_greek)
		return TRUE;
	return gdk_keyval_to_unicode(key) >= 0x20;
}

static gboolean on_key(GtkWidget *widget, GdkEventKey *event) {
	(void)widget;
	return (event->state & CHORDS) || !is_plain(event->keyval);
}

static gboolean on_button(GtkWidget *widget, GdkEventButton *event) {
	(void)widget;
	return event->button != GDK_BUTTON_PRIMARY; // menu, paste, back, forward
}

static void hide_cursor(GtkWidget *widget) {
	GdkCursor *none = gdk_cursor_new_from_name(gtk_widget_get_display(widget), "none");
	gdk_window_set_cursor(gtk_widget_get_window(widget), none);
	g_clear_object(&none);
}

// lock_pinch stops the gesture that WebKit's view zooms with. It answers to no
// setting and no touch-action; its name is WebKit's own and not promised, so
// that not finding it is told (seen in 2.50 and 2.54).
static int lock_pinch(balie_window *w) {
	GtkEventController *zoom = g_object_get_data(G_OBJECT(w->view), "wk-view-zoom-gesture");
	if (!GTK_IS_GESTURE_ZOOM(zoom))
		return 0;
	gtk_event_controller_set_propagation_phase(zoom, GTK_PHASE_NONE);
	return 1;
}

int balie_lock_input(balie_window *w) {
	g_signal_connect(w->window, "key-press-event", G_CALLBACK(on_key), NULL);
	g_signal_connect(w->window, "key-release-event", G_CALLBACK(on_key), NULL);
	g_signal_connect(w->view, "button-press-event", G_CALLBACK(on_button), NULL);
	g_signal_connect(w->view, "button-release-event", G_CALLBACK(on_button), NULL);
	gtk_drag_dest_unset(GTK_WIDGET(w->view));
	if (w->options.hide_cursor)
		g_signal_connect(w->window, "realize", G_CALLBACK(hide_cursor), NULL);
	return lock_pinch(w);
}
