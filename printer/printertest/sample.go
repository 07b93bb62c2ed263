package printertest

import "balie/printer"

// Languages are those that a booth speaks.
func Languages() []string { return []string{"nl", "fr", "de", "en"} }

// Ticket is a ticket as a booth prints them, in one of [Languages], with the
// letters and signs that printers get wrong in that language. Who it is for and
// where it leads does not exist.
func Ticket(language string) printer.Document {
	w := ticketWords(language)
	blocks := []printer.Block{
		printer.Heading{Level: 2, Text: w.hospital},
		printer.Rule{},
		printer.Heading{Level: 1, Text: "K1-042"},
		printer.Rule{},
	}
	for _, f := range w.fields {
		blocks = append(blocks, printer.Field{Label: f[0], Value: f[1]})
	}
	return printer.Document{Title: "ticket", Language: language, Blocks: append(blocks,
		printer.Space{},
		printer.Paragraph{Text: w.text},
		printer.Paragraph{Text: w.strong, Strong: true, Center: true},
		printer.QR{Data: "https://route.example/46", Caption: w.caption},
	)}
}

type words struct {
	hospital, text, strong, caption string
	fields                          [][2]string
}

func ticketWords(language string) words {
	return map[string]words{
		"nl": {
			"Ziekenhuis Sint-Voorbeeld", "Eén coördinator helpt elke patiënt; vóór 14 uur: hé, naïef café.",
			"Blijf in de buurt – u wordt geroepen", "Scan voor de route",
			[][2]string{{"Uur", "14:30"}, {"Waar", "Raadpleging gastro-enterologie 4614"}, {"Wachtzaal", "Gele zaal, niveau 1"}, {"Te betalen", "€ 12,50"}},
		},
		"fr": {
			"Hôpital Saint-Exemple", "Gardez ce reçu à l’écart : cœur, garçon, Noël, où, sûr, dîner, « déjà ».",
			"Ne vous éloignez pas – on vous appellera", "À scanner pour l’itinéraire",
			[][2]string{{"Heure", "14h30"}, {"Où", "Consultation gastro-entérologie 4614"}, {"Salle", "Salle jaune, niveau 1"}, {"À payer", "12,50 €"}},
		},
		"de": {
			"Krankenhaus Sankt Beispiel", "Ärztin, Öffnung, Übergang: größer, früh, schön, Maß. „Straße 46“",
			"Bitte bleiben Sie in der Nähe", "Scannen für den Weg",
			[][2]string{{"Uhrzeit", "14:30"}, {"Wo", "Sprechstunde Gastroenterologie 4614"}, {"Wartesaal", "Gelber Saal, Stock 1"}, {"Gebühr", "€ 12,50"}},
		},
		"en": {
			"Saint Example’s Hospital", "Follow route 46 to the “yellow” hall – no need for a façade or a résumé…",
			"Please stay nearby", "Scan for the way",
			[][2]string{{"Time", "14:30"}, {"Where", "Gastroenterology outpatients 4614"}, {"Hall", "Yellow hall, level 1"}, {"To pay", "€12.50"}},
		},
	}[language]
}
