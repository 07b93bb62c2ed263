package zpl_test

import "balie/printer/zpl/zpltest"

// kinds are the printers that the suite is run on.
func kinds() map[string]zpltest.Options {
	return map[string]zpltest.Options{"at once": {}, "slow": {Slow: true}}
}
