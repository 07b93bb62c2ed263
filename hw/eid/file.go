package eid

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"balie/hw/card"
)

// file is an elementary file of the card: "Belgian Electronic Identity Card
// content" §5. Not a path but what follows 3F00.
type file struct{ df, ef uint16 }

func fileIdentity() file          { return file{0xDF01, 0x4031} }
func fileIdentitySignature() file { return file{0xDF01, 0x4032} }
func fileAddress() file           { return file{0xDF01, 0x4033} }
func fileAddressSignature() file  { return file{0xDF01, 0x4034} }
func filePhoto() file             { return file{0xDF01, 0x4035} }
func filePublicKey() file         { return file{0xDF01, 0x4040} }
func fileAuthentication() file    { return file{0xDF00, 0x5038} }
func fileSignature() file         { return file{0xDF00, 0x5039} }
func fileCA() file                { return file{0xDF00, 0x503A} }
func fileRoot() file              { return file{0xDF00, 0x503B} }
func fileRRN() file               { return file{0xDF00, 0x503C} }

// String is the path.
func (f file) String() string { return fmt.Sprintf("3F00/%04X/%04X", f.df, f.ef) }

const (
	chunk = 256 // most that one READ BINARY gives

	// smallChunk is what readers carry that cannot carry 256: eid-mw reads 252, and
	// 248 with one reader (card.cpp, readersinfo.cpp).
	smallChunk = 248

	// maxFile bounds a file: the offset of READ BINARY has 15 bits, and a hostile
	// card may never end.
	maxFile = 0x7FFF

	// photoSize is a little more than the photos of known cards have: 2.6 to 3.1 kB.
	photoSize = 3328

	// addressChunk is the whole address file of applets to 1.7, and of 1.8 all but
	// four bytes, which are padding unless the address fills the file.
	addressChunk = 117

	// ecSignature is the longest ECDSA signature of a P-384 key in DER: two
	// integers of 49 bytes with their headers.
	ecSignature = 104
)

// shape says how much of a file to read.
type shape struct {
	first int // bytes to ask for first
	about int // how long such a file is, about; 0 is not known
	// length gives the length of what is wanted, as far as the bytes read so far
	// tell it, and -1 for "to the end of the file".
	length func(data []byte) int
}

// whole reads to the end of the file.
func whole() shape {
	return shape{first: chunk, about: photoSize, length: func([]byte) int { return -1 }}
}

// exactly reads n bytes.
func exactly(n int) shape {
	return shape{first: min(n, chunk), length: func([]byte) int { return n }}
}

// derValue reads one DER value and leaves the padding; of a file that does not hold
// one, such as the zeros that stand for no certificate, it reads no more than needed
// to see that.
func derValue(first int) shape {
	return shape{first: first, length: func(data []byte) int {
		n, err := card.DERLength(data)
		if err != nil {
			return len(data)
		}
		return n
	}}
}

// untilPadding reads elements until padding is seen, or to the end of the file.
func untilPadding(first int) shape {
	return shape{first: first, length: func(data []byte) int {
		if padded, err := walkTLV(data, func(element) {}); padded && err == nil {
			return len(data)
		}
		return -1
	}}
}

// elements reads to the end of the file, padding included, and spares the question
// whether there is more where the bytes read end with an element. Where these fill a
// chunk there may be: see reader.rest.
func elements() shape {
	return shape{first: chunk, length: func(data []byte) int {
		if padded, err := walkTLV(data, func(element) {}); err == nil && !padded {
			return len(data)
		}
		return -1
	}}
}

// signature reads a signature file to its end. One of RSA 2048 is 256 bytes and no
// more: that is one full answer, and is no DER.
func signature() shape {
	return shape{first: chunk, length: func(data []byte) int {
		if n, err := card.DERLength(data); len(data) == 256 && (err != nil || data[0] != 0x30 || n > len(data)) {
			return len(data)
		}
		return -1
	}}
}

// read reads a file in a transaction of its own. It goes on where it was when the
// link failed in between. No such file is card.ErrNotFound.
func (s *session) read(ctx context.Context, f file, sh shape) ([]byte, error) {
	return s.readOn(ctx, f, sh, nil)
}

// readOn is read of a file of which the first bytes are known.
func (s *session) readOn(ctx context.Context, f file, sh shape, known []byte) ([]byte, error) {
	r := reading{session: s, shape: sh, data: known}
	err := s.do(ctx, func(ctx context.Context) error {
		if err := s.selectFile(ctx, f); err != nil {
			return err
		}
		return r.run(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("reading %v: %w", f, err)
	}
	return r.data, nil
}

// selectFile selects a file by its path. Where there is none, another application
// of the card may be selected: the identity applet is selected by name, and the
// file once more. (eid-mw card.cpp, selectFile.)
func (s *session) selectFile(ctx context.Context, f file) error {
	err := s.selectPath(ctx, f)
	if !errors.Is(err, card.ErrNotFound) {
		return err
	}
	r, appletErr := s.send(ctx, card.Command{INS: 0xA4, P1: 0x04, P2: 0x0C, Data: aidApplet()})
	if appletErr != nil {
		return appletErr
	}
	if r.Status != card.StatusOK {
		return err
	}
	return s.selectPath(ctx, f)
}

// aidApplet is the name of the identity applet (commons-eid BeIDCard.java).
func aidApplet() []byte {
	return []byte{0xA0, 0, 0, 0, 0x30, 0x29, 0x05, 0x70, 0, 0xAD, 0x13, 0x10, 0x01, 0x01, 0xFF}
}

// selectPath is SELECT FILE by path from the master file, without a description
// of the file in return. 3F00 is named as commons-eid and OpenSC do, though the
// manual has paths without it.
func (s *session) selectPath(ctx context.Context, f file) error {
	path := []byte{0x3F, 0x00, byte(f.df >> 8), byte(f.df), byte(f.ef >> 8), byte(f.ef)}
	if f.ef == 0 {
		path = path[:4]
	}
	r, err := s.send(ctx, card.Command{INS: 0xA4, P1: 0x08, P2: 0x0C, Data: path})
	if err != nil {
		return err
	}
	return r.Status.Err()
}

// reading is a file being read. It outlives a failed link.
type reading struct {
	*session
	shape shape
	data  []byte
}

func (r *reading) run(ctx context.Context) error {
	for {
		want := -1
		if len(r.data) > 0 {
			want = r.shape.length(r.data)
		}
		if want >= 0 && len(r.data) >= want {
			r.data = r.data[:want]
			return nil
		}
		if want > maxFile || len(r.data) > maxFile {
			return fmt.Errorf("a file of more than %d bytes: %w", maxFile, ErrUnreadable)
		}
		if room := max(want, r.shape.about); room > cap(r.data) {
			r.data = slices.Grow(r.data, room-len(r.data))
		}
		end, err := r.chunk(ctx, want)
		if err != nil {
			return err
		}
		if end {
			r.cut()
			return nil
		}
	}
}

// cut leaves the padding of a file that was read to its end.
func (r *reading) cut() {
	if want := r.shape.length(r.data); want >= 0 && want < len(r.data) {
		r.data = r.data[:want]
	}
}

// chunk reads once, and tells whether that was the end: beyond the file, nothing, or
// less than asked, unless more is known to be wanted. A length that is refused is not
// asked for again.
func (r *reading) chunk(ctx context.Context, want int) (end bool, err error) {
	le, offset := r.most, len(r.data)
	switch {
	case offset == 0:
		le = min(r.most, r.shape.first)
	case want > 0:
		le = min(r.most, want-offset)
	}
	answer, err := r.send(ctx, card.Command{INS: 0xB0, P1: byte(offset >> 8), P2: byte(offset), Le: le})
	if err != nil {
		return false, err
	}
	switch answer.Status {
	case card.StatusOK:
	case card.StatusOffset:
		return true, nil
	case card.StatusShort:
		r.data = append(r.data, answer.Data...)
		return true, nil
	default:
		if answer.Status != card.StatusLength || le <= smallChunk {
			return false, answer.Status.Err()
		}
		r.most = smallChunk
		return false, nil
	}
	r.data = append(r.data, answer.Data...)
	return len(answer.Data) == 0 || len(answer.Data) < le && want < 0, nil
}
