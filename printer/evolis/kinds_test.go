package evolis_test

import "balie/printer/evolis/evolistest"

// kinds are the printers that the suite is run on.
func kinds() map[string]evolistest.Options {
	return map[string]evolistest.Options{"in words": {}, "ACK and NACK": {AckNack: true}}
}
