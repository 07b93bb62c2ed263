package fault

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestArrangeAny: of any faults at any parts none is lost, whatever is explained has its
// cause there, unexplained, and stands behind everything that is to be looked at; and
// there is always something to look at where anything is wrong.
func TestArrangeAny(t *testing.T) {
	parts := []string{Printer("ticket"), Printer("card"), "portal", "queue"}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Finding {
			return Found(rapid.SampledFrom(parts).Draw(t, "part"), rapid.SampledFrom(all).Draw(t, "fault").Code, "")
		}), 1, 12).Draw(t, "faults")
		got := Arrange(list)
		if len(got) != len(list) || got[0].State == Explained {
			t.Fatalf("%d became %d, the first is %+v", len(list), len(got), got[0])
		}
		for i, f := range got {
			if i > 0 && order(got[i-1].State) > order(f.State) {
				t.Errorf("%+v stands before %+v", got[i-1], f)
			}
			root := func(c Finding) bool { return c.Code == f.Because && c.State != Explained }
			if f.State == Explained && !slices.ContainsFunc(got, root) {
				t.Errorf("%+v is explained by nothing that is there", f)
			}
		}
	})
}
