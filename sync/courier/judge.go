package courier

import (
	"time"

	"github.com/google/uuid"

	"balie/sync/outbox"
	"balie/sync/portal/api"
)

// Codes that the courier gives where the portal gave none that can be used.
const (
	reasonOdd     = "odd-answer" // nothing, or nothing that can be used, was said of the action
	reasonRefused = "refused"    // for good, without saying why
	reasonRetry   = "retry"      // not now, without saying why
)

// verdict is what an answer means for a batch.
type verdict struct {
	results    []outbox.Result // one for each action, in the order of the batch
	delivered  int
	odd        int  // of which nothing is known
	unknownKey bool // an action was sealed to a key that the portal does not know
}

// judge reads the portal's answers. Answers for actions that were not sent are
// passed over; an action that is answered twice and differently, not at all or in
// words that are not the API's is taken for not answered.
func judge(batch []outbox.Sealed, answers []api.ActionResult, later func(attempts int, said time.Duration) time.Duration) verdict {
	said := byID(answers)
	var v verdict
	for _, s := range batch {
		answer := said[s.ID] // none: the zero value, of no status
		r := outbox.Result{ID: s.ID, Reason: word(answer.Code, "")}
		switch answer.Status {
		case api.Accepted, api.Duplicate:
			r.State = outbox.Acknowledged
			v.delivered++
		case api.Refused:
			r.State, r.Reason = outbox.Parked, word(answer.Code, reasonRefused)
			v.unknownKey = v.unknownKey || r.Reason == "unknown-key"
		case api.Retry:
			r.State, r.Reason = outbox.Pending, word(answer.Code, reasonRetry)
			r.After = later(s.Attempts, seconds(answer.RetryAfter))
		default:
			r.State, r.Reason, r.After = outbox.Pending, reasonOdd, later(s.Attempts, 0)
			v.odd++
		}
		v.results = append(v.results, r)
	}
	return v
}

// putOff leaves the actions of which nothing is known alone for longer than the
// courier rests: else they, the oldest, would be tried before the others each time.
func (v *verdict) putOff(wait time.Duration) {
	for i := range v.results {
		if v.results[i].Reason == reasonOdd {
			v.results[i].After += wait
		}
	}
}

// byID gives the answer for each id; one that contradicts another has no status.
func byID(answers []api.ActionResult) map[uuid.UUID]api.ActionResult {
	said := make(map[uuid.UUID]api.ActionResult, len(answers))
	for _, a := range answers {
		if before, twice := said[a.Id]; twice && before.Status != a.Status {
			a = api.ActionResult{Id: a.Id}
		}
		said[a.Id] = a
	}
	return said
}

// seconds reads what a portal said to wait.
func seconds(n int) time.Duration {
	return time.Duration(max(0, min(n, int(atMost/time.Second)))) * time.Second
}

// word lets through what openapi.yaml lets a code be, and no other text of the
// portal; other is what to say instead.
func word(code, other string) string {
	if code == "" || len(code) > 40 {
		return other
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return other
		}
	}
	return code
}
