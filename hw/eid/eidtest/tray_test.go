package eidtest_test

import (
	"strconv"
	"strings"
	"testing"

	"balie/hw/eid/eidtest"
)

// TestTrayNumbers: check digits are 97 minus the first nine digits mod 97, with a
// 2 before them for who was born from 2000 on, and the number opens with the birth
// date.
func TestTrayNumbers(t *testing.T) {
	for _, d := range eidtest.Tray() {
		n, err := strconv.Atoi(d.NationalNumber[:9])
		if err != nil {
			t.Fatal(err)
		}
		if d.Birth >= "2000" {
			n += 2_000_000_000
		}
		check, err := strconv.Atoi(d.NationalNumber[9:])
		if err != nil || check != 97-n%97 {
			t.Errorf("%s: check digits of %s are not %02d", d.ID, d.NationalNumber, 97-n%97)
		}
		if !strings.HasPrefix(d.NationalNumber, strings.ReplaceAll(d.Birth, "-", "")[2:]) {
			t.Errorf("%s: %s does not open with %s", d.ID, d.NationalNumber, d.Birth)
		}
		counter, err := strconv.Atoi(d.NationalNumber[6:9])
		if err != nil || (counter%2 == 1) != (d.Sex == "M") {
			t.Errorf("%s: counter %d is not of sex %s", d.ID, counter, d.Sex)
		}
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
	}
}
