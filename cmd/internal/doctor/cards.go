package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/fault"
	"balie/hw/pcsc"
)

// cardsTime is how long pcscd may take to tell its readers.
const cardsTime = 5 * time.Second

// CardFault is the code of the fault that an error of the card service is.
func CardFault(err error) string {
	if errors.Is(err, pcsc.ErrNoAccess) {
		return "card-service-refuses"
	}
	return "card-service-away"
}

// cards looks at card service and readers as the daemon would.
func cards(ctx context.Context, c config.Cards) (list []fault.Finding) {
	ctx, cancel := context.WithTimeout(ctx, cardsTime)
	defer cancel()
	service := pcsc.New(c.Readers())
	names, err := service.List(ctx)
	if err != nil {
		said := strings.ReplaceAll(err.Error(), "\n", " ")
		return []fault.Finding{fault.Found("card service", CardFault(err), said), fault.Found("patient reader", "reader-away", "nobody can tell")}
	}
	list = append(list, fault.Well("card service", "answers"))
	there := map[string]bool{}
	for _, name := range names {
		roles := service.Roles(name)
		for _, role := range roles[:min(1, len(roles))] {
			there[role] = true
			list = append(list, fault.Well(role+" reader", name))
		}
	}
	if !there[config.PatientReader] {
		list = append(list, fault.Found("patient reader", "reader-away", notAmong(c.Reader, names)))
	}
	if c.DeskReader != "" && !there[config.DeskReader] {
		list = append(list, fault.Found("desk reader", "desk-reader-away", notAmong(c.DeskReader, names)))
	}
	return list
}

// notAmong says that no reader is named like a pattern.
func notAmong(pattern string, names []string) string {
	if len(names) == 0 {
		return "pcscd shows none"
	}
	slices.Sort(names)
	return "none is named like \"" + pattern + "\"; there are: " + strings.Join(names, ", ")
}
