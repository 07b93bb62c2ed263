package zpl

import (
	"fmt"
	"testing"
)

const (
	healthyFirst  = "030,0,0,0800,000,0,0,0,000,0,0,0"
	healthySecond = "000,0,0,0,0,2,4,0,00000000,1,000"
)

// FuzzHost: whatever a printer says, only a whole host status makes it ready.
func FuzzHost(f *testing.F) {
	f.Add([]byte("\x02" + healthyFirst + "\x03\r\n\x02" + healthySecond + "\x03\r\n\x021234,0\x03\r\n"))
	f.Add([]byte("\x02030,1,0,0800,002,0,0,0,000,0,0,1\x03\x02000,0,1,1,0,2,4,0,00000003,1,000\x03"))
	f.Add([]byte("\x02\x03\x02\x03"))
	f.Add([]byte("\x02030,0\x02030,0,0\x03"))
	f.Fuzz(func(t *testing.T, said []byte) {
		split := splitter()
		var strings []string
		for _, b := range said {
			if s, complete := split(b); complete {
				strings = append(strings, s)
			}
		}
		for i := 1; i < len(strings); i++ {
			h, err := parseHost(strings[i-1], strings[i])
			if err != nil {
				continue
			}
			if h.waiting < 0 {
				t.Errorf("%d formats wait", h.waiting)
			}
			again, err := parseHost(strings[i-1], strings[i])
			if err != nil || fmt.Sprint(again) != fmt.Sprint(h) {
				t.Errorf("%v, and then %v", h, again)
			}
		}
	})
}

func TestHost(t *testing.T) {
	for _, c := range []struct {
		first, second, want string
		waiting             int
	}{
		{healthyFirst, healthySecond, "[]", 0},
		{"030,1,0,0800,000,0,0,0,000,0,0,0", healthySecond, "[paper-end]", 0},
		{"030,0,1,0800,002,0,0,0,000,0,0,0", healthySecond, "[offline]", 2},
		{"030,0,0,0800,000,0,0,0,000,0,0,1", healthySecond, "[head-hot]", 0},
		{"030,0,0,0800,000,0,0,0,000,1,0,0", healthySecond, "[unrecoverable]", 0},
		{healthyFirst, "000,0,1,1,0,2,4,0,00000003,1,000", "[cover-open ribbon-end]", 3},
	} {
		h, err := parseHost(c.first, c.second)
		if err != nil || fmt.Sprint(h.status.Faults) != c.want || h.waiting != c.waiting {
			t.Errorf("%s %s: %v, %d waiting, %v", c.first, c.second, h.status.Faults, h.waiting, err)
		}
	}
	for _, c := range [][2]string{
		{"", ""}, {healthyFirst, ""}, {healthySecond, healthyFirst}, {healthyFirst + ",0", healthySecond},
		{"030,2,0,0800,000,0,0,0,000,0,0,0", healthySecond}, {"030,0,0,0800,-01,0,0,0,000,0,0,0", healthySecond},
	} {
		if h, err := parseHost(c[0], c[1]); err == nil {
			t.Errorf("%q %q was read as %v", c[0], c[1], h)
		}
	}
}
