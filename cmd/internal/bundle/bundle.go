// Package bundle makes one archive of all that somebody far away needs to see what is
// wrong with a kiosk, and of nothing that is of a person or a secret.
package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Part is one file of the archive.
type Part struct {
	Name string
	Make func(context.Context) ([]byte, error)
}

// maxPart is how many bytes of a part are taken: of a longer one the end, which is the
// newest of a log.
const maxPart = 1 << 20

// partTime is how long one part may take to be made.
const partTime = 30 * time.Second

// Write writes the parts to w, redacted, as a tar.gz. A part that cannot be made is there
// with why instead.
func Write(ctx context.Context, w io.Writer, folder string, parts []Part, now time.Time) error {
	zip := gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	for _, p := range parts {
		content, name := made(ctx, p), p.Name
		err := archive.WriteHeader(&tar.Header{Name: folder + "/" + name, Mode: 0o600, Size: int64(len(content)), ModTime: now, Format: tar.FormatPAX})
		if err == nil {
			_, err = archive.Write(content)
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	if err := errors.Join(archive.Close(), zip.Close()); err != nil {
		return fmt.Errorf("writing the archive: %w", err)
	}
	return nil
}

// made is a part as it goes into the archive.
func made(ctx context.Context, p Part) []byte {
	ctx, cancel := context.WithTimeout(ctx, partTime)
	defer cancel()
	content, err := p.Make(ctx)
	content = newest(content)
	if err != nil {
		content = append(bytes.Clone(content), []byte("\ncould not be made: "+err.Error()+"\n")...)
	}
	return redact(content)
}

// newest is the end of what is too long.
func newest(content []byte) []byte { return content[max(0, len(content)-maxPart):] }
