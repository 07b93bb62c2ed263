package eidtest

// Tray is a handful of cards for a desk: one of each kind that a booth must tell
// apart. Their ids and national numbers are stable, so that a portal can be seeded
// with the same people:
//
//	id     name                          national number  born        card
//	an     An Sofie M. Peeters           84051799897      1984-05-17  citizen, 1.8: the ordinary visitor
//	jef    Jef Louis A. Vandersmissen    51110299791      1951-11-02  citizen, 1.1: the oldest applet
//	elise  Élise Anne J. Lefèvre         72082999888      1972-08-29  citizen, 1.7, in French
//	lucas  Lucas Jan Peeters             17030599736      2017-03-05  Kids-ID, 1.8: a child of an
//	marta  Marta Zofia Kowalczyk         90011499891      1990-01-14  EU citizen, 1.8
//	hugo   Hugo Karel P. De Smedt        66072199702      1966-07-21  citizen, 1.8: expired yesterday
//	nele   Nele Griet L. Maes            79120899820      1979-12-08  citizen, 1.8: forged
//	karim  Karim Youssef Haddad          95042399745      1995-04-23  foreigner B, re-keyed 1.7: no appointment
//
// The people are invented. The numbers have right check digits, and counters
// (997 and 998) that the register does not reach.
func Tray() []Description {
	return []Description{
		{
			ID: "an", Given: "An Sofie", Family: "Peeters", Initial: "M", NationalNumber: "84051799897", Birth: "1984-05-17", Sex: "F",
			Type: "citizen", Applet: Applet18, Street: "Bondgenotenlaan 12", PostalCode: "3000", Town: "Leuven",
			Note: "the ordinary visitor",
		},
		{
			ID: "jef", Given: "Jef Louis", Family: "Vandersmissen", Initial: "A", NationalNumber: "51110299791", Birth: "1951-11-02", Sex: "M",
			Type: "citizen", Applet: Applet11, BirthPlace: "Diest", Street: "Demerstraat 8", PostalCode: "3290", Town: "Diest",
			Note: "the oldest applet: RSA 1024, SHA-1",
		},
		{
			ID: "elise", Given: "Élise Anne", Family: "Lefèvre", Initial: "J", NationalNumber: "72082999888", Birth: "1972-08-29", Sex: "F",
			Type: "citizen", Applet: Applet17, Language: "fr", BirthPlace: "Liège", Street: "Rue des Écoliers 3", PostalCode: "1348",
			Town: "Ottignies-Louvain-la-Neuve", Note: "applet 1.7, accents",
		},
		{
			ID: "lucas", Given: "Lucas Jan", Family: "Peeters", NationalNumber: "17030599736", Birth: "2017-03-05", Sex: "M",
			Type: "kids-id", Applet: Applet18, Street: "Bondgenotenlaan 12", PostalCode: "3000", Town: "Leuven",
			Note: "a child: Kids-ID, no signature certificate",
		},
		{
			ID: "marta", Given: "Marta Zofia", Family: "Kowalczyk", NationalNumber: "90011499891", Birth: "1990-01-14", Sex: "F",
			Type: "eu", Applet: Applet18, Nationality: "POL", BirthPlace: "Gdańsk", Street: "Tiensevest 40", PostalCode: "3000", Town: "Leuven",
			Note: "EU citizen",
		},
		{
			ID: "hugo", Given: "Hugo Karel", Family: "De Smedt", Initial: "P", NationalNumber: "66072199702", Birth: "1966-07-21", Sex: "M",
			Type: "citizen", Applet: Applet18, Flaws: Flaws{Expired: true}, Note: "expired yesterday",
		},
		{
			ID: "nele", Given: "Nele Griet", Family: "Maes", Initial: "L", NationalNumber: "79120899820", Birth: "1979-12-08", Sex: "F",
			Type: "citizen", Applet: Applet18, Flaws: Flaws{IdentitySignature: true}, Note: "forged: not signed by the national register",
		},
		{
			ID: "karim", Given: "Karim Youssef", Family: "Haddad", NationalNumber: "95042399745", Birth: "1995-04-23", Sex: "M",
			Type: "foreigner-b", Applet: Applet17EC, Nationality: "Marokko", BirthPlace: "Fès", Note: "foreigner's card B, no appointment today",
		},
	}
}
