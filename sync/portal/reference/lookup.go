package reference

import (
	"context"
	"database/sql"
	"errors"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// LookupAppointments gives today's appointments of whom the card proves.
func (s *Server) LookupAppointments(ctx context.Context, r api.LookupAppointmentsRequestObject) (api.LookupAppointmentsResponseObject, error) {
	result, err := s.look(ctx, func() (known, error) {
		proof := proofOf(r.Body.Proof)
		if c := r.Body.Certificate; c != nil {
			proof.Certificate = portal.CertificateID{Issuer: c.Issuer, Serial: secret.NewText(c.Serial)}
		}
		k, err := s.card(proof)
		if err != nil {
			return k, err
		}
		return k, s.register(ctx, s.o.Store.db, &k)
	})
	if err != nil {
		return nil, asProblem(err)
	}
	return api.LookupAppointments200JSONResponse{Body: result, Headers: api.LookupAppointments200ResponseHeaders{CacheControl: noStore}}, nil
}

// LookupByNumber gives those of whom a clerk attests.
func (s *Server) LookupByNumber(ctx context.Context, r api.LookupByNumberRequestObject) (api.LookupByNumberResponseObject, error) {
	result, err := s.look(ctx, func() (known, error) {
		return s.identify(ctx, s.o.Store.db, api.Person{Attested: r.Body.Attested},
			claim{kiosk: kioskOf(ctx).ID, purpose: "lookup-by-number", at: s.o.Now(), call: true})
	})
	if err != nil {
		return nil, asProblem(err)
	}
	return api.LookupByNumber200JSONResponse{Body: result, Headers: api.LookupByNumber200ResponseHeaders{CacheControl: noStore}}, nil
}

// look gives today's appointments of someone, as often as a kiosk may ask.
func (s *Server) look(ctx context.Context, who func() (known, error)) (api.LookupResult, error) {
	if err := s.lookups.check(ctx, s.o.Store.db, kioskOf(ctx).ID, s.o.Now(), tooManyLookups); err != nil {
		return api.LookupResult{}, err
	}
	k, err := who()
	if err != nil {
		return api.LookupResult{}, err
	}
	if !k.registered {
		return api.LookupResult{}, patientUnknown()
	}
	list, err := s.o.Store.appointmentsOf(ctx, k.subject, s.today().String())
	return s.lookupResult(list), err
}

func (s *Server) lookupResult(list []api.Appointment) api.LookupResult {
	day := s.today()
	return api.LookupResult{Day: openapi_types.Date{Time: time.Date(day.Year, time.Month(day.Month), day.Day, 0, 0, 0, 0, time.UTC)}, Appointments: list}
}

// LookupByLetter gives the one appointment of a letter. Neither letters nor birth dates
// can be tried: a kiosk may ask seldom, and a letter may be asked for seldom.
func (s *Server) LookupByLetter(ctx context.Context, r api.LookupByLetterRequestObject) (api.LookupByLetterResponseObject, error) {
	now, letter := s.o.Now(), s.o.Secrets.letterOf(secret.NewText(r.Body.Letter))
	for _, limit := range []struct {
		of  limit
		key string
	}{{s.letters, kioskOf(ctx).ID}, {s.letter, letter}} {
		if err := limit.of.check(ctx, s.o.Store.db, limit.key, now, tooManyLookups); err != nil {
			return nil, asProblem(err)
		}
	}
	list, err := s.o.Store.appointments(ctx, "SELECT "+appointmentColumns+" FROM appointments WHERE letter = $1 AND day = $2 AND cancelled_at = 0", letter, s.today().String())
	if err == nil && len(list) == 1 {
		_, err = s.byLetter(ctx, s.o.Store.db, list[0].Id, r.Body.Letter, r.Body.Birth)
	} else if err == nil {
		err = letterUnknown()
	}
	if err == nil {
		err = s.letter.back(ctx, s.o.Store.db, letter) // only wrong birth dates count
	}
	if err != nil {
		return nil, asProblem(err)
	}
	return api.LookupByLetter200JSONResponse{Body: s.lookupResult(list), Headers: api.LookupByLetter200ResponseHeaders{CacheControl: noStore}}, nil
}

// byLetter finds whose appointment a letter is of, where the birth date is theirs.
func (s *Server) byLetter(ctx context.Context, q querier, appointment, letter, birth string) (k known, err error) {
	k.how = byLetter
	err = q.QueryRowContext(ctx, "SELECT subject FROM appointments WHERE id = $1 AND letter = $2", appointment, s.o.Secrets.letterOf(secret.NewText(letter))).Scan(&k.subject)
	if errors.Is(err, sql.ErrNoRows) {
		return k, letterUnknown()
	}
	if err != nil {
		return k, err
	}
	fits, err := s.bornOn(ctx, q, k.subject, secret.NewText(birth))
	if err == nil && !fits {
		return k, letterUnknown()
	}
	k.registered = true
	return k, err
}
