package papers

// Sample is a paper of that kind about people and places that do not exist, from a
// booth that may: the zero Booth is one of a hospital that does not exist either.
func Sample(kind string, booth Booth) (Paper, error) {
	if booth.Hospital == "" {
		booth = Booth{Hospital: "Ziekenhuis Sint-Voorbeeld", Kiosk: "K1", Phone: "016 00 00 00"}
	}
	asking := Asking{
		Booth: booth, Name: "Amélie Voorbeeld-Müller", Born: "29/02/1984", Address: "Voorbeeldstraat 1, 3000 Leuven",
		Contact: "0470 00 00 00", Mail: "amelie@voorbeeld.example",
	}
	const portal = "https://portaal.ziekenhuis-voorbeeld.example/app/installeren"
	switch kind {
	case "ticket":
		return Ticket{
			Booth: booth, Number: "K1-042", Appointment: "14:30", Department: "Gastro-enterologie 4614", Place: "Gele zaal, niveau 1",
			Route: "46", RouteURL: "https://route.example/46", Date: "24/11/2026", Time: "14:05",
		}, nil
	case "codecard":
		return CodeCard{Booth: booth, Number: "7KQ2-XW9M-3ABC", Codes: sampleCodes(), URL: portal}, nil
	case "password":
		return Password{Booth: booth, User: "E0000000000", Password: "Kx7-Qm2-Vt9p", URL: portal}, nil
	case "app":
		return App{Booth: booth, URL: portal, Registration: "4T9Q-WB7K", Date: "25/11/2026", Time: "14:05"}, nil
	case "child-link":
		return ChildLink{Booth: booth, Parent: asking.Name, Child: "Noé Voorbeeld", Born: "29/02/2016", Since: "24/11/2026", Ends: "01/03/2031"}, nil
	case "trusted-person":
		return TrustedPerson{asking}, nil
	case "representative":
		return Representative{asking}, nil
	case "revocation":
		return Revocation{asking}, nil
	case "letter":
		return Letter{
			Booth: booth, Name: asking.Name, Date: "24/11/2026", Time: "14:30", Department: "Gastro-enterologie 4614",
			Place: "Campus Voorbeeld, route 46", With: "dr. Ø. Łukasz", Prepare: []string{"Kom nuchter. / À jeun. / Nüchtern."}, Code: "A-0042-7613",
		}, nil
	case "instructions":
		return Instructions{Booth: booth, URL: portal}, nil
	case "blocked":
		return Blocked{Booth: booth, Date: "24/11/2026", Time: "14:05"}, nil
	case "test":
		return Test{
			Booth: booth, Version: "v1.0.0", Printed: "2026-11-24 14:05:00", Printer: "ticket", Role: "ticket",
			Port: "/dev/serial/by-id/usb-Voorbeeld-if00-port0", Profile: "epson-tm", Columns: 42,
		}, nil
	}
	return nil, unknown(kind)
}

// sampleCodes are six symbols each, of those that are not taken for one another.
func sampleCodes() []string {
	const symbols = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
	list := make([]string, codes)
	for i := range list {
		code := make([]byte, 6)
		for j := range code {
			code[j] = symbols[(i*i+7*i*j+11*j*j+5*j+i)%len(symbols)]
		}
		list[i] = string(code)
	}
	return list
}
