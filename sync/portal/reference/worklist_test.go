package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
	"balie/sync/worklist"
)

// all reads a kiosk's list to its end, and gives what is new by index.
func all(t *testing.T, client *portal.Client, after int64) (entries map[worklist.Index][]byte, revision int64, pages int) {
	t.Helper()
	entries, revision = map[worklist.Index][]byte{}, after
	for more := true; more; pages++ {
		page, err := client.Worklist(t.Context(), revision)
		must(t, err)
		for _, e := range page.Entries {
			entries[worklist.Index(e.Index)] = e.Sealed
		}
		revision, more = page.Revision, page.More
	}
	return entries, revision, pages
}

// opened is what is on a list for somebody.
func opened(t *testing.T, entries map[worklist.Index][]byte, key, salt []byte, who string) []api.Appointment {
	t.Helper()
	return openedBy(t, entries, key, salt, worklist.Subject("ssin", who))
}

func openedBy(t *testing.T, entries map[worklist.Index][]byte, key, salt, subject []byte) []api.Appointment {
	t.Helper()
	made, err := worklist.Derive(subject, key, salt)
	must(t, err)
	sealed, is := entries[made.Index()]
	if !is {
		return nil
	}
	body, err := made.Open(sealed)
	must(t, err)
	var list []api.Appointment
	must(t, json.Unmarshal(body, &list))
	return list
}

// A list comes in pages, then only what changed; it opens with the card, the kiosk's key
// and the salt of the day, and is another's to nobody.
func TestWorklist(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Derivations = 4
		r.restart()
		_, client := r.enrol("K1")
		const others = 5
		for n := range others {
			r.admit(fmt.Sprintf("700101%05d", n), fmt.Sprintf("of-%d", n))
		}
		r.admit(number, "mine")
		elsewhere := reference.Visit{Patient: reference.Patient{Number: secret.NewText("80010112345")}, Appointment: api.Appointment{
			Id: "elsewhere", Start: r.now(), End: r.now().Add(time.Hour), Label: "Raadpleging", Campus: "Campus Zuid",
		}}
		must(t, r.portal.Admit(t.Context(), []reference.Patient{elsewhere.Patient}, []reference.Visit{elsewhere}))

		var e *portal.Error
		if _, err := client.Worklist(t.Context(), 0); !errors.As(err, &e) || e.Code != "no-worklist" {
			t.Fatalf("before a key was set: %v", err)
		}
		set := portal.WorklistKey{Day: "2026-03-02", Key: bytes.Repeat([]byte{7}, 32)}
		salt, err := client.SetWorklistKey(t.Context(), set)
		must(t, err)
		entries, revision, pages := all(t, client, 0)
		if len(entries) != others+1 || pages < 2 {
			t.Fatalf("%d entries in %d pages", len(entries), pages)
		}
		if list := opened(t, entries, set.Key, salt, number); len(list) != 1 || list[0].Id != "mine" || list[0].CheckedIn {
			t.Errorf("mine: %+v", list)
		}
		for name, list := range map[string][]api.Appointment{
			"of somebody elsewhere": opened(t, entries, set.Key, salt, "80010112345"),
			"of nobody":             opened(t, entries, set.Key, salt, "80010154321"),
			"with another key":      opened(t, entries, bytes.Repeat([]byte{8}, 32), salt, number),
		} {
			if list != nil {
				t.Errorf("%s: %+v", name, list)
			}
		}
		if again, err := client.SetWorklistKey(t.Context(), set); err != nil || !bytes.Equal(again, salt) {
			t.Errorf("the same key again: %v", err)
		}
		if news, same, _ := all(t, client, revision); len(news) != 0 || same != revision {
			t.Errorf("nothing is new, and %d entries came", len(news))
		}
		sent(t, client, r.seal(action{kiosk: "K1", counter: 1, appointment: "mine", card: card(number, "good")}))
		news, _, _ := all(t, client, revision)
		if list := opened(t, news, set.Key, salt, number); len(news) != 1 || len(list) != 1 || !list[0].CheckedIn {
			t.Errorf("after a check-in %d are new: %+v", len(news), list)
		}
		for _, canary := range []string{number, "7001010000", string(set.Key)} {
			if strings.Contains(r.stored(), canary) {
				t.Errorf("the database tells %q", canary)
			}
		}
	})
}

// People without a national number, and letters, are on the list of a kiosk that keeps
// such, marked, and on no other's; however many there are, a list comes to its end.
func TestAWorklistOfTheChipless(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Derivations = 2
		r.restart()
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		r.domainPeople(t)
		var people []reference.Patient
		var visits []reference.Visit
		for n := range 3 {
			p := reference.Patient{EAD: secret.NewText(fmt.Sprintf("E 2%d-001", n)), Birth: secret.NewText("1991-02-03")}
			people = append(people, p)
			visits = append(visits, reference.Visit{Patient: p, Appointment: api.Appointment{Id: fmt.Sprint("abroad-", n), Start: r.now(), End: r.now(), Label: "x"}})
		}
		must(t, r.portal.Admit(t.Context(), people, visits))
		set := portal.WorklistKey{Day: "2026-03-02", Key: bytes.Repeat([]byte{7}, 32)}
		_, err := two.SetWorklistKey(t.Context(), set)
		must(t, err)
		if entries, _, _ := all(t, two, 0); len(entries) != 1 {
			t.Errorf("without a TPM there are %d", len(entries))
		}
		set.Chipless = true
		salt, err := one.SetWorklistKey(t.Context(), set)
		must(t, err)
		entries, revision, _ := all(t, one, 0)
		if len(entries) != 1+1+3 {
			t.Errorf("with a TPM there are %d", len(entries))
		}
		for name, c := range map[string]struct {
			subject []byte
			want    string
		}{
			"by number": {worklist.EAD("e22001", "1991-02-03"), "abroad-2"}, "another birth": {worklist.EAD("e22001", "1991-02-04"), ""},
			"by letter": {worklist.Letter(letter, canaryBirth), "mine"}, "a letter, another birth": {worklist.Letter(letter, "1985-07-31"), ""},
			"by card": {worklist.Subject("ssin", number), "mine"}, "by the number of a card's holder": {worklist.EAD(canaryEAD, canaryBirth), ""},
		} {
			list := openedBy(t, entries, set.Key, salt, c.subject)
			if c.want == "" && list != nil || c.want != "" && (len(list) != 1 || list[0].Id != c.want) {
				t.Errorf("%s: %+v", name, list)
			}
		}
		r.do("UPDATE appointments SET cancelled_at = 1 WHERE id IN ('mine', 'abroad-2')")
		news, _, _ := all(t, one, revision)
		if len(news) != 3 || len(openedBy(t, news, set.Key, salt, worklist.Letter(letter, canaryBirth))) != 0 {
			t.Errorf("after two were cancelled %d are new", len(news))
		}
		for _, canary := range []string{letter, "22001", "1991-02-03"} {
			if strings.Contains(r.stored(), canary) {
				t.Errorf("the database tells %q", canary)
			}
		}
	})
}

// A list is of one day and one key.
func TestAWorklistEnds(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		says := func(err error, want string) {
			t.Helper()
			var e *portal.Error
			if !errors.As(err, &e) || e.Code != want || e.Status != http.StatusConflict {
				t.Errorf("%v, want %s", err, want)
			}
		}
		first := portal.WorklistKey{Day: "2026-03-02", Key: bytes.Repeat([]byte{7}, 32)}
		salt, err := client.SetWorklistKey(t.Context(), first)
		must(t, err)
		before, _, _ := all(t, client, 0)
		second := portal.WorklistKey{Day: "2026-03-02", Key: bytes.Repeat([]byte{8}, 32)}
		other, err := client.SetWorklistKey(t.Context(), second)
		must(t, err)
		after, revision, _ := all(t, client, 0)
		if opened(t, before, first.Key, salt, number) == nil || opened(t, after, second.Key, other, number) == nil || opened(t, after, first.Key, salt, number) != nil {
			t.Error("another key does not make another list")
		}
		for _, day := range []string{"2026-03-01", "2026-03-03"} {
			_, err := client.SetWorklistKey(t.Context(), portal.WorklistKey{Day: day, Key: first.Key})
			says(err, "wrong-day")
		}
		r.set(time.Date(2026, 3, 2, 23, 1, 0, 0, time.UTC)) // 00:01 of the next day in Brussels
		_, err = client.Worklist(t.Context(), revision)
		says(err, "no-worklist")
		_, err = client.SetWorklistKey(t.Context(), portal.WorklistKey{Day: "2026-03-03", Key: first.Key})
		must(t, err)
		if entries, _, _ := all(t, client, 0); len(entries) != 0 {
			t.Errorf("on the next day there are %d", len(entries))
		}
	})
}
