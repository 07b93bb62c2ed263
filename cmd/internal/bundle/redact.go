package bundle

import "regexp"

// secrets are what must not leave the kiosk, wherever it may have got into a log: of
// ours none does, but pcscd, the window and the kernel write logs of their own.
var secrets = []struct {
	form *regexp.Regexp
	as   string
}{
	// Keys and certificates. A certificate of a card names its holder.
	{regexp.MustCompile(`-----BEGIN [A-Z0-9 ]+-----(\s+[A-Za-z0-9+/=]{8,})*\s*([A-Za-z0-9+/=]*\s*-----END [A-Z0-9 ]+-----)?`), "[pem]"},
	// Card numbers, twelve digits: 592-1234567-12.
	{regexp.MustCompile(`\d{3}-\d{7}-\d{2}`), "[card]"},
	{regexp.MustCompile(`[\pL\d._%+-]+@[\pL\d.-]+\.\pL{2,}`), "[mail]"},
	// Enrolment tokens: groups of five of Crockford's letters.
	{regexp.MustCompile(`(?i)\b[0-9a-hj-km-np-tv-z]{5}(-[0-9a-hj-km-np-tv-z]{1,5}){3,}\b`), "[token]"},
	{regexp.MustCompile(`(?i)\b(password|passwd|pin|token|secret|authorization|bearer|cookie)\b(["']?\s*[:=]\s*|\s+)["']?[^\s"',}]+`), "$1=[secret]"},
	// What pcscd says of commands and answers, in debug logs: hex bytes, and long ones.
	{regexp.MustCompile(`(?i)\b[0-9a-f]{2}([ :][0-9a-f]{2}){7,}\b`), "[bytes]"},
	{regexp.MustCompile(`(?i)\b[0-9a-f]{64,}\b`), "[bytes]"},
	{regexp.MustCompile(`[A-Za-z0-9+/]{80,}={0,2}`), "[bytes]"},
}

// number is a Belgian national or bis number, as printed and as eleven digits (Royal
// Decree of 3 April 1984, art. 1), also within longer words.
var number = regexp.MustCompile(`\d{2}[.\-/ ]?\d{2}[.\-/ ]?\d{2}[.\-/ ]?\d{3}[.\-/ ]?\d{2}`)

// checks tells whether the last two digits of eleven are what the first nine ask for: 97
// less the rest of a division by 97, with a 2 before them for who was born after 1999.
// Ids and times do so once in fifty.
func checks(digits []byte) bool {
	n, last := uint64(0), uint64(0)
	seen := 0
	for _, d := range digits {
		switch {
		case d < '0' || d > '9':
		case seen < 9:
			n, seen = n*10+uint64(d-'0'), seen+1
		default:
			last, seen = last*10+uint64(d-'0'), seen+1
		}
	}
	return last == 97-n%97 || last == 97-(n+2_000_000_000)%97
}

// redact is a text without what must not leave the kiosk.
func redact(text []byte) []byte {
	text = number.ReplaceAllFunc(text, func(found []byte) []byte {
		if checks(found) {
			return []byte("[number]")
		}
		return found
	})
	for _, s := range secrets {
		text = s.form.ReplaceAll(text, []byte(s.as))
	}
	return text
}
