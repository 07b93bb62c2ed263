package pcsc_test

import (
	"bytes"
	"errors"
	"testing"

	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

func TestReaderWithoutKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		features, err := k.Features(t.Context())
		if _, has := features[pcsc.VerifyPINDirect]; err != nil || has {
			t.Errorf("features %v, %v", features, err)
		}
		if _, err := k.VerifyPIN(t.Context(), make([]byte, 32)); !errors.Is(err, pcsc.ErrNoFeature) {
			t.Errorf("VerifyPIN says %v", err)
		}
		exchange(t, k, selectIdentity)
	})
}

func TestReaderWithKeys(t *testing.T) {
	fake := pcsctest.NewFake()
	fake.Plug("Pad 00 00")
	must(t, fake.Insert("Pad 00 00", newCard(t, eidtest.Faults{})))
	var asked []byte
	must(t, fake.Control("Pad 00 00", func(code uint32, in []byte) ([]byte, error) {
		if code == 0x42330006 {
			asked = in
			return []byte{0x64, 0x01}, nil
		}
		return []byte{0x12, 4, 0x42, 0x33, 0x00, 0x12, 0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x07}, nil
	}))
	k, err := pcsc.NewWith(fake, pcsc.Options{}).Connect(t.Context(), "Pad 00 00")
	must(t, err)
	t.Cleanup(func() { must(t, k.Close()) })
	response, err := k.VerifyPIN(t.Context(), []byte{30, 30})
	if err != nil || !bytes.Equal(response, []byte{0x64, 0x01}) || !bytes.Equal(asked, []byte{30, 30}) {
		t.Errorf("response % X, %v, asked % X", response, err, asked)
	}
}
