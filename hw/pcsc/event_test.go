package pcsc

import (
	"slices"
	"testing"

	"github.com/ebfe/scard"
	"pgregory.net/rapid"
)

const (
	empty     = scard.StateEmpty
	present   = scard.StatePresent
	mute      = scard.StatePresent | scard.StateMute
	exclusive = scard.StatePresent | scard.StateExclusive
	inUse     = scard.StatePresent | scard.StateInuse
	count     = scard.StateFlag(1 << 16)
)

func TestNext(t *testing.T) {
	for _, test := range []struct {
		name   string
		states []scard.StateFlag
		want   []Kind // of all of them
	}{
		{"empty", []scard.StateFlag{empty}, nil},
		{"present from the start", []scard.StateFlag{present + 7*count}, []Kind{CardInserted}},
		{"in and out", []scard.StateFlag{empty, present + count, empty + 2*count}, []Kind{CardInserted, CardRemoved}},
		{"use is no event", []scard.StateFlag{present + count, inUse + count, present + count}, []Kind{CardInserted}},
		{"quick swap", []scard.StateFlag{present + count, present + 3*count}, []Kind{CardInserted, CardRemoved, CardInserted}},
		{"quick swap over the end of the counter", []scard.StateFlag{present + 0xFFFF*count, present + count}, []Kind{CardInserted, CardRemoved, CardInserted}},
		{"quick swap for a mute one", []scard.StateFlag{present + count, mute + 3*count}, []Kind{CardInserted, CardRemoved, CardMute}},
		{"in and out unseen", []scard.StateFlag{empty, empty + 2*count}, nil},
		{"mute", []scard.StateFlag{mute + count, empty + 2*count}, []Kind{CardMute, CardRemoved}},
		{"fell silent", []scard.StateFlag{present + count, mute + count}, []Kind{CardInserted, CardMute}},
		{"claimed, free again", []scard.StateFlag{present + count, exclusive + count, present + count}, []Kind{CardInserted, ReaderClaimed, ReaderReady}},
		{"claimed from the start", []scard.StateFlag{exclusive + count, present + count}, []Kind{ReaderClaimed, ReaderReady, CardInserted}},
		{"pulled while claimed", []scard.StateFlag{present + count, exclusive + count, empty + 2*count}, []Kind{CardInserted, ReaderClaimed, CardRemoved, ReaderReady}},
		{"swapped while claimed", []scard.StateFlag{present + count, exclusive + 3*count, present + 3*count}, []Kind{CardInserted, CardRemoved, ReaderClaimed, ReaderReady, CardInserted}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s slot
			var got []Kind
			for _, state := range test.states {
				var say []Kind
				s, say = s.next(state)
				got = append(got, say...)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, not %v", got, test.want)
			}
		})
	}
}

// TestNextIsConsistent: whatever PC/SC says, cards come and go in turn, readers are
// claimed and freed in turn, no card comes to a claimed reader, and what was said
// last is so.
func TestNextIsConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s slot
		in, claimed, last := false, false, Kind(0)
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			state := rapid.SampledFrom([]scard.StateFlag{empty, present, mute, exclusive, inUse, empty | scard.StateExclusive}).Draw(t, "state")
			state += scard.StateFlag(rapid.IntRange(0, 3).Draw(t, "counter")) * count
			var say []Kind
			s, say = s.next(state)
			for _, kind := range say {
				switch {
				case kind == CardRemoved && !in:
					t.Fatal("removed, and none was in")
				case kind == last, (kind == CardInserted || kind == CardMute) && claimed:
					t.Fatalf("%s, in %t, claimed %t", kind, in, claimed)
				case kind == ReaderClaimed && claimed, kind == ReaderReady && !claimed:
					t.Fatalf("%s, claimed %t", kind, claimed)
				}
				if kind != ReaderClaimed && kind != ReaderReady {
					last = kind
				}
				in = kind == CardInserted || kind == CardMute || in && kind != CardRemoved
				claimed = kind == ReaderClaimed || claimed && kind != ReaderReady
			}
			if claimed != (state&scard.StateExclusive != 0) {
				t.Fatalf("claimed %t at %#x", claimed, state)
			}
			if in != (state&scard.StatePresent != 0) && !claimed {
				t.Fatalf("in %t at %#x", in, state)
			}
		}
	})
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"acr39u", "ACS ACR39U ICC Reader 00 00", true},
		{"ACS*00 00", "ACS ACR39U ICC Reader 00 00", true},
		{"*(serial 12)*", "Reader (Serial 12) 01 00", true},
		{"reader*acs", "ACS ACR39U ICC Reader 00 00", false},
		{"gemalto", "ACS ACR39U ICC Reader 00 00", false},
		{"*", "anything", true},
		{"", "anything", false},
		{"aa*aa", "aaa", false},
	} {
		if got := matches(test.pattern, test.name); got != test.want {
			t.Errorf("%q in %q: %t", test.pattern, test.name, got)
		}
	}
}

func FuzzParseFeatures(f *testing.F) {
	f.Add([]byte{0x06, 4, 0x42, 0x33, 0x00, 0x06})
	f.Add([]byte{0x06, 5, 0x42, 0x33, 0x00, 0x06, 0x00})
	f.Add([]byte{0x06})
	f.Fuzz(func(t *testing.T, list []byte) {
		if got := len(parseFeatures(list)); got > len(list)/6 {
			t.Errorf("%d features in %d bytes", got, len(list))
		}
	})
}
