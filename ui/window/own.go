package window

import (
	_ "embed"
	"html"
	"strings"
)

//go:embed own.html
var ownSource string

// The window's own pages say the same in the four languages of the booth: nobody
// knows which one the person reads.
const (
	momentSays = `<p lang="nl">Een ogenblik geduld</p>
<p lang="fr">Un instant, s’il vous plaît</p>
<p lang="de">Einen Augenblick, bitte</p>
<p lang="en">One moment, please</p>`
	closedSays = `<p lang="nl">Deze zuil is buiten dienst. Ga naar de balie.</p>
<p lang="fr">Cette borne est hors service. Adressez-vous à l’accueil.</p>
<p lang="de">Dieses Gerät ist außer Betrieb. Gehen Sie bitte zum Schalter.</p>
<p lang="en">This kiosk is out of service. Please go to the desk.</p>`
)

// momentPage is the page of a time without a page that will be short.
func momentPage(phone string) string { return ownPage(momentSays, phone) }

// closedPage is the page of a booth that does not work.
func closedPage(phone string) string { return ownPage(closedSays, phone) }

// ownPage has no script, and one variable place, so that it needs no daemon and no
// template that could fail.
func ownPage(says, phone string) string {
	if phone != "" {
		says += "\n" + `<p class="phone"><span aria-hidden="true">☎</span> ` + html.EscapeString(phone) + `</p>`
	}
	return strings.Replace(ownSource, "<!--says-->", says, 1)
}
