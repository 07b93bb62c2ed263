package pcsc

import "time"

// WithUSBDevices has the sockets looked up in another folder than the kernel's.
func (o Options) WithUSBDevices(dir string) Options {
	o.usbDevices = dir
	return o
}

// WithSilence has a pcscd that does not answer given up sooner.
func (o Options) WithSilence(d time.Duration) Options {
	o.silence = d
	return o
}
