// Package eidtest mints Belgian identity cards that never existed and plays
// them, for a desk without readers and for tests.
//
// A [Description] says in words what the card is; a [PKI] signs it; the [Card]
// that comes out answers command APDUs as the chip would, applets 1.1, 1.7 and
// 1.8. It is played in two ways: in memory, as a [balie/hw/card.Card], and by a
// [Reader] behind a real pcscd, through the vpcd driver of vsmartcard.
//
// A [PKI] is made anew in memory, so nobody can trust it by accident and no
// private key of it is published. Nothing here is for production, and nothing here
// imports testing: kiosksim is the command.
//
// What the cards do follows the public specifications that Fedict/eid-mw keeps in
// doc/sdk/documentation ("Public Belpic Applet Ref Manual", "Belgian Electronic
// Identity Card content", "ID_ADRESSE_File_applet1_8_v5") and the behaviour that
// eid-mw, commons-eid and OpenSC's card-belpic.c rely on. None of it was measured
// on a physical card.
package eidtest
