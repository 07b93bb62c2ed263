package uitest

import (
	"fmt"

	"balie/kiosk"
)

// ways are what the welcome screen offers without a card.
var ways = []kiosk.Button{{Do: "app", Text: "button.app"}, {Do: "questions", Text: "button.questions"}, {Do: "block", Text: "button.block"}}

// longTitle and longPage are as full as a topic's file may be: package info counts the
// letters, and the screens must hold them.
const (
	longTitle = "Krankenversicherungsbescheinigung anfordern?"
	longPoint = "Die Vertrauensperson darf nach Ihrer Gesundheit fragen und die Krankenakte einsehen, mit Vollmacht vom Amt."
	longStep  = "Öffnen Sie die Anwendung mit Ihrer neuen"
)

func (m *maker) inquiries(keys []string) {
	m.questions()
	m.topic()
	m.app(keys)
	m.help(keys)
}

func (m *maker) questions() {
	v := kiosk.View{Screen: kiosk.ScreenQuestions, EndsAt: endsAt, Buttons: []kiosk.Button{{Do: "app", Text: "button.app"}, stop}}
	for i, picture := range []string{"key", "app", "child", "people", "shield", "lab", "paper", "child", "people", "mail", "desk"} {
		choice := fmt.Sprint(i)
		v.Topics = append(v.Topics, kiosk.TopicView{Choice: choice, Title: "Hoe meld ik mij aan bij het portaal?", Picture: picture})
		v.Buttons = append(v.Buttons, kiosk.Button{Do: "topic", Choice: choice, Text: "button.choose"})
	}
	m.add("questions", v)
	for i := range v.Topics {
		v.Topics[i].Title = longTitle
	}
	m.add("questions-longest", v)
}

func (m *maker) topic() {
	next, back, print := kiosk.Button{Do: "next", Text: "button.next"}, kiosk.Button{Do: "back", Text: "button.back"}, kiosk.Button{Do: "print", Text: "button.print"}
	v := kiosk.View{
		Screen: kiosk.ScreenTopic, EndsAt: endsAt, Buttons: []kiosk.Button{next, back, print, stop},
		Told: kiosk.Told{
			Title: "Wanneer zie ik mijn resultaten?", Pictures: []string{"lab"}, Page: 1, Pages: 2,
			Points: []string{"Van het labo: na 24 uur.", "Verslagen: na ongeveer 72 uur.", "Onderzoek van weefsel: na 30 dagen."},
		},
	}
	m.add("topic", v)
	v.Slip = "slip-printed"
	v.Told = kiosk.Told{Title: longTitle, Pictures: []string{"shield"}, Page: 6, Pages: 6, Points: []string{longPoint[:100], longPoint[:100], longPoint[:30]}}
	m.add("topic-longest", v)
	v.Told = kiosk.Told{Title: "?", Pictures: []string{"mail"}, Page: 1, Pages: 1, Points: []string{"Ja."}}
	m.add("topic-shortest", v)
}

func (m *maker) app(keys []string) {
	v := kiosk.View{
		Screen: kiosk.ScreenApp, EndsAt: endsAt, Link: "https://www.azvoorbeeld.example/app",
		Buttons: []kiosk.Button{{Do: "print", Text: "button.print"}, {Do: "questions", Text: "button.questions"}, stop},
		Told: kiosk.Told{
			Title: "Die App auf Ihrem Telefon", Page: 1, Pages: 1, Pictures: []string{"app-scan", "app-store", "app-register", "app-pin", "app-view"},
			Points: []string{
				"Scannen Sie den Code mit Ihrem Telefon", "Installieren Sie die App aus dem Store", "Melden Sie Ihr Telefon einmal an",
				"Wählen Sie eine PIN", longStep,
			},
		},
	}
	m.add("app", v)
	for _, slip := range under(keys, "slip.slip-", "") {
		v.Slip = "slip-" + slip
		m.add("app-"+slip, v)
	}
}

// helpers are who helps, as open as can be.
func helpers() []kiosk.HelperView {
	return []kiosk.HelperView{
		{Kind: "desk", Where: "Inkomhal, balie 3", Opening: kiosk.Opening{State: "open-until", Time: "17:00"}},
		{Kind: "phone", Where: "016 00 00 00", Opening: kiosk.Opening{State: "opens-on", Time: "08:00", Day: "wednesday"}},
		{Kind: "booth", Opening: kiosk.Opening{State: "opens-tomorrow", Time: "08:30"}},
	}
}

func (m *maker) help(keys []string) {
	v := kiosk.View{Screen: kiosk.ScreenHelp, EndsAt: endsAt, Helpers: helpers(), Buttons: []kiosk.Button{{Do: "call", Text: "button.call"}, {Do: "stop", Text: "button.ready"}}}
	m.add("help", v)
	v.CardIn, v.Buttons = true, []kiosk.Button{{Do: "back", Text: "button.back"}, stop}
	for _, state := range under(keys, "opening.", "") {
		v.Helpers = []kiosk.HelperView{{Kind: "desk", Opening: kiosk.Opening{State: state, Time: "08:00", Day: "saturday", Date: "04/01/2027"}}}
		m.add("help-"+state, v)
	}
	v.Helpers = helpers()
	for _, call := range under(keys, "call.", "") {
		v.Called = call
		m.add("help-"+call, v)
	}
	v.Helpers, v.Called = nil, ""
	m.add("help-nobody", v)
}
