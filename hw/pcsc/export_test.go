package pcsc

// WithUSBDevices has the sockets looked up in another folder than the kernel's.
func (o Options) WithUSBDevices(dir string) Options {
	o.usbDevices = dir
	return o
}
