// Package eid reads the Belgian electronic identity card through any
// [balie/hw/card.Card], and tells what of it is proved.
package eid
