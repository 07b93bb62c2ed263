package reference_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"testing"

	"balie/sync/overrides"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

func retirementBody(t testing.TB, waiting int) string {
	t.Helper()
	return written(t, api.Retirement{Waiting: waiting})
}

// retiredIsOneself: a kiosk retires itself, hears that it is done when it asks again,
// and no other is touched.
func retiredIsOneself(t *testing.T, r *rig, one, two *x509.Certificate) {
	for _, call := range []string{"retireKiosk", "getSelf"} {
		body := ""
		if call == "retireKiosk" {
			body = retirementBody(t, 0)
		}
		status, answer := r.try(r.operation(call), one, body)
		var p api.Problem
		if err := json.Unmarshal([]byte(answer), &p); err != nil || status != http.StatusUnauthorized || p.Code != "kiosk-retired" {
			t.Errorf("%s, once it is retired: %d %s", call, status, answer)
		}
	}
	asks[api.Kiosk](t, r, "getSelf", two, "")
	if status, answer := r.try(r.operation("retireKiosk"), two, retirementBody(t, 1)); status != http.StatusConflict {
		t.Errorf("with one waiting: %d %s", status, answer)
	}
	asks[api.Kiosk](t, r, "getSelf", two, "")
}

// overridesAreOwn: each kiosk is given what was set for it and for all.
func overridesAreOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	for kiosk, cert := range map[string]*x509.Certificate{"K1": one, "K2": two} {
		must(t, r.store.SetOverride(t.Context(), kiosk, api.Override{Key: "booth.name", Value: `"` + kiosk + `"`}, r.now()))
		signed := asks[api.SignedOverrides](t, r, "getOverrides", cert, "")
		set, err := overrides.Verify(signed, r.secrets.Root(), kiosk)
		if err != nil || set.TOML() != `booth.name = "`+kiosk+"\"\n" {
			t.Errorf("%s is given %q, %v", kiosk, set.TOML(), err)
		}
	}
}

// A kiosk that is retired leaves the list of those in service, and comes back with a new
// token.
func TestRetired(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		must(t, client.Heartbeat(t.Context(), api.Heartbeat{Version: "1", Devices: []api.Device{}}))
		must(t, client.Retire(t.Context(), 0, 2))
		must(t, client.Retire(t.Context(), 0, 2)) // as if the answer was lost
		list, err := r.store.Kiosks(t.Context(), r.now())
		must(t, err)
		if len(list) != 1 || list[0].State != "retired" || !list[0].Until.Equal(r.now()) {
			t.Errorf("%+v", list)
		}
		_, again := r.enrol("K1")
		if _, err := again.Self(t.Context()); err != nil {
			t.Errorf("enrolled again: %v", err)
		}
		if _, err := client.Self(t.Context()); err == nil {
			t.Error("what it had before is good again")
		}
	})
}

// Settings of a kiosk go before those of the site; each change is told once, and one that
// could not be given to a kiosk is not made.
func TestOverrides(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		_, _ = r.enrol("K2")
		set := func(kiosk, key, value string) error {
			return r.store.SetOverride(t.Context(), kiosk, api.Override{Key: key, Value: value}, r.now())
		}
		keeper, err := overrides.Open(overrides.Options{Path: filepath.Join(t.TempDir(), "overrides.json"), Kiosk: "K1", Root: r.secrets.Root(), Portal: client})
		must(t, err)
		for i, step := range []struct {
			kiosk, key, value string
			want              string // K1 has then
			changed           bool
		}{
			{"", "booth.idle", `"90s"`, "booth.idle = \"90s\"\n", true},
			{"K2", "booth.idle", `"60s"`, "booth.idle = \"90s\"\n", false},
			{"K1", "booth.idle", `"30s"`, "booth.idle = \"30s\"\n", true},
			{"", "booth.idle", `"95s"`, "booth.idle = \"30s\"\n", false},
			{"", "a", "1", "a = 1\nbooth.idle = \"30s\"\n", true},
			{"K1", "booth.idle", "", "a = 1\nbooth.idle = \"95s\"\n", true},
			{"K1", "booth.idle", "", "a = 1\nbooth.idle = \"95s\"\n", false},
		} {
			must(t, set(step.kiosk, step.key, step.value))
			if changed, err := keeper.Fetch(t.Context()); err != nil || changed != step.changed || keeper.Current().TOML() != step.want {
				t.Errorf("step %d: changed is %v, %v:\n%s", i, changed, err, keeper.Current().TOML())
			}
		}
		if signed, changed, err := client.Overrides(t.Context(), keeper.Current().Version); err != nil || changed {
			t.Errorf("the same again: %+v, %v, %v", signed, changed, err)
		}
		must(t, set("K2", "b", "1"))
		for name, err := range map[string]error{
			"a table and a part of it": set("", "a.b", "1"), "the same at another kiosk": set("", "b.c", "2"), "a whole table": set("", "c", "{}"), "no key": set("", "A b", "1"),
			"no value": set("", "a", "x y"), "two": set("", "a", "1\nb = 2"),
		} {
			if !errors.Is(err, overrides.ErrSetting) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := set("K9", "a", "1"); !errors.Is(err, reference.ErrNoKiosk) {
			t.Errorf("of no kiosk: %v", err)
		}
	})
}
