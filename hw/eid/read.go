package eid

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"balie/hw/card"
	"balie/internal/age"
	"balie/internal/secret"
)

// Want says what to read besides the identity, its signature and the card data.
type Want struct {
	Address      bool
	Photo        bool
	Certificates bool // the four besides the RRN's
	// Holder reads as much of the authentication certificate as tells which it is:
	// whether it was revoked, as that of a lost card is, only a portal can know.
	Holder bool
	// Genuine asks the chip to prove that it is no copy (1.8). It can do so 5000
	// times in its life: once a visit.
	Genuine bool
	// Challenge is what the chip signs then: 48 bytes, of the portal that will
	// judge the answer. Where nil it is random.
	Challenge []byte
	// NoCardData leaves out GET CARD DATA, and with it Checks.ChipNumber.
	NoCardData bool
}

// Read reads a card and checks what it gives. seen, which may be nil, is called once,
// as soon as the identity is decoded: nothing of it is proved then.
//
// What does not check is no error: Record.Checks has it. The error wraps
// [ErrNotBelgian], [ErrInactive] or [ErrUnreadable], or card.ErrRemoved, card.ErrComm
// or card.ErrReset where the link was lost for good, or ctx's; the Record then has
// what was read before, and nothing where ctx ended.
//
// With a [card.Runner], seen is called in the card's goroutine, and not after Read
// returned.
func Read(ctx context.Context, c card.Card, t *Trust, w Want, seen func(Identity)) (Record, error) {
	if w.Challenge != nil && len(w.Challenge) != challengeLen {
		return Record{}, fmt.Errorf("a challenge of %d bytes, not %d", len(w.Challenge), challengeLen)
	}
	runner, is := c.(card.Runner)
	if !is {
		return read(ctx, c, t, w, seen)
	}
	done, say := make(chan Record, 1), &voice{seen: seen}
	defer say.end()
	err := runner.Run(ctx, func(c card.Card) error {
		record, err := read(ctx, c, t, w, say.identity)
		done <- record
		return err
	})
	select {
	case record := <-done:
		return record, err
	default: // ctx ended before
		return Record{}, err
	}
}

// voice lets an identity be seen until the end.
type voice struct {
	mu   sync.Mutex
	seen func(Identity) // guarded by mu; nil when nobody listens
}

func (v *voice) identity(i Identity) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen != nil {
		v.seen(i)
	}
}

func (v *voice) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = nil
}

// read is Read in the goroutine that it is called in.
func read(ctx context.Context, c card.Card, t *Trust, w Want, seen func(Identity)) (Record, error) {
	r := &reader{session: newSession(c), trust: t, want: w}
	defer r.close()
	err := r.run(ctx, seen)
	r.record.Exchanges, r.record.Bytes = r.exchanges, r.bytes
	r.record.Proof.TestTrusted = r.record.Checks.Chain == Test
	return r.record, err
}

// reader is one read of a card.
type reader struct {
	*session
	trust  *Trust
	want   Want
	record Record

	rrn    *x509.Certificate // read, or known, and not always trusted
	sought bool              // the RRN certificate was, on the card
	signer *signer           // of the chain; nil where the RRN certificate is not trusted
}

// step is a part of a read.
type step struct {
	wanted bool
	do     func(context.Context) error
}

func (r *reader) run(ctx context.Context, seen func(Identity)) error {
	if err := r.identity(ctx, seen); err != nil {
		return err
	}
	for _, s := range []step{
		{true, r.verify},
		{true, r.rest},
		{r.want.Genuine, r.genuine},
		{!r.want.NoCardData, r.chip},
		{r.want.Address, r.address},
		{r.want.Photo, r.photo},
		{r.want.Holder, r.holder},
		{r.want.Certificates, r.certificates},
	} {
		if !s.wanted {
			continue
		}
		if err := s.do(ctx); err != nil {
			return classify(err)
		}
	}
	return nil
}

// identity reads and decodes the identity file, which also decides whether this is
// a Belgian card.
func (r *reader) identity(ctx context.Context, seen func(Identity)) error {
	data, err := r.read(ctx, fileIdentity(), elements())
	if err != nil {
		return r.classifyFirst(err)
	}
	if err := r.decoded(data); err != nil {
		return err
	}
	if seen != nil {
		seen(r.record.Identity)
	}
	return nil
}

// decoded takes up the identity file.
func (r *reader) decoded(data []byte) error {
	i, err := decodeIdentity(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	r.record.Identity = i
	r.record.Proof.Identity = secret.NewBytes(data)
	r.record.Checks.Validity = validity(i, age.Today(r.trust.now()))
	if len(i.PublicKeyHash) > 0 {
		r.old, r.record.Applet = false, "1.8"
	}
	return nil
}

// rest reads on in an identity file whose elements ended with a full chunk, where its
// signature is not of that much, and checks that anew.
func (r *reader) rest(ctx context.Context) error {
	p := &r.record.Proof
	known := p.Identity.Reveal()
	if r.record.Checks.IdentitySignature == Valid || len(known)%r.most != 0 {
		return nil
	}
	data, err := r.more(ctx, fileIdentity(), whole(), known)
	if err != nil || len(data) <= len(known) {
		return err
	}
	if err := r.decoded(data); err != nil {
		return err
	}
	r.record.Checks.IdentitySignature = r.checkIdentity(data, p.Signature)
	return nil
}

// classifyFirst says what it means that the identity file could not be read.
func (r *reader) classifyFirst(err error) error {
	var status card.StatusError
	switch belgian := LooksBelgian(r.atr); {
	case !errors.As(err, &status):
		return classify(err)
	case belgian && errors.Is(err, card.ErrUnknown):
		return fmt.Errorf("%w: %w", ErrInactive, err)
	case errors.Is(err, card.ErrNotFound), !belgian:
		return fmt.Errorf("%w: %w", ErrNotBelgian, err)
	}
	return classify(err)
}

// classify says that the card cannot be read where it answered a status word that
// ends the reading.
func classify(err error) error {
	var status card.StatusError
	if errors.As(err, &status) && !errors.Is(err, ErrUnreadable) {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return err
}

// optional reads a file whose absence is no error: nil where there is none, or the
// card gives a status word in place of it.
func (r *reader) optional(ctx context.Context, f file, sh shape) ([]byte, error) {
	return r.more(ctx, f, sh, nil)
}

// more is optional for a file of which the first bytes are known.
func (r *reader) more(ctx context.Context, f file, sh shape, known []byte) ([]byte, error) {
	data, err := r.readOn(ctx, f, sh, bytes.Clone(known))
	var status card.StatusError
	if errors.As(err, &status) || errors.Is(err, ErrUnreadable) {
		return nil, nil
	}
	return data, err
}

// verify checks the identity signature and the chain. Where no RRN certificate is
// known the card's is read first, because its key tells the length of signatures.
func (r *reader) verify(ctx context.Context) error {
	if !r.trust.knowsSigners() {
		if err := r.readRRN(ctx); err != nil {
			return err
		}
	}
	signature, err := r.optional(ctx, fileIdentitySignature(), r.signatureShape(signature()))
	if err != nil {
		return err
	}
	p := &r.record.Proof
	p.Signature = signature
	if known := r.trust.signed(p.Identity.Reveal(), signature); known != nil && !r.record.Identity.damaged {
		r.use(known)
		r.record.Checks.Chain, r.record.Checks.IdentitySignature = known.chain(), Valid
		return nil
	}
	if !r.sought {
		if err := r.readRRN(ctx); err != nil {
			return err
		}
		if err := r.longSignature(ctx); err != nil {
			return err
		}
	}
	r.record.Checks.IdentitySignature = r.checkIdentity(p.Identity.Reveal(), p.Signature)
	return nil
}

// longSignature reads on in an identity signature that was taken for one of RSA 2048,
// where the key turned out to be longer. No known card has such a key.
func (r *reader) longSignature(ctx context.Context) error {
	p := &r.record.Proof
	sh := r.signatureShape(shape{})
	if sh.length == nil || len(p.Signature) == 0 || len(p.Signature) >= sh.length(nil) {
		return nil
	}
	data, err := r.more(ctx, fileIdentitySignature(), sh, p.Signature)
	if err != nil || len(data) <= len(p.Signature) {
		return err
	}
	p.Signature = data
	return nil
}

// checkIdentity is checkSigned of the identity file: a damaged one proves nobody.
func (r *reader) checkIdentity(message, signature []byte) Check {
	if r.record.Identity.damaged {
		return Invalid
	}
	return r.checkSigned(message, signature)
}

func (r *reader) checkSigned(message, signature []byte) Check {
	return toCheck(r.rrn != nil && verifies(r.rrn.PublicKey, message, signature))
}

// signatureShape reads as many bytes as an RSA key has, where the key is known.
func (r *reader) signatureShape(other shape) shape {
	if r.rrn != nil {
		if key, is := r.rrn.PublicKey.(*rsa.PublicKey); is && key.Size() <= maxRSA {
			return exactly(key.Size())
		}
	}
	return other
}

// readRRN reads the RRN certificate, and the root where no known one issued it.
func (r *reader) readRRN(ctx context.Context) error {
	r.sought, r.record.Checks.Chain = true, Invalid
	data, err := r.optional(ctx, fileRRN(), derValue(chunk))
	if err != nil {
		return err
	}
	r.record.Proof.RRN = data
	if r.rrn, err = parseCertificate(data); err != nil || r.rrn == nil {
		r.rrn = nil
		return nil
	}
	root := r.trust.issuer(r.rrn)
	if root == nil {
		if err := r.readRoot(ctx); err != nil {
			return err
		}
		root = r.trust.issuer(r.rrn)
	}
	signer, chain := r.trust.judge(r.rrn, root)
	r.record.Checks.Chain = chain
	if signer != nil {
		r.use(signer)
	}
	return nil
}

func (r *reader) use(s *signer) {
	r.signer, r.rrn = s, s.cert
	r.record.Proof.RRN, r.record.Proof.Root = s.cert.Raw, s.root.cert.Raw
}

// readRoot reads the root certificate, to be believed if it is pinned.
func (r *reader) readRoot(ctx context.Context) error {
	data, err := r.optional(ctx, fileRoot(), derValue(chunk))
	if err != nil {
		return err
	}
	r.record.Proof.Root = data
	r.trust.learn(data)
	return nil
}

// genuine has the chip sign a challenge with its basic key. The signed identity
// names that key on 1.8, so a card that then has no key, or does not sign, fails.
func (r *reader) genuine(ctx context.Context) error {
	check := &r.record.Checks.Genuine
	if len(r.record.Identity.PublicKeyHash) == 0 {
		if *check = Absent; r.record.Identity.damaged && !r.old {
			*check = Invalid // of this chip it would have had the hash
		}
		return nil
	}
	p := &r.record.Proof
	if p.Challenge = r.want.Challenge; p.Challenge == nil {
		p.Challenge = make([]byte, challengeLen)
		_, _ = rand.Read(p.Challenge) // never fails: crypto/rand
	}
	var err error
	if p.PublicKey, err = r.optional(ctx, filePublicKey(), derValue(chunk)); err != nil {
		return err
	}
	if *check = Invalid; !hashMatches(r.record.Identity.PublicKeyHash, p.PublicKey) {
		return nil
	}
	if p.Answer, err = r.authenticate(ctx, p.Challenge); err != nil {
		return err
	}
	*check = genuine(r.record.Identity, *p)
	return nil
}

// authenticate is INTERNAL AUTHENTICATE with the basic key, 81; nil where the card
// declines. ("Public Belpic Applet v1.8 Ref Manual".)
func (r *reader) authenticate(ctx context.Context, challenge []byte) ([]byte, error) {
	var answer []byte
	err := r.do(ctx, func(ctx context.Context) error {
		data := append([]byte{0x94, byte(len(challenge))}, challenge...)
		got, err := r.send(ctx, card.Command{INS: 0x88, P1: 0x02, P2: 0x81, Data: data, Le: 2 * challengeLen})
		if err != nil {
			return err
		}
		answer = got.Data
		return got.Status.Err()
	})
	var status card.StatusError
	if errors.As(err, &status) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("authenticating the chip: %w", err)
	}
	return answer, nil
}

// chip compares the chip number with what the chip says of itself.
func (r *reader) chip(ctx context.Context) error {
	d, err := r.cardData(ctx)
	var status card.StatusError
	switch {
	case errors.As(err, &status), errors.Is(err, ErrUnreadable):
		r.record.Checks.ChipNumber = Invalid
		return nil
	case err != nil:
		return err
	}
	r.record.Applet = d.Version()
	r.record.Checks.ChipNumber = chipNumber(r.record.Identity, d)
	return nil
}

// address reads the address and its signature, which covers the identity signature
// file too.
func (r *reader) address(ctx context.Context) error {
	r.record.Checks.AddressSignature = Invalid
	data, err := r.optional(ctx, fileAddress(), untilPadding(addressChunk))
	if err != nil {
		return err
	}
	signature, err := r.optional(ctx, fileAddressSignature(), r.signatureShape(derValue(ecSignature)))
	if err != nil {
		return err
	}
	a, err := decodeAddress(data)
	r.record.Address = &a
	if err != nil {
		return nil
	}
	r.record.Checks.AddressSignature = r.checkSigned(addressMessage(data, r.record.Proof.Signature), signature)
	if r.record.Checks.AddressSignature == Valid {
		return nil
	}
	return r.paddedSignature(ctx, data, signature)
}

// paddedSignature checks the address anew with the whole identity signature file, of
// which only as much was read as an RSA key has: the address is signed together with
// that file, its padding included. No known card pads an RSA signature.
func (r *reader) paddedSignature(ctx context.Context, address, signature []byte) error {
	p := &r.record.Proof
	data, err := r.more(ctx, fileIdentitySignature(), whole(), p.Signature)
	if err != nil || len(data) <= len(p.Signature) {
		return err
	}
	if r.checkSigned(addressMessage(address, data), signature) == Valid {
		p.Signature, r.record.Checks.AddressSignature = data, Valid
	}
	return nil
}

// photo reads the photo, which the identity file has the hash of.
func (r *reader) photo(ctx context.Context) error {
	data, err := r.optional(ctx, filePhoto(), whole())
	if err != nil {
		return err
	}
	r.record.Photo = data
	switch sum := r.record.Identity.PhotoHash; {
	case len(sum) == 0:
		r.record.Checks.PhotoHash = Absent
	default:
		r.record.Checks.PhotoHash = toCheck(hashMatches(sum, data))
	}
	return nil
}

// certificates reads the certificates that are not known yet.
func (r *reader) certificates(ctx context.Context) (err error) {
	list := &Certificates{RRN: r.record.Proof.RRN}
	r.record.Certificates = list
	if list.Authentication, err = r.ofHolder(ctx, fileAuthentication()); err != nil {
		return err
	}
	if list.Signature, err = r.ofHolder(ctx, fileSignature()); err != nil {
		return err
	}
	if list.CA, err = r.certificate(ctx, fileCA()); err != nil {
		return err
	}
	if r.signer != nil {
		list.Root = r.signer.root.cert.Raw
		return nil
	}
	list.Root, err = r.certificate(ctx, fileRoot())
	return err
}

func (r *reader) ofHolder(ctx context.Context, f file) (secret.Bytes, error) {
	der, err := r.certificate(ctx, f)
	if err != nil || der == nil {
		return secret.Bytes{}, err
	}
	return secret.NewBytes(der), nil
}

// certificate reads a certificate; nil where there is none.
func (r *reader) certificate(ctx context.Context, f file) ([]byte, error) {
	data, err := r.optional(ctx, f, derValue(chunk))
	if err != nil {
		return nil, err
	}
	cert, err := parseCertificate(data)
	if err != nil || cert == nil {
		return nil, nil
	}
	return cert.Raw, nil
}
