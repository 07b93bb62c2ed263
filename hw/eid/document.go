package eid

// document is a kind of card: ID_ADRESSE_File_applet1_8_v5, tag 0F.
type document struct{ number, name string }

// documents are the kinds there are, by the number on the card.
func documents() []document {
	return []document{
		{"1", "citizen"}, {"6", "kids-id"}, {"7", "bootstrap"}, {"8", "habilitation"},
		{"11", "foreigner-a"}, {"12", "foreigner-b"}, {"13", "foreigner-c"}, {"14", "foreigner-d"},
		{"15", "foreigner-e"}, {"16", "foreigner-e-plus"}, {"17", "foreigner-f"}, {"18", "foreigner-f-plus"},
		{"19", "foreigner-h"}, {"20", "foreigner-i"}, {"21", "foreigner-j"}, {"22", "foreigner-m"}, {"23", "foreigner-n"},
		{"27", "foreigner-k"}, {"28", "foreigner-l"}, {"31", "foreigner-eu"}, {"32", "foreigner-eu-plus"},
		{"33", "foreigner-a"}, {"34", "foreigner-b"}, {"35", "foreigner-f"}, {"36", "foreigner-f-plus"},
		{"61", "foreign-kids-eu"}, {"62", "foreign-kids-eu-plus"}, {"63", "foreign-kids-a"},
		{"64", "foreign-kids-b"}, {"65", "foreign-kids-k"}, {"66", "foreign-kids-l"},
		{"67", "foreign-kids-f"}, {"68", "foreign-kids-f-plus"}, {"69", "foreign-kids-m"},
	}
}

// Document is the name of the kind of card: "citizen", "kids-id", "foreigner-eu",
// "foreign-kids-b", …; "other" where the number is not known, "" where there is none.
func (i Identity) Document() string {
	if i.DocumentType == "" {
		return ""
	}
	for _, d := range documents() {
		if d.number == i.DocumentType {
			return d.name
		}
	}
	return "other"
}

// ChildCard tells whether the document is made for children: a Kids-ID, or one of
// the foreign children's. Age is another thing, and comes from the birth date: a
// Kids-ID outlives the twelfth birthday.
func (i Identity) ChildCard() bool {
	t := i.DocumentType
	return t == "6" || len(t) == 2 && t[0] == '6' && t[1] >= '1' && t[1] <= '9'
}
