package reference

import (
	"context"
	"database/sql"

	"balie/internal/secret"
)

// Patient is someone whom the hospital knows: by a national number, by the number that
// the hospital gave, or both.
type Patient struct {
	Number   secret.Text // national number
	EAD      secret.Text // the hospital's own
	Birth    secret.Text // "1984-05-17"; empty: not known
	Deceased bool
}

// subject is what stands for the patient.
func (p Patient) subject(s Secrets) string {
	if p.Number.Empty() {
		return s.mac("balie/subject/ead/1\x00" + plainNumber(p.EAD))
	}
	return s.subjectOf(p.Number)
}

// put keeps a patient, or what is known of one now.
func (p Patient) put(ctx context.Context, tx *sql.Tx, s Secrets) error {
	subject, birth := p.subject(s), ""
	if !p.Birth.Empty() {
		birth = s.birthOf(subject, p.Birth)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO people (subject, birth, national, deceased) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subject) DO UPDATE SET birth = excluded.birth, national = excluded.national, deceased = excluded.deceased`,
		subject, birth, !p.Number.Empty(), p.Deceased)
	if err == nil && !p.Number.Empty() {
		err = keepNumber(ctx, tx, s, p.Number)
	}
	if err == nil && !p.Birth.Empty() {
		err = keepShown(ctx, tx, s, entryBirth+subject, subject, "", p.Birth.Reveal())
	}
	if err == nil && p.Number.Empty() {
		err = keepShown(ctx, tx, s, entryEAD+subject, subject, "", p.EAD.Reveal())
	}
	if err != nil || p.EAD.Empty() {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO aliases (alias, subject) VALUES ($1, $2) ON CONFLICT (alias) DO UPDATE SET subject = excluded.subject", s.aliasOf(p.EAD), subject)
	return err
}
