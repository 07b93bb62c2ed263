package eidtest

import (
	"fmt"
	"strconv"
)

// Applet is a generation of the card: its commands, its keys, its habits.
type Applet string

// The applets. 1.7-ec is a 1.7 card re-keyed: its identity is signed with P-384.
const (
	Applet11   Applet = "1.1"
	Applet17   Applet = "1.7"
	Applet17EC Applet = "1.7-ec"
	Applet18   Applet = "1.8"
)

// Applets are all of them, oldest first.
func Applets() []Applet { return []Applet{Applet11, Applet17, Applet17EC, Applet18} }

func (a Applet) known() bool {
	switch a {
	case "", Applet11, Applet17, Applet17EC, Applet18:
		return true
	}
	return false
}

// or18 is the applet, or 1.8 where none was said.
func (a Applet) or18() Applet {
	if a == "" {
		return Applet18
	}
	return a
}

// elliptic tells whether identity and address are signed with P-384.
func (a Applet) elliptic() bool { return a == Applet18 || a == Applet17EC }

// version is the applet version in GET CARD DATA.
func (a Applet) version() byte {
	switch a {
	case Applet11:
		return 0x11
	case Applet17, Applet17EC:
		return 0x17
	}
	return 0x18
}

// Kind is a kind of card.
type Kind struct {
	Name   string // as in a Description
	Number string // as in tag 0F
	Child  bool   // Kids-ID and the foreign children's cards
}

// Types are the kinds of card there are: ID_ADRESSE_File_applet1_8_v5, tag 0F.
func Types() []Kind {
	return []Kind{
		{"citizen", "1", false}, {"kids-id", "6", true}, {"bootstrap", "7", false}, {"habilitation", "8", false},
		{"foreigner-a", "11", false}, {"foreigner-b", "12", false}, {"foreigner-c", "13", false}, {"foreigner-d", "14", false},
		{"foreigner-e", "15", false}, {"foreigner-e+", "16", false}, {"foreigner-f", "17", false}, {"foreigner-f+", "18", false},
		{"foreigner-h", "19", false}, {"foreigner-i", "20", false}, {"foreigner-j", "21", false}, {"foreigner-m", "22", false},
		{"foreigner-n", "23", false}, {"foreigner-k", "27", false}, {"foreigner-l", "28", false},
		{"eu", "31", false}, {"eu+", "32", false}, {"foreigner-a-33", "33", false}, {"foreigner-b-34", "34", false},
		{"foreigner-f-35", "35", false}, {"foreigner-f+-36", "36", false},
		{"kids-eu", "61", true}, {"kids-eu+", "62", true}, {"kids-a", "63", true}, {"kids-b", "64", true}, {"kids-k", "65", true},
		{"kids-l", "66", true}, {"kids-f", "67", true}, {"kids-f+", "68", true}, {"kids-m", "69", true},
	}
}

// documentType finds a kind by name or by number; "06" stays "06" on the card.
func documentType(name string) (Kind, error) {
	if name == "" {
		name = "citizen"
	}
	for _, k := range Types() {
		if k.Name == name || k.Number == name {
			return k, nil
		}
		if number, err := strconv.Atoi(name); err == nil && len(name) == 2 && strconv.Itoa(number) == k.Number {
			return Kind{Name: k.Name, Number: name, Child: k.Child}, nil
		}
	}
	return Kind{}, fmt.Errorf("card type %q is not known", name)
}

// foreign tells whether the card is one for foreigners.
func (k Kind) foreign() bool { return len(k.Number) == 2 && k.Number[0] != '0' }

// atr gives the answers to reset: OpenSC card-belpic.c, commons-eid
// BeIDCardManager.java. All offer T=0 only.
func (a Applet) atr() []byte {
	if a == Applet18 {
		return []byte{0x3B, 0x7F, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x65, 0xB0, 0x85, 0x04, 0x01, 0x20, 0x12, 0x0F, 0xFF, 0x82, 0x90, 0x00}
	}
	return []byte{0x3B, 0x98, 0x13, 0x40, 0x0A, 0xA5, 0x03, 0x01, 0x01, 0x01, 0xAD, 0x13, 0x11}
}
