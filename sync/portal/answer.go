package portal

import (
	"fmt"
	"unicode/utf8"

	"balie/sync/portal/api"
)

// errNotAPI is an answer that is JSON, and not what openapi.yaml says.
var errNotAPI = fmt.Errorf("%w: the answer is not what the API says", ErrAway)

// maxAppointments is how many a look-up may give.
const maxAppointments = 100

// complete tells whether an answer to a look-up says what it must, in the lengths of
// openapi.yaml. One that leaves the list out does not say that there is none, and
// what is too long fits neither screen nor paper.
func complete(r api.LookupResult) bool {
	if r.Appointments == nil || r.Day.IsZero() || len(r.Appointments) > maxAppointments {
		return false
	}
	for _, a := range r.Appointments {
		if a.Id == "" || a.Start.IsZero() || a.End.IsZero() || !short(a) {
			return false
		}
	}
	return true
}

func short(a api.Appointment) bool {
	for _, field := range []struct {
		text string
		most int
	}{
		{a.Id, 64}, {a.Label, 120}, {a.Place, 120}, {a.Route, 120}, {a.RouteUrl, 300}, {a.Phone, 40}, {a.Campus, 120}, {a.Ticket, 20},
	} {
		if utf8.RuneCountInString(field.text) > field.most {
			return false
		}
	}
	return true
}
