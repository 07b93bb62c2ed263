package pcsc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// Feature is something that a reader can do besides carrying exchanges: PC/SC part
// 10 rev. 2.02.09 §2.3.
type Feature byte

// The features that matter to a PIN.
const (
	VerifyPINDirect Feature = 0x06
	ModifyPINDirect Feature = 0x07
)

// ErrNoFeature is that the reader has no such feature: no keys, most often.
var ErrNoFeature = errors.New("the reader has no such feature")

// getFeatures is CM_IOCTL_GET_FEATURE_REQUEST: SCARD_CTL_CODE(3400), which pcsc-lite's
// reader.h makes 0x42000000 + 3400.
const getFeatures = 0x42000000 + 3400

// Features are the features of the reader with the control code of each. A reader
// without any gives none, whatever its driver says to the question.
func (k *Card) Features(ctx context.Context) (map[Feature]uint32, error) {
	var list []byte
	err := k.call(ctx, func() error {
		if k.gone != nil {
			return k.gone
		}
		answer, err := k.handle.Control(getFeatures, nil)
		if err == nil {
			list = answer
		}
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return parseFeatures(list), nil
}

// parseFeatures reads tag, length 4, control code high byte first. What does not
// have that shape ends the list.
func parseFeatures(list []byte) map[Feature]uint32 {
	features := map[Feature]uint32{}
	for len(list) >= 6 && list[1] == 4 {
		features[Feature(list[0])] = binary.BigEndian.Uint32(list[2:])
		list = list[6:]
	}
	return features
}

// VerifyPIN has the reader ask for the PIN on its own keys and send it to the card:
// structure is a PIN_VERIFY_STRUCTURE, the response is the card's or the reader's
// own (6400 timed out, 6401 cancelled). The error wraps [ErrNoFeature] where the
// reader has no keys. It lasts as long as the holder takes.
func (k *Card) VerifyPIN(ctx context.Context, structure []byte) (response []byte, err error) {
	features, err := k.Features(ctx)
	if err != nil {
		return nil, err
	}
	code, has := features[VerifyPINDirect]
	if !has {
		return nil, fmt.Errorf("asking for the PIN on the reader: %w", ErrNoFeature)
	}
	return k.Control(ctx, code, structure)
}
