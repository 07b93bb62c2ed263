package kiosk

// What else can be done with the card that is in: from the appointments of today, or from
// the notice that there are none.

// withMore adds the way to what else there is, where there is anything.
func (s State) withMore(list []Button) []Button {
	v := s.Visit
	if v.CardOut || v.Proof.Identity.Len() == 0 || len(s.visits()) == 0 || v.Stage == Noticing && !goesOn(v.Notice) {
		return list
	}
	return append(list, Button{Do: "more", Text: "button.more"})
}

// visits are what can be done besides, the one that most want first.
func (s State) visits() []Button {
	var list []Button
	if s.asksHolder(VisitAppointments) {
		list = append(list, Button{Do: "later", Text: "button.later"})
	}
	if s.Settings.CodeCards && s.asksHolder(VisitCodeCard) {
		list = append(list, Button{Do: "codecard", Text: "button.codecard"})
	}
	if s.Settings.AppLink != "" && s.asksHolder(VisitAppCode) {
		list = append(list, Button{Do: VisitAppCode, Text: "button.appcode"})
	}
	if s.asksHolder(VisitContact) {
		list = append(list, Button{Do: VisitContact, Text: "button.contact"})
	}
	if s.wanted(VisitBlock) {
		list = append(list, Button{Do: "block", Text: "button.block"})
	}
	return list
}

// more shows what else there is.
func (s State) more() State {
	v := &s.Visit
	v.Home = ""
	if v.Stage == Noticing {
		v.Home = v.Notice
	}
	v.Stage, v.Notice = Menu, ""
	return s.stay()
}

// ofMenu says what a view asks there.
func (s State) ofMenu(v View) View {
	if s.Visit.Stage == Menu {
		v.Asks = "more"
	}
	return v
}

func (s State) menuButtons() []Button {
	return append(s.visits(), Button{Do: "back", Text: "button.back"}, Button{Do: "stop", Text: "button.stop"})
}
