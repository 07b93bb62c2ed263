package fault

import "time"

// all is the table. docs/faults.md is written from it.
var all = []Fault{
	{
		Code: "config-wrong", Severity: Error,
		Title: Title{
			NL: "Configuratie is fout", FR: "Configuration erronée",
			DE: "Konfiguration ist falsch", EN: "Configuration is wrong",
		},
		Do: "correct the key that is named; kioskctl config check looks at the file",
	},
	{
		Code: "disk-full", Severity: Error,
		Title: Title{
			NL: "Schijf is vol", FR: "Disque plein",
			DE: "Datenträger ist voll", EN: "Disk is full",
		},
		Do: "make room where state_dir is: df -h, journalctl --vacuum-size=200M",
	},
	{
		Code: "disk-low", Severity: Warning, Lasts: 5 * time.Minute,
		Title: Title{
			NL: "Schijf is bijna vol", FR: "Disque presque plein",
			DE: "Datenträger ist fast voll", EN: "Disk is nearly full",
		},
		After: []string{"disk-full"},
		Do:    "make room where state_dir is before it is full: journalctl --vacuum-size=200M",
	},
	{
		Code: "ballast-gone", Severity: Warning, Lasts: 5 * time.Minute,
		Title: Title{
			NL: "Reserve op de schijf ontbreekt", FR: "Réserve sur le disque absente",
			DE: "Reserve auf dem Datenträger fehlt", EN: "Reserve on the disk is gone",
		},
		After: []string{"disk-full"},
		Do:    "make room where state_dir is; kioskd makes the reserve again by itself",
	},
	{
		Code: "state-rights", Severity: Error,
		Title: Title{
			NL: "Geen toegang tot de bewaarde gegevens", FR: "Pas d'accès aux données conservées",
			DE: "Kein Zugriff auf die gespeicherten Daten", EN: "No right to what is kept",
		},
		After: []string{"config-wrong"},
		Do:    "systemd-tmpfiles --create balie.conf, and chown -R balie:balie on what is named",
	},
	{
		Code: "not-durable", Severity: Error,
		Title: Title{
			NL: "Schijf bewaart niets bij stroomuitval", FR: "Le disque ne garde rien en cas de coupure",
			DE: "Datenträger behält nichts bei Stromausfall", EN: "Disk keeps nothing over a power cut",
		},
		After: []string{"config-wrong"},
		Do:    "put state_dir on a disk of its own file system (ext4, xfs), mounted with barriers",
	},
	{
		Code: "database-damaged", Severity: Error,
		Title: Title{
			NL: "Wachtrij is beschadigd", FR: "File d'attente endommagée",
			DE: "Warteschlange ist beschädigt", EN: "Queue is damaged",
		},
		After: []string{"disk-full", "state-rights"},
		Do:    "start kioskd: it sets the file aside and goes on with a new one; keep the file that is set aside, it may hold what the portal lacks",
	},
	{
		Code: "database-newer", Severity: Error,
		Title: Title{
			NL: "Wachtrij is van een nieuwere versie", FR: "File d'attente d'une version plus récente",
			DE: "Warteschlange ist von einer neueren Version", EN: "Queue is of a newer version",
		},
		After: []string{"database-damaged"},
		Do:    "install the version that wrote it, or a newer one",
	},
	{
		Code: "queue-set-aside", Severity: Warning,
		Title: Title{
			NL: "Beschadigde wachtrij ligt apart", FR: "File endommagée mise de côté",
			DE: "Beschädigte Warteschlange liegt beiseite", EN: "A damaged queue lies aside",
		},
		Do: "keep the file and send it to who maintains Balie; once it is dealt with, move it away",
	},
	{
		Code: "queue-refuses", Severity: Error,
		Title: Title{
			NL: "Wachtrij neemt niets aan", FR: "La file n'accepte rien",
			DE: "Warteschlange nimmt nichts an", EN: "Queue takes nothing",
		},
		After: []string{"disk-full", "state-rights", "database-damaged"},
		Do:    "journalctl -u kioskd says why; people are sent to the desk meanwhile",
	},
	{
		Code: "not-enrolled", Severity: Error,
		Title: Title{
			NL: "Kiosk is niet aangemeld bij het portaal", FR: "La borne n'est pas inscrite au portail",
			DE: "Kiosk ist beim Portal nicht angemeldet", EN: "Kiosk is not enrolled at the portal",
		},
		After: []string{"config-wrong", "disk-full", "state-rights"},
		Do:    "have a token made at the portal, then: kioskctl enrol",
	},
	{
		Code: "keys-unusable", Severity: Error,
		Title: Title{
			NL: "Sleutels van de kiosk zijn onbruikbaar", FR: "Clés de la borne inutilisables",
			DE: "Schlüssel des Kiosks sind unbrauchbar", EN: "Keys of the kiosk cannot be used",
		},
		After: []string{"config-wrong", "state-rights"},
		Do:    "docs/identity.md, \"Key and certificate\": after a swapped mainboard or a cleared TPM, enrol again",
	},
	{
		Code: "identity-damaged", Severity: Error,
		Title: Title{
			NL: "Identiteit van de kiosk is beschadigd", FR: "Identité de la borne endommagée",
			DE: "Identität des Kiosks ist beschädigt", EN: "Identity of the kiosk is damaged",
		},
		After: []string{"config-wrong", "state-rights", "keys-unusable"},
		Do:    "enrol again, with a new token: kioskctl enrol; the queue is kept",
	},
	{
		Code: "clock-wrong", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Klok staat verkeerd", FR: "L'horloge n'est pas à l'heure",
			DE: "Uhr geht falsch", EN: "Clock is wrong",
		},
		Do: "timedatectl set-ntp true, or timedatectl set-time; then look again",
	},
	{
		Code: "clock-alone", Severity: Warning, Lasts: 30 * time.Minute,
		Title: Title{
			NL: "Klok wordt niet gelijkgezet", FR: "Horloge non synchronisée",
			DE: "Uhr wird nicht gestellt", EN: "Clock is not set by the network",
		},
		After: []string{"clock-wrong"},
		Do:    "timedatectl set-ntp true; it needs an NTP server that this network lets through",
	},
	{
		Code: "daemon-away", Severity: Error, Lasts: 10 * time.Second,
		Title: Title{
			NL: "Balie draait niet", FR: "Balie ne tourne pas",
			DE: "Balie läuft nicht", EN: "Balie does not run",
		},
		After: []string{"config-wrong", "not-enrolled", "disk-full", "state-rights", "database-damaged", "database-newer", "keys-unusable", "identity-damaged", "card-service-refuses", "printer-refuses", "printer-not-serial", "printer-profile-unknown"},
		Do:    "systemctl status kioskd: its last line says why; then: systemctl start kioskd",
	},
	{
		Code: "daemon-hangs", Severity: Error,
		Title: Title{
			NL: "Balie antwoordt niet", FR: "Balie ne répond pas",
			DE: "Balie antwortet nicht", EN: "Balie does not answer",
		},
		After: []string{"disk-full"},
		Do:    "systemd restarts it within ten seconds; if not: systemctl restart kioskd",
	},
	{
		Code: "card-service-refuses", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Kaartdienst weigert Balie", FR: "Le service de cartes refuse Balie",
			DE: "Kartendienst verweigert sich Balie", EN: "Card service refuses Balie",
		},
		Do: "is /usr/share/polkit-1/rules.d/50-balie-pcsc.rules there, and does polkit run? systemctl status polkit",
	},
	{
		Code: "card-service-away", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Kaartdienst draait niet", FR: "Le service de cartes ne tourne pas",
			DE: "Kartendienst läuft nicht", EN: "Card service does not run",
		},
		Do: "systemctl restart pcscd.socket pcscd",
	},
	{
		Code: "reader-away", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Kaartlezer ontbreekt", FR: "Lecteur de cartes absent",
			DE: "Kartenleser fehlt", EN: "Card reader is not there",
		},
		After: []string{"card-service-away", "card-service-refuses"},
		Do:    "plug it in; kioskctl card watch shows what pcscd sees; cards.reader says which one is meant",
	},
	{
		Code: "desk-reader-away", Severity: Warning, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Kaartlezer van het loket ontbreekt", FR: "Lecteur du guichet absent",
			DE: "Kartenleser des Schalters fehlt", EN: "The desk's card reader is not there",
		},
		After: []string{"card-service-away", "card-service-refuses"},
		Do:    "plug it in; cards.desk_reader says which one is meant",
	},
	{
		Code: "reader-claimed", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Kaartlezer is door een ander programma bezet", FR: "Lecteur occupé par un autre programme",
			DE: "Kartenleser von anderem Programm belegt", EN: "Card reader is held by another program",
		},
		After: []string{"card-service-away"},
		Do:    "stop the other program",
	},
	{
		Code: "card-left", Severity: Warning, Lasts: 2 * time.Minute,
		Title: Title{
			NL: "Kaart bleef in de lezer", FR: "Carte oubliée dans le lecteur",
			DE: "Karte im Leser vergessen", EN: "A card was left in the reader",
		},
		Do: "take it out; it starts nothing until it is put in again",
	},
	{
		Code: "printer-profile-unknown", Severity: Error,
		Title: Title{
			NL: "Printersoort is onbekend", FR: "Type d'imprimante inconnu",
			DE: "Druckertyp ist unbekannt", EN: "Kind of printer is not known",
		},
		After: []string{"config-wrong"},
		Do:    "set the profile to one that kioskctl config show --example names, or put its file in printer.profiles",
	},
	{
		Code: "printer-away", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Printer is niet aangesloten", FR: "Imprimante non connectée",
			DE: "Drucker ist nicht angeschlossen", EN: "Printer is not plugged in",
		},
		Do: "plug it in and switch it on; printer.port says where it is looked for",
	},
	{
		Code: "printer-refuses", Severity: Error,
		Title: Title{
			NL: "Geen recht op de printer", FR: "Pas de droit sur l'imprimante",
			DE: "Kein Recht auf den Drucker", EN: "No right to the printer",
		},
		After: []string{"printer-away"},
		Do:    "kioskd needs the group dialout, at /dev/usb/lp… the group lp: systemctl cat kioskd",
	},
	{
		Code: "printer-not-serial", Severity: Error,
		Title: Title{
			NL: "Poort is geen printer", FR: "Ce port n'est pas une imprimante",
			DE: "Anschluss ist kein Drucker", EN: "The port is no printer",
		},
		After: []string{"printer-away"},
		Do:    "name a tty or /dev/usb/lp… in printer.port; ls -l /dev/balie /dev/serial/by-id shows them",
	},
	{
		Code: "printer-busy", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Printer is door een ander programma bezet", FR: "Imprimante occupée par un autre programme",
			DE: "Drucker von anderem Programm belegt", EN: "Printer is held by another program",
		},
		After: []string{"printer-away"},
		Do:    "fuser -v on its port shows which program: stop that",
	},
	{
		Code: "printer-mute", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Printer antwoordt niet", FR: "L'imprimante ne répond pas",
			DE: "Drucker antwortet nicht", EN: "Printer does not answer",
		},
		After: []string{"printer-away", "printer-refuses", "printer-busy"},
		Do:    "switch it on; look at cable and baud",
	},
	{
		Code: "printer-broken", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Printer is defect", FR: "Imprimante en panne",
			DE: "Drucker ist defekt", EN: "Printer is broken",
		},
		Do: "switch it off and on; if it stays, swap it",
	},
	{
		Code: "printer-cover-open", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Klep van de printer staat open", FR: "Capot de l'imprimante ouvert",
			DE: "Druckerdeckel ist offen", EN: "Printer's cover is open",
		},
		After: []string{"printer-mute"},
		Do:    "close the cover",
	},
	{
		Code: "printer-paper-out", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Papier is op", FR: "Plus de papier",
			DE: "Papier ist leer", EN: "Paper is out",
		},
		After: []string{"printer-cover-open", "printer-mute"},
		Do:    "put in a new roll",
	},
	{
		Code: "printer-paper-low", Severity: Warning, Lasts: time.Minute,
		Title: Title{
			NL: "Papier is bijna op", FR: "Bientôt plus de papier",
			DE: "Papier geht zu Ende", EN: "Paper is nearly out",
		},
		After: []string{"printer-paper-out", "printer-cover-open"},
		Do:    "put in a new roll soon",
	},
	{
		Code: "printer-jam", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Papier zit vast", FR: "Bourrage papier",
			DE: "Papierstau", EN: "Paper is jammed",
		},
		After: []string{"printer-cover-open"},
		Do:    "open the cover and take the paper out",
	},
	{
		Code: "printer-cutter", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Messer van de printer zit vast", FR: "Massicot bloqué",
			DE: "Messer klemmt", EN: "Printer's cutter is stuck",
		},
		After: []string{"printer-jam"},
		Do:    "free the cutter, switch the printer off and on",
	},
	{
		Code: "printer-mouth", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Mond van de printer zit vast", FR: "Sortie de l'imprimante bloquée",
			DE: "Druckerausgabe klemmt", EN: "Printer's mouth is blocked",
		},
		After: []string{"printer-jam"},
		Do:    "free the mouth of the printer",
	},
	{
		Code: "printer-ticket-left", Severity: Warning, Lasts: 2 * time.Minute,
		Title: Title{
			NL: "Ticket bleef in de printer", FR: "Ticket oublié",
			DE: "Ticket im Drucker vergessen", EN: "A ticket was left in the printer",
		},
		Do: "take the ticket",
	},
	{
		Code: "printer-hot", Severity: Warning, Lasts: 2 * time.Minute,
		Title: Title{
			NL: "Printkop is te warm", FR: "Tête d'impression trop chaude",
			DE: "Druckkopf ist zu heiß", EN: "Printer's head is hot",
		},
		Do: "wait: it cools down by itself; give it air",
	},
	{
		Code: "printer-ribbon-out", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Lint is op", FR: "Ruban épuisé",
			DE: "Farbband ist leer", EN: "Ribbon is out",
		},
		Do: "put in a new ribbon",
	},
	{
		Code: "printer-hopper-full", Severity: Error, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Opvangbak is vol", FR: "Bac de sortie plein",
			DE: "Ausgabefach ist voll", EN: "Hopper is full",
		},
		Do: "take the cards out of its hopper",
	},
	{
		Code: "printer-cleaning", Severity: Warning, Lasts: 20 * time.Second,
		Title: Title{
			NL: "Printer moet gereinigd worden", FR: "Imprimante à nettoyer",
			DE: "Drucker muss gereinigt werden", EN: "Printer wants to be cleaned",
		},
		Do: "clean it with a cleaning card",
	},
	{
		Code: "printer-offline", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Printer staat niet klaar", FR: "Imprimante hors ligne",
			DE: "Drucker ist nicht bereit", EN: "Printer is offline",
		},
		After: []string{"printer-mute", "printer-cover-open", "printer-paper-out", "printer-jam", "printer-cutter", "printer-broken"},
		Do:    "press FEED, or switch the printer off and on",
	},
	{
		Code: "printer-uncleared", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Printer bevat nog iets van vroeger", FR: "L'imprimante garde un ancien travail",
			DE: "Drucker enthält noch einen alten Auftrag", EN: "Printer could not be cleared",
		},
		After: []string{"printer-away", "printer-mute", "printer-paper-out", "printer-cover-open", "printer-jam", "printer-broken"},
		Do:    "switch it off and on; nothing is printed before what an earlier job left in it is gone",
	},
	{
		Code: "print-unsettled", Severity: Warning,
		Title: Title{
			NL: "Afdruk met codes is onzeker", FR: "Impression de codes incertaine",
			DE: "Ausdruck mit Codes ist ungewiss", EN: "A paper with codes is unaccounted for",
		},
		Do: "the card counts as unknown: have it revoked at the portal",
	},
	{
		Code: "network-down", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Geen netwerk", FR: "Pas de réseau",
			DE: "Kein Netzwerk", EN: "Network is down",
		},
		Do: "look at cable and switch: ip -br addr shows no address",
	},
	{
		Code: "name-unknown", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Adres van het portaal is onbekend", FR: "Adresse du portail inconnue",
			DE: "Adresse des Portals ist unbekannt", EN: "The portal's name is not found",
		},
		After: []string{"network-down"},
		Do:    "portal.url, or the name server: resolvectl query NAME",
	},
	{
		Code: "portal-untrusted", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Portaal is niet te vertrouwen", FR: "Portail non fiable",
			DE: "Portal ist nicht vertrauenswürdig", EN: "What answers is not the portal",
		},
		After: []string{"clock-wrong", "network-down"},
		Do:    "a proxy between? name its authority in portal.ca; otherwise ask who runs the portal",
	},
	{
		Code: "certificate-expired", Severity: Error,
		Title: Title{
			NL: "Certificaat is verlopen", FR: "Certificat expiré",
			DE: "Zertifikat ist abgelaufen", EN: "Certificate has ended",
		},
		After: []string{"clock-wrong", "not-enrolled"},
		Do:    "enrol again, with a new token: kioskctl enrol; the queue is kept",
	},
	{
		Code: "certificate-refused", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Portaal weigert het certificaat", FR: "Le portail refuse le certificat",
			DE: "Portal verweigert das Zertifikat", EN: "Portal refuses the certificate",
		},
		After: []string{"certificate-expired", "clock-wrong", "identity-damaged"},
		Do:    "ask who runs the portal whether it was revoked; then enrol again: kioskctl enrol",
	},
	{
		Code: "portal-stopped", Severity: Error,
		Title: Title{
			NL: "Portaal heeft deze kiosk gestopt", FR: "Le portail a arrêté cette borne",
			DE: "Portal hat diesen Kiosk gestoppt", EN: "Portal has stopped this kiosk",
		},
		After: []string{"certificate-expired"},
		Do:    "ask who runs the portal; the queue is kept",
	},
	{
		Code: "portal-away", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Portaal is niet bereikbaar", FR: "Portail inaccessible",
			DE: "Portal ist nicht erreichbar", EN: "Portal is not reachable",
		},
		After: []string{"network-down", "name-unknown", "portal-untrusted", "certificate-expired", "certificate-refused", "portal-stopped", "not-enrolled"},
		Do:    "look at the network and ask who runs the portal; what people do is kept and sent later",
	},
	{
		Code: "portal-ails", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Portaal neemt niets aan", FR: "Le portail n'accepte rien",
			DE: "Portal nimmt nichts an", EN: "Portal answers and takes nothing",
		},
		After: []string{"portal-away", "certificate-refused", "portal-stopped"},
		Do:    "ask who runs the portal; what people do is kept and sent later",
	},
	{
		Code: "portal-keys", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Sleutels van het portaal worden niet vertrouwd", FR: "Clés du portail non acceptées",
			DE: "Schlüssel des Portals nicht angenommen", EN: "Portal's keys are not taken",
		},
		After: []string{"portal-away", "certificate-refused", "portal-stopped"},
		Do:    "ask who runs the portal: they are not signed by the root of the enrolment",
	},
	{
		Code: "certificate-ends", Severity: Warning,
		Title: Title{
			NL: "Certificaat loopt af", FR: "Certificat bientôt expiré",
			DE: "Zertifikat läuft ab", EN: "Certificate ends soon",
		},
		After: []string{"certificate-expired", "portal-away", "certificate-refused"},
		Do:    "ask who runs the portal why it is not renewed",
	},
	{
		Code: "queue-parked", Severity: Warning,
		Title: Title{
			NL: "Portaal weigerde handelingen", FR: "Actions refusées par le portail",
			DE: "Vorgänge vom Portal abgelehnt", EN: "Portal refused actions",
		},
		Do: "kioskctl queue list --state parked says why; then kioskctl queue retry ID",
	},
	{
		Code: "queue-old", Severity: Warning, Lasts: 5 * time.Minute,
		Title: Title{
			NL: "Wachtrij loopt niet leeg", FR: "La file ne se vide pas",
			DE: "Warteschlange leert sich nicht", EN: "Queue does not empty",
		},
		After: []string{"network-down", "name-unknown", "portal-untrusted", "portal-away", "portal-ails", "portal-keys", "certificate-expired", "certificate-refused", "portal-stopped"},
		Do:    "kioskctl queue list shows what waits; kioskctl queue deliver tries now",
	},
	{
		Code: "worklist-old", Severity: Warning, Lasts: 10 * time.Minute,
		Title: Title{
			NL: "Werklijst is verouderd", FR: "Liste de travail périmée",
			DE: "Arbeitsliste ist veraltet", EN: "Worklist is old",
		},
		After: []string{"clock-wrong", "network-down", "name-unknown", "portal-untrusted", "portal-away", "portal-ails", "portal-keys", "certificate-expired", "certificate-refused", "portal-stopped"},
		Do:    "without it nobody checks in while the portal is away: kioskctl worklist status",
	},
	{
		Code: "worklist-kept", Severity: Error,
		Title: Title{
			NL: "Werklijst van gisteren is niet gewist", FR: "Liste d'hier non effacée",
			DE: "Arbeitsliste von gestern nicht gelöscht", EN: "Yesterday's worklist is not erased",
		},
		After: []string{"disk-full", "state-rights"},
		Do:    "look at the disk where state_dir is",
	},
	{
		Code: "revocations-old", Severity: Warning, Lasts: time.Hour,
		Title: Title{
			NL: "Lijsten van ingetrokken kaarten zijn oud", FR: "Listes de révocation périmées",
			DE: "Sperrlisten sind veraltet", EN: "Revocation lists are old",
		},
		After: []string{"network-down", "name-unknown", "portal-untrusted", "portal-away", "portal-ails", "certificate-expired", "certificate-refused", "portal-stopped"},
		Do:    "the portal gives none that the state signed: ask who runs it; the last ones still count",
	},
	{
		Code: "window-away", Severity: Error, Lasts: time.Minute,
		Title: Title{
			NL: "Scherm toont niets", FR: "L'écran n'affiche rien",
			DE: "Bildschirm zeigt nichts", EN: "No window shows the screen",
		},
		After: []string{"daemon-away"},
		Do:    "systemctl status kioskview; systemctl restart kioskview",
	},
	{
		Code: "test-trust", Severity: Warning,
		Title: Title{
			NL: "Kiosk vertrouwt testkaarten", FR: "La borne accepte des cartes de test",
			DE: "Kiosk vertraut Testkarten", EN: "Kiosk trusts test cards",
		},
		After: []string{"config-wrong"},
		Do:    "never where patients are: empty cards.test_roots",
	},
	{
		Code: "development", Severity: Warning,
		Title: Title{
			NL: "Kiosk staat open voor ontwikkelaars", FR: "Borne ouverte au développement",
			DE: "Kiosk ist für Entwickler offen", EN: "Kiosk is open to developers",
		},
		After: []string{"config-wrong"},
		Do:    "never where patients are: screen.development = false",
	},
}
