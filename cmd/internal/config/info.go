package config

import (
	"fmt"
	"net/url"
	"os"
	"time"

	"balie/kiosk/hours"
)

// Info is what people ask, and the answers.
type Info struct {
	Folder    string   `toml:"folder"` // of topics that go before those of the program
	Topics    []string `toml:"topics"`
	App       string   `toml:"app"`    // link of the code for the app; empty: no code
	Portal    string   `toml:"portal"` // where one logs in with a code card; empty: none is made
	Labs      Duration `toml:"labs"`
	Reports   Duration `toml:"reports"`
	Pathology Duration `toml:"pathology"`
}

// Hours are when someone is there.
type Hours struct {
	DeskPlace string   `toml:"desk_place"`
	Desk      []string `toml:"desk"`
	Phone     []string `toml:"phone"`
	Booth     []string `toml:"booth"`
	Holidays  []string `toml:"holidays"`
}

// maxLink is what a code on narrow paper holds and a phone still reads, in bytes.
const maxLink = 150

func (i Info) check() error {
	if i.Folder != "" {
		if entries, err := os.Stat(i.Folder); err != nil || !entries.IsDir() {
			return fmt.Errorf("info.folder: %q is not a folder that can be read", i.Folder)
		}
	}
	for key, link := range map[string]string{"app": i.App, "portal": i.Portal} {
		if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(link) > maxLink) {
			return fmt.Errorf("info.%s: %q is not a link such as \"https://example.org/app\", of at most %d letters", key, link, maxLink)
		}
	}
	for _, d := range []struct {
		key   string
		delay Duration
	}{{"labs", i.Labs}, {"reports", i.Reports}, {"pathology", i.Pathology}} {
		if t := time.Duration(d.delay); t < time.Hour || t%time.Hour != 0 || t > 72*time.Hour && t%(24*time.Hour) != 0 {
			return fmt.Errorf("info.%s: %s is neither whole hours nor, above 72, whole days in hours, such as \"24h\" or \"720h\"", d.key, t)
		}
	}
	return nil
}

func (h Hours) check() error {
	if _, err := hours.ParseHolidays(h.Holidays); err != nil {
		return fmt.Errorf("hours.holidays: %w", err)
	}
	for _, part := range []struct {
		key  string
		week []string
	}{{"desk", h.Desk}, {"phone", h.Phone}, {"booth", h.Booth}} {
		if _, err := h.Schedule(part.week); err != nil {
			return fmt.Errorf("hours.%s: %w", part.key, err)
		}
	}
	return nil
}

// Schedule is a week with the holidays.
func (h Hours) Schedule(week []string) (hours.Schedule, error) {
	holidays, err := hours.ParseHolidays(h.Holidays)
	if err != nil {
		return hours.Schedule{}, err
	}
	return hours.Parse(week, holidays)
}
