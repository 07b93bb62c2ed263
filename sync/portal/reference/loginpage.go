package reference

import (
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"

	"golang.org/x/text/language"

	"balie/internal/secret"
)

//go:embed login.html
var loginPage string

// loginText is what the page says, in the languages of patients. The keys with a
// hyphen are codes of problems.
func loginText() map[string]map[string]string {
	return map[string]map[string]string{
		"nl": {
			"title": "Aanmelden met uw codekaart", "user": "Rijksregisternummer of EAD-nummer", "password": "Wachtwoord", "next": "Verder",
			"code": "Geef code", "go": "Aanmelden", "in": "U bent aangemeld.", "left": "Codes die nog niet gevraagd zijn:", "few": "Vraag op tijd een nieuwe kaart.",
			"log-in-refused": "Gebruikersnaam of wachtwoord is niet juist.", "account-locked": "Te veel foute codes. De inschrijvingsbalie kan u weer toegang geven.",
			"no-active-card": "U hebt geen geldige codekaart. Vraag een nieuwe aan de infobalie.", "code-wrong": "Die code is niet juist. Kijk bij hetzelfde nummer en probeer opnieuw.",
			"code-unreadable": "Een code heeft zes letters en cijfers.", "session-over": "Het duurde te lang, of u bent elders aangemeld. Begin opnieuw.",
			"too-many-tries": "Te veel pogingen. Wacht enkele minuten.", "unavailable": "Het gaat nu even niet. Probeer later opnieuw.",
		},
		"fr": {
			"title": "Se connecter avec la carte de codes", "user": "Numéro de registre national ou numéro EAD", "password": "Mot de passe", "next": "Continuer",
			"code": "Entrez le code", "go": "Se connecter", "in": "Vous êtes connecté.", "left": "Codes pas encore demandés :", "few": "Demandez une nouvelle carte à temps.",
			"log-in-refused": "Le nom d’utilisateur ou le mot de passe est incorrect.", "account-locked": "Trop de codes erronés. Le guichet d’inscription peut débloquer l’accès.",
			"no-active-card": "Vous n’avez pas de carte de codes valable. Demandez-en une au guichet d’information.", "code-wrong": "Ce code est incorrect. Regardez au même numéro et réessayez.",
			"code-unreadable": "Un code a six lettres et chiffres.", "session-over": "Cela a duré trop longtemps, ou vous êtes connecté ailleurs. Recommencez.",
			"too-many-tries": "Trop d’essais. Attendez quelques minutes.", "unavailable": "Ce n’est pas possible maintenant. Réessayez plus tard.",
		},
		"de": {
			"title": "Mit der Codekarte anmelden", "user": "Nationalregisternummer oder EAD-Nummer", "password": "Passwort", "next": "Weiter",
			"code": "Geben Sie ein: Code", "go": "Anmelden", "in": "Sie sind angemeldet.", "left": "Noch nicht gefragte Codes:", "few": "Bitten Sie rechtzeitig um eine neue Karte.",
			"log-in-refused": "Benutzername oder Passwort ist nicht richtig.", "account-locked": "Zu viele falsche Codes. Der Anmeldeschalter kann Sie wieder zulassen.",
			"no-active-card": "Sie haben keine gültige Codekarte. Fragen Sie am Infoschalter nach einer neuen.", "code-wrong": "Dieser Code ist nicht richtig. Schauen Sie bei derselben Nummer nach und versuchen Sie es noch einmal.",
			"code-unreadable": "Ein Code hat sechs Buchstaben und Ziffern.", "session-over": "Es hat zu lange gedauert, oder Sie haben sich anderswo angemeldet. Beginnen Sie von vorn.",
			"too-many-tries": "Zu viele Versuche. Warten Sie einige Minuten.", "unavailable": "Das geht gerade nicht. Versuchen Sie es später noch einmal.",
		},
		"en": {
			"title": "Log in with your code card", "user": "National register number or EAD number", "password": "Password", "next": "Continue",
			"code": "Enter code", "go": "Log in", "in": "You are logged in.", "left": "Codes not asked yet:", "few": "Ask for a new card in time.",
			"log-in-refused": "User name or password is not right.", "account-locked": "Too many wrong codes. The registration desk can unlock your account.",
			"no-active-card": "You have no valid code card. Ask for a new one at the info booth.", "code-wrong": "That code is not right. Look at the same number and try again.",
			"code-unreadable": "A code has six letters and digits.", "session-over": "It took too long, or you logged in elsewhere. Begin again.",
			"too-many-tries": "Too many tries. Wait a few minutes.", "unavailable": "This cannot be done now. Try again later.",
		},
	}
}

// loginView is what the page shows.
type loginView struct {
	Lang      string
	Languages []string
	T         map[string]string
	Test      bool
	Trouble   string
	Session   string
	Code      int // 0: the password is asked for
	In        bool
	CodesLeft int
}

// loginDesk serves the log-in with a code card, for people and for programs.
type loginDesk struct {
	s         *Server
	page      *template.Template
	text      map[string]map[string]string
	languages []string
	matcher   language.Matcher
}

// logIn serves the log-in: the page at /login/, and its API.
func (s *Server) logIn(mux *http.ServeMux) {
	d := &loginDesk{
		s: s, page: template.Must(template.New("login").Parse(loginPage)), text: loginText(), languages: []string{"nl", "fr", "de", "en"},
		matcher: language.NewMatcher([]language.Tag{language.Dutch, language.French, language.German, language.English}),
	}
	crossSite := http.NewCrossOriginProtection()
	handle := func(pattern string, do http.HandlerFunc) { mux.Handle(pattern, crossSite.Handler(guarded(do))) }
	handle("GET /login/{$}", func(w http.ResponseWriter, r *http.Request) { d.show(w, r, loginView{}) })
	handle("GET /login/login.css", showStyle)
	handle("POST /login/password", d.password)
	handle("POST /login/code", d.code)
	handle("POST /login/api/password", d.apiPassword)
	handle("POST /login/api/code", d.apiCode)
}

// guarded has nothing of a log-in kept or framed, and takes little.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", noStore)
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		next.ServeHTTP(w, r)
	})
}

func (d *loginDesk) show(w http.ResponseWriter, r *http.Request, v loginView) {
	v.Lang = r.URL.Query().Get("lang")
	if d.text[v.Lang] == nil {
		_, i := language.MatchStrings(d.matcher, r.Header.Get("Accept-Language"))
		v.Lang = d.languages[i]
	}
	v.T, v.Languages, v.Test = d.text[v.Lang], d.languages, d.s.o.Test
	if v.Trouble != "" {
		v.Trouble = v.T[v.Trouble]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = d.page.Execute(w, v) // the reader may have gone
}

func (d *loginDesk) password(w http.ResponseWriter, r *http.Request) {
	a, err := d.s.checkPassword(r.Context(), secret.NewText(r.PostFormValue("user_name")), secret.NewText(r.PostFormValue("password")))
	d.show(w, r, loginView{Trouble: trouble(w, err), Session: a.Session, Code: a.Code})
}

func (d *loginDesk) code(w http.ResponseWriter, r *http.Request) {
	session := r.PostFormValue("session")
	p, err := d.s.checkCode(r.Context(), session, secret.NewText(r.PostFormValue("code")))
	v := loginView{Trouble: trouble(w, err), In: err == nil, CodesLeft: p.CodesLeft}
	if v.Trouble == "code-wrong" || v.Trouble == "code-unreadable" {
		v.Session = session
		if v.Code, err = d.s.stillAsked(r.Context(), session); err != nil {
			v.Trouble = "session-over"
		}
	}
	d.show(w, r, v)
}

// trouble is the code of an error, which the log is told too.
func trouble(w http.ResponseWriter, err error) string {
	if err == nil {
		return ""
	}
	p := unavailable(0)
	_ = errors.As(err, &p)
	if n, is := w.(noter); is {
		n.note(p.code)
	}
	return p.code
}

func (d *loginDesk) apiPassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		UserName string `json:"user_name"`
		Password string `json:"password"`
	}
	answer(w, r, &body, func() (any, error) {
		return d.s.checkPassword(r.Context(), secret.NewText(body.UserName), secret.NewText(body.Password))
	})
}

func (d *loginDesk) apiCode(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Session string `json:"session"`
		Code    string `json:"code"`
	}
	answer(w, r, &body, func() (any, error) { return d.s.checkCode(r.Context(), body.Session, secret.NewText(body.Code)) })
}

// answer reads a JSON body, does, and writes what came of it or the problem.
func answer(w http.ResponseWriter, r *http.Request, body any, do func() (any, error)) {
	if json.NewDecoder(r.Body).Decode(body) != nil {
		badRequest().write(w)
		return
	}
	result, err := do()
	if err != nil {
		p := unavailable(retryLater)
		_ = errors.As(err, &p)
		p.write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result) // the reader may have gone
}
