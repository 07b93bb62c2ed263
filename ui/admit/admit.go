// Package admit hands the screen's token from the daemon to the window, over a
// Unix socket, to the user that the window runs as and to no other.
//
// [Server] is the daemon's end and [Ask] the window's; [Keep] is what a window
// does with them for as long as it runs. The connection stays open after the
// pass has been given: its end is how the window learns that the daemon went,
// and [Server.Renew] how the daemon sends for the window.
//
// The token is in no argument, no file, no URL and no log. What a token is and
// what it is traded for is not decided here: that is package ui.
package admit
