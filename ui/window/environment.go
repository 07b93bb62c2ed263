package window

import "os"

// opened are environment variables that would open the window up again, or load
// code into it.
var opened = [...]string{
	"WEBKIT_INSPECTOR_SERVER",      // remote inspector, on a port
	"WEBKIT_INSPECTOR_HTTP_SERVER", // the same for browsers
	"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS",
	"WEBKIT_FORCE_SANDBOX",
	"GTK_DEBUG", // "interactive" opens GTK's inspector
	"GTK_MODULES",
	"GTK_PATH",
	"GTK3_MODULES",
	"GIO_EXTRA_MODULES",
}

func scrubEnvironment() {
	for _, name := range opened {
		_ = os.Unsetenv(name)
	}
}
