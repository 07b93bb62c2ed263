package printer

// Faults that only printers of cards and labels have.
const (
	RibbonEnd  Fault = "ribbon-end"
	HopperFull Fault = "hopper-full" // nothing more can come out
	Cleaning   Fault = "cleaning"    // it wants to be cleaned before it goes on
)
