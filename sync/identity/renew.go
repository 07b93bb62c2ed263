package identity

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"balie/sync/portal"
)

// How long a renewal that did not work waits before it is tried again, at most.
const retryTime = 10 * time.Minute

// RunOptions are what goes with a certificate.
type RunOptions struct {
	// Renewed is called when calls are to be made with a new certificate, on new
	// connections; nil: nobody is.
	Renewed func()
	// Erase takes away what else the portal may order to be wiped; never the queue,
	// which is sealed and may still be delivered. nil: nothing.
	Erase func() error
	Log   *slog.Logger
}

// due is from when a certificate is renewed: when a third of its time is left.
func due(leaf *x509.Certificate) time.Time {
	return leaf.NotAfter.Add(-leaf.NotAfter.Sub(leaf.NotBefore) / 3)
}

// Run renews the certificate before it ends, until ctx ends. It returns [ErrWiped] once
// it has wiped what the portal ordered to be wiped.
func (i *Identity) Run(ctx context.Context, o RunOptions) error {
	for {
		wait := time.NewTimer(i.step(ctx, o))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-i.ordered:
			wait.Stop()
			return i.wipe(o)
		case <-wait.C:
		}
	}
}

// step does what is to be done now, and says how long there is nothing to do.
func (i *Identity) step(ctx context.Context, o RunOptions) time.Duration {
	i.mu.Lock()
	proved, leaf := i.proved, i.newest.leaf
	i.mu.Unlock()
	var err error
	switch {
	case !proved:
		err = i.prove(ctx, o)
	case time.Now().After(due(leaf)):
		if err = i.renew(ctx); err == nil {
			err = i.prove(ctx, o)
		}
	default:
		// A clock that is set by hours at the first answer of NTP is noticed within one.
		return min(time.Until(due(leaf))+time.Second, time.Hour)
	}
	i.note(ctx, o, err)
	if err != nil {
		return retryTime/2 + rand.N(retryTime/2)
	}
	return time.Minute
}

func (i *Identity) note(ctx context.Context, o RunOptions, err error) {
	if ctx.Err() != nil {
		return
	}
	i.mu.Lock()
	i.trouble = trouble(err)
	text, until := i.trouble, i.newest.leaf.NotAfter
	i.mu.Unlock()
	if o.Log == nil {
		return
	}
	if text != "" {
		o.Log.Warn("the certificate could not be renewed; tried again within minutes", "why", text, "ends", until)
		return
	}
	o.Log.Info("the certificate is renewed", "ends", until)
}

// trouble is a code of why a certificate could not be renewed.
func trouble(err error) string {
	var e *portal.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.Code != "":
		return e.Code
	case errors.Is(err, portal.ErrUnauthorized), errors.Is(err, portal.ErrStopped):
		return "refused"
	case errors.Is(err, portal.ErrAway):
		return "away"
	}
	return "not-kept" // by the disk, or the key could not be made
}

// renew gets a certificate for a new key, and keeps both beside the ones in use.
func (i *Identity) renew(ctx context.Context) error {
	kept, key, err := i.o.Keys[0].NewKey()
	if err != nil {
		return err
	}
	csr, err := request(key)
	if err != nil {
		return err
	}
	client, err := i.Client()
	if err != nil {
		return err
	}
	defer client.Close()
	p := pair{Kind: i.o.Keys[0].Kind(), Key: kept}
	if p.Certificate, err = client.Renew(ctx, csr); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := p.fit(key, i.about.Kiosk, i.root); err != nil {
		return err
	}
	if err := p.write(i.o.Dir, nextFile); err != nil {
		return err
	}
	i.newest, i.proved = p, false
	return nil
}

// prove makes a call with the newest certificate, on a connection of its own. What
// worked takes the place of the one before; what the portal does not take goes.
func (i *Identity) prove(ctx context.Context, o RunOptions) error {
	client, err := i.Client()
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Self(ctx)
	switch {
	case errors.Is(err, portal.ErrUnauthorized):
		return errors.Join(err, i.fallBack())
	case err != nil && !errors.Is(err, portal.ErrStopped): // stopped is who we are, all the same
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := i.newest.write(i.o.Dir, pairFile); err != nil {
		return err
	}
	if err := remove(i.o.Dir, nextFile); err != nil {
		return err
	}
	i.proved = true
	if o.Renewed != nil {
		o.Renewed()
	}
	return nil
}

// fallBack goes back to the pair before the newest.
func (i *Identity) fallBack() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	former, err := i.readPair(pairFile)
	if err != nil {
		return err
	}
	if err := remove(i.o.Dir, nextFile); err != nil {
		return err
	}
	i.newest, i.proved = former, true
	return nil
}

// wipe takes away what else was ordered, and who this kiosk is.
func (i *Identity) wipe(o RunOptions) error {
	if o.Erase != nil {
		if err := o.Erase(); err != nil {
			return fmt.Errorf("wiping by order of the portal: %w", err)
		}
	}
	if err := i.forget(); err != nil {
		return fmt.Errorf("wiping by order of the portal: %w", err)
	}
	return ErrWiped
}

// forget takes away what makes this kiosk the portal's. kiosk.json goes last, so that
// what was broken off is done again at the next start, when the portal says so again.
func (i *Identity) forget() error {
	return remove(i.o.Dir, nextFile, enrollingFile, pairFile, aboutFile)
}

// Retire has the portal take this kiosk out of service, which revokes its certificate,
// and then takes away who it was. The queue must be empty: waiting is what the portal
// does not have yet, parked what is given up. Broken off, it may be done again. What else
// is kept on this device is the caller's to erase. The error wraps [portal.ErrRefused]
// where the queue is not empty, or is that of the portal's client.
func (i *Identity) Retire(ctx context.Context, waiting, parked int) error {
	client, err := i.Client()
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Retire(ctx, waiting, parked); err != nil {
		return err
	}
	if err := i.forget(); err != nil {
		return fmt.Errorf("taking the kiosk out of service: %w", err)
	}
	return nil
}
