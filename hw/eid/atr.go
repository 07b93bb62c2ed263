package eid

import "bytes"

// atr18 is the answer to reset of applet 1.8 (OpenSC card-belpic.c).
func atr18() []byte {
	return []byte{0x3B, 0x7F, 0x96, 0, 0, 0x80, 0x31, 0x80, 0x65, 0xB0, 0x85, 0x04, 0x01, 0x20, 0x12, 0x0F, 0xFF, 0x82, 0x90, 0x00}
}

// LooksBelgian tells whether an answer to reset is that of a Belgian identity card:
// 3B98xx40xxxxxxxx0101AD131x (applets to 1.7) or that of 1.8. It is a hint and
// nothing more: other Java cards have the same bytes, and only selecting the files
// tells. (OpenSC card-belpic.c, commons-eid BeIDCardManager.java.)
func LooksBelgian(atr []byte) bool {
	if bytes.Equal(atr, atr18()) {
		return true
	}
	return len(atr) == 13 && atr[0] == 0x3B && atr[1] == 0x98 && atr[3] == 0x40 &&
		atr[8] == 0x01 && atr[9] == 0x01 && atr[10] == 0xAD && atr[11] == 0x13 && atr[12]&0xF0 == 0x10
}
