package uitest

import (
	"strconv"

	"balie/internal/secret"
	"balie/kiosk"
)

// staff are the screens of the desk.
func (m *maker) staff() {
	m.staffSample("sign-in", kiosk.StaffView{Title: "staff.sign-in.title", Lead: "staff.sign-in.lead", Warnings: []string{"staff.warn.not-recognised"}}, []kiosk.Field{
		{Key: "badge", Kind: kiosk.FieldText, Label: "staff.field.badge", Max: 100, Masked: true},
	}, kiosk.Button{Do: "sign-in", Text: "staff.button.sign-in", Key: "Enter", Send: true}, kiosk.Button{Do: "stop", Text: "button.stop", Key: "Escape"})
	m.staffSample("busy", kiosk.StaffView{Title: "staff.busy.title", Busy: true}, nil)
	var tasks []kiosk.Button
	for i, task := range []string{"link", "unlink", "block", "password", "unlock", "code", "history"} {
		tasks = append(tasks, kiosk.Button{Do: "task", Choice: task, Text: "staff.button." + task, Key: strconv.Itoa(i + 1)})
	}
	m.staffSample("menu", kiosk.StaffView{Clerk: "Kaat", Title: "staff.menu.title"}, nil, append(tasks, kiosk.Button{Do: "sign-out", Text: "staff.button.sign-out", Key: "F9"})...)
	parent := kiosk.Fact{Label: "staff.fact.parent", Value: secret.NewText("Marie-Antoinette V."), Says: "staff.fact.card"}
	child := kiosk.Fact{Label: "staff.fact.child", Value: secret.NewText("Lucas P."), Says: "staff.fact.typed"}
	fifteen := kiosk.Fact{Label: "staff.fact.fifteen", Value: secret.NewText("05/03/2032")}
	back := kiosk.Button{Do: "stop", Text: "button.back", Key: "Escape"}
	m.staffSample("people", kiosk.StaffView{
		Clerk: "Kaat", Title: "staff.people.link", Lead: "staff.people.lead", Facts: []kiosk.Fact{parent, {Label: "staff.fact.child", Says: "staff.fact.nobody"}},
		Warnings: []string{"staff.warn.two-adults"},
	}, nil, kiosk.Button{Do: "type", Choice: "child", Text: "staff.button.child-typed", Key: "2"}, back)
	m.staffSample("typing", kiosk.StaffView{Clerk: "Kaat", Title: "staff.typing.child", Lead: "staff.typing.lead"}, []kiosk.Field{
		{Key: "number", Kind: kiosk.FieldText, Label: "staff.field.number", Hint: "staff.field.number-hint", Max: 32, Wrong: "staff.wrong.number"},
		{Key: "name", Kind: kiosk.FieldText, Label: "staff.field.name", Max: 60},
		{Key: "birth", Kind: kiosk.FieldDate, Label: "staff.field.birth"}, {Key: "again", Kind: kiosk.FieldDate, Label: "staff.field.birth-again", Wrong: "staff.wrong.birth-again"},
	}, kiosk.Button{Do: "typed", Text: "button.next", Key: "Enter", Send: true}, back)
	m.staffSample("attest", kiosk.StaffView{
		Clerk: "Kaat", Title: "staff.attest.link", Lead: "staff.attest.link-lead", Parent: parent.Value, Child: child.Value,
		Facts: []kiosk.Fact{parent, child, fifteen}, Warnings: []string{"staff.warn.parent-no-account", "staff.warn.unverified"},
	}, nil, attesting(back)...)
	m.staffSample("sure", kiosk.StaffView{Clerk: "Kaat", Title: "staff.sure.password", Lead: "staff.sure.password-lead", Facts: []kiosk.Fact{
		{Label: "staff.fact.person", Says: "staff.fact.typed"}, {Label: "staff.fact.account", Says: "staff.fact.locked"}, {Label: "staff.fact.code-card", Says: "staff.fact.active"},
	}}, nil, kiosk.Button{Do: "sure", Text: "staff.button.password", Key: "Enter"}, back)
	m.staffSample("code", kiosk.StaffView{Clerk: "Kaat", Title: "staff.code.typing", Lead: "staff.code.typing-lead"}, []kiosk.Field{
		{Key: "code", Kind: kiosk.FieldCode, Label: "field.code", Hint: "field.code-hint", Masked: true, Wrong: "field.code-wrong"},
	}, kiosk.Button{Do: "code", Text: "button.next", Key: "Enter", Send: true}, kiosk.Button{Do: "in-hands", Text: "staff.button.in-hands", Key: "F8"}, back)
	m.staffSample("told", kiosk.StaffView{
		Clerk: "Kaat", Title: "staff.result.linked", Lead: "staff.meaning.linked", Date: "05/03/2032", Facts: []kiosk.Fact{parent, child, fifteen},
		Warnings: []string{"slip.slip-printed"},
	}, nil, kiosk.Button{Do: "stop", Text: "button.ready", Key: "Enter"}, kiosk.Button{Do: "next", Text: "staff.button.next-child", Key: "1"},
		kiosk.Button{Do: "print", Text: "staff.button.print-again", Key: "2"}, kiosk.Button{Do: "form", Text: "staff.button.form", Key: "3"})
}

// attesting are the buttons of the fullest screen.
func attesting(back kiosk.Button) []kiosk.Button {
	return []kiosk.Button{
		{Do: "confirm", Text: "staff.button.link-now", Key: "Enter"}, {Do: "authority", Text: "staff.button.authority", Key: "0", Pressed: "true"},
		{Do: "paper", Choice: "birth-certificate", Text: "staff.paper.birth-certificate", Key: "1", Pressed: "true"},
		{Do: "paper", Choice: "family-book", Text: "staff.paper.family-book", Key: "2", Pressed: "false"},
		{Do: "paper", Choice: "court-order", Text: "staff.paper.court-order", Key: "3", Pressed: "false"},
		{Do: "paper", Choice: "household-certificate", Text: "staff.paper.household-certificate", Key: "4", Pressed: "false"},
		{Do: "paper", Choice: "other", Text: "staff.paper.another", Key: "5", Pressed: "false"},
		{Do: "other", Text: "staff.button.bond", Key: "F8"}, back,
	}
}

func (m *maker) staffSample(name string, v kiosk.StaffView, fields []kiosk.Field, buttons ...kiosk.Button) {
	m.add("staff-"+name, kiosk.View{Screen: kiosk.ScreenStaff, Staff: &v, Fields: fields, Entry: 1, EndsAt: endsAt, Buttons: buttons})
}
