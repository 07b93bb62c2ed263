package portal

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// AppointmentsByNumber gives today's appointments of someone without a chip card, whom
// a clerk attests. The error is as that of [Client.Appointments], or [ErrClerkRefused].
func (c *Client) AppointmentsByNumber(ctx context.Context, a Attested) ([]api.Appointment, error) {
	return c.lookup(ctx, "asking for appointments by number", func(ctx context.Context) (*http.Response, error) {
		return c.api.LookupByNumber(ctx, api.AttestedQuery{Attested: a.wire})
	})
}

// AppointmentByLetter gives the one appointment that a letter is of, where the birth
// date is right. The error wraps [ErrRefused] where it is not.
func (c *Client) AppointmentByLetter(ctx context.Context, letter, birth secret.Text) ([]api.Appointment, error) {
	return c.lookup(ctx, "asking for the appointment of a letter", func(ctx context.Context) (*http.Response, error) {
		return c.api.LookupByLetter(ctx, api.LetterQuery{Letter: letter.Reveal(), Birth: birth.Reveal()})
	})
}

func (c *Client) lookup(ctx context.Context, doing string, do func(context.Context) (*http.Response, error)) ([]api.Appointment, error) {
	r, err := asked(ctx, c, doing, do, complete)
	return r.Appointments, err
}

// Cancel cancels an appointment of the holder, once for a key.
func (c *Client) Cancel(ctx context.Context, key, appointment string, p Proof, h HolderProof) (api.Cancelled, error) {
	return asked(ctx, c, "cancelling an appointment", func(ctx context.Context) (*http.Response, error) {
		return c.api.CancelAppointment(ctx, appointment, &api.CancelAppointmentParams{IdempotencyKey: once(key)}, api.HolderQuery{Proof: p.wire(), Holder: h.wire()})
	}, func(r api.Cancelled) bool { return r.Appointment == appointment && !r.CancelledAt.IsZero() })
}

// Contact gives phone and e-mail of the holder.
func (c *Client) Contact(ctx context.Context, p Proof, h HolderProof) (api.Contact, error) {
	return call[api.Contact](ctx, c, c.o.LookupTime, "asking for phone and e-mail", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetContact(ctx, api.HolderQuery{Proof: p.wire(), Holder: h.wire()})
	})
}

// SetContact corrects them, once for a key.
func (c *Client) SetContact(ctx context.Context, key string, p Proof, h HolderProof, contact api.Contact) (api.Contact, error) {
	return call[api.Contact](ctx, c, c.o.LookupTime, "correcting phone and e-mail", func(ctx context.Context) (*http.Response, error) {
		return c.api.SetContact(ctx, &api.SetContactParams{IdempotencyKey: once(key)}, api.NewContact{Proof: p.wire(), Holder: h.wire(), Contact: contact})
	})
}

// RegisterApp gives a code by which the app is registered, once for a key.
func (c *Client) RegisterApp(ctx context.Context, key string, p Person) (api.AppRegistration, error) {
	return asked(ctx, c, "asking for a code of the app", func(ctx context.Context) (*http.Response, error) {
		return c.api.RegisterApp(ctx, &api.RegisterAppParams{IdempotencyKey: once(key)}, api.PersonQuery{Person: p.wire()})
	}, func(r api.AppRegistration) bool {
		return len(r.Code) >= 8 && len(r.Code) <= 16 && !r.ExpiresAt.IsZero()
	})
}

// Staff gives the staff list, where the root signed it.
func (c *Client) Staff(ctx context.Context, root ed25519.PublicKey) (api.StaffList, error) {
	const doing = "asking for the staff list"
	signed, err := call[api.SignedStaff](ctx, c, c.o.BatchTime, doing, func(ctx context.Context) (*http.Response, error) { return c.api.GetStaff(ctx) })
	if err != nil {
		return api.StaffList{}, err
	}
	var list api.StaffList
	if !ed25519.Verify(root, append([]byte("balie/staff/1\x00"), signed.Payload...), signed.Signature) || json.Unmarshal(signed.Payload, &list) != nil {
		return api.StaffList{}, fmt.Errorf("%s: %w", doing, errNotAPI)
	}
	return list, nil
}

// CallStaff has someone of the staff come, once for a key.
func (c *Client) CallStaff(ctx context.Context, key string, h api.HelpCall) (api.HelpCallStatus, error) {
	return asked(ctx, c, "calling the staff", func(ctx context.Context) (*http.Response, error) {
		return c.api.CallStaff(ctx, &api.CallStaffParams{IdempotencyKey: once(key)}, h)
	}, func(r api.HelpCallStatus) bool { return r.Call != uuid.Nil && r.State.Valid() })
}

// HelpCall asks whether someone comes.
func (c *Client) HelpCall(ctx context.Context, id uuid.UUID) (api.HelpCallStatus, error) {
	return asked(ctx, c, "asking whether someone comes", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetCall(ctx, id)
	}, func(r api.HelpCallStatus) bool { return r.Call == id && r.State.Valid() })
}

// CertificateStatus asks whether the portal knows that a certificate was revoked.
func (c *Client) CertificateStatus(ctx context.Context, issuer, serial string) (api.CertificateStatus, error) {
	return asked(ctx, c, "asking for a certificate", func(ctx context.Context) (*http.Response, error) {
		return c.api.CertificateStatus(ctx, api.CertificateQuery{Issuer: issuer, Serial: serial})
	}, func(s api.CertificateStatus) bool { return s.Status.Valid() })
}

// Heartbeat tells how this kiosk is.
func (c *Client) Heartbeat(ctx context.Context, h api.Heartbeat) error {
	_, err := call[api.HeartbeatAnswer](ctx, c, c.o.BatchTime, "telling how this kiosk is", func(ctx context.Context) (*http.Response, error) {
		return c.api.Heartbeat(ctx, h)
	})
	return err
}
