package conformance

import (
	"fmt"
	"strings"

	"balie/sync/portal/api"
)

func deskChecks() []Check {
	return []Check{
		{"phone and e-mail are the holder's to correct", contact},
		{"a code of the app works once", appCode},
		{"the staff list is signed and has the clerk", staffList},
		{"a call for help rings once for its key, for its own kiosk", helpCall},
		{"certificates and heartbeats", health},
	}
}

func contact(r *run) error {
	who, err := r.holder(r.one, karim())
	if err != nil {
		return err
	}
	want := api.Contact{Phone: "+32 470 00 00 00", Email: "k" + unique()[:8] + "@voorbeeld.example"}
	if got, err := r.one.SetContact(r.ctx, unique(), *who.Card, *who.Holder, want); err != nil || got != want {
		r.wrong("corrected: %+v, %v", got, err)
	}
	if got, err := r.one.Contact(r.ctx, *who.Card, *who.Holder); err != nil || got != want {
		r.wrong("asked for: %+v, %v", got, err)
	}
	child, err := r.holder(r.one, lucas())
	if err != nil {
		return err
	}
	_, err = r.one.Contact(r.ctx, *child.Card, *child.Holder)
	r.refused("a child", err, "holder-refused")
	return nil
}

func appCode(r *run) error {
	who, err := r.holder(r.one, karim())
	if err != nil {
		return err
	}
	void, err := r.one.RegisterApp(r.ctx, unique(), who)
	if err != nil {
		return err
	}
	key := unique()
	good, err := r.one.RegisterApp(r.ctx, key, who)
	if err != nil {
		return err
	}
	if again, err := r.one.RegisterApp(r.ctx, key, who); err != nil || again.Code != good.Code {
		r.wrong("the same key gives another code, %v", err)
	}
	for _, try := range []struct{ what, code, problem string }{
		{"a code that a newer one voided", void.Code, "code-wrong"},
		{"as it is typed", strings.ToLower(good.Code[:4] + "-" + good.Code[4:]), ""},
		{"a second time", good.Code, "code-wrong"},
		{"none", "", "code-wrong"},
	} {
		if a, err := r.ask("/app/api/redeem", map[string]string{"code": try.code}); err != nil || a.Problem != try.problem {
			r.wrong("%s: %q, %v", try.what, a.Problem, err)
		}
	}
	return nil
}

func staffList(r *run) error {
	list, err := r.one.Staff(r.ctx, r.t.Kiosk.Root)
	if err != nil {
		return err
	}
	for _, m := range list.Staff {
		if m.Id == r.t.Clerk && (m.CardKey != "" || m.BadgeHash != "") {
			return nil
		}
	}
	return fmt.Errorf("%d of the staff, and not the clerk with card or badge", len(list.Staff))
}

func helpCall(r *run) error {
	key, call := unique(), api.HelpCall{Reason: api.CallHelp, Screen: "welcome", Language: "nl"}
	first, err := r.one.CallStaff(r.ctx, key, call)
	if err != nil || first.State != api.CallRinging {
		r.wrong("%+v, %v", first, err)
	}
	if again, err := r.one.CallStaff(r.ctx, key, call); err != nil || again.Call != first.Call {
		r.wrong("it rings twice: %v", err)
	}
	if got, err := r.one.HelpCall(r.ctx, first.Call); err != nil || !got.State.Valid() {
		r.wrong("%+v, %v", got, err)
	}
	_, err = r.two.HelpCall(r.ctx, first.Call)
	r.refused("another kiosk asks", err, "call-unknown")
	return nil
}

func health(r *run) error {
	if s, err := r.one.CertificateStatus(r.ctx, strings.Repeat("0", 64), "1"); err != nil || s.Status != api.CertificateNotRevoked {
		r.wrong("a certificate of nobody: %+v, %v", s, err)
	}
	return r.one.Heartbeat(r.ctx, api.Heartbeat{
		Version: "suite", ClockKnown: true, Devices: []api.Device{{Name: "reader-1", State: api.DeviceOK}, {Name: "ticket-printer", State: api.DeviceWarning, Code: "paper-low"}},
	})
}
