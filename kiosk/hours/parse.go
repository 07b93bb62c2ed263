package hours

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// days are how a configuration names the days of the week, in the order of time.Weekday.
var days = []string{"su", "mo", "tu", "we", "th", "fr", "sa"}

// Parse reads a week as a configuration has it, one line each: "mo-fr 08:00-12:00",
// "sa,su 10:00-11:30". A day may stand in several lines.
func Parse(lines []string, holidays Holidays) (Schedule, error) {
	s := Schedule{holidays: holidays}
	for _, line := range lines {
		when, part, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return Schedule{}, fmt.Errorf("%q is not like \"mo-fr 08:00-12:00\"", line)
		}
		on, err := parseDays(when)
		if err != nil {
			return Schedule{}, fmt.Errorf("%q: %w", line, err)
		}
		p, err := parseSpan(strings.TrimSpace(part))
		if err != nil {
			return Schedule{}, fmt.Errorf("%q: %w", line, err)
		}
		for _, d := range on {
			if slices.ContainsFunc(s.week[d], func(q span) bool { return q.from < p.to && p.from < q.to }) {
				return Schedule{}, fmt.Errorf("%q: %s is open then already, by a line above", line, days[d])
			}
			s.week[d] = append(s.week[d], p)
		}
	}
	return s, nil
}

// parseDays reads "mo-fr", "sa,su" or "we".
func parseDays(text string) ([]int, error) {
	var list []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(days, first), slices.Index(days, last)
		if from < 0 || to < 0 {
			return nil, fmt.Errorf("the days are %s", strings.Join(days, ", "))
		}
		for d := from; ; d = (d + 1) % len(days) {
			list = append(list, d)
			if d == to {
				break
			}
		}
	}
	return list, nil
}

// parseSpan reads "08:00-12:00"; 24:00 is the end of a day.
func parseSpan(text string) (span, error) {
	first, last, _ := strings.Cut(text, "-")
	from, err := parseClock(first)
	if err != nil {
		return span{}, err
	}
	to, err := parseClock(last)
	if err != nil {
		return span{}, err
	}
	if to <= from {
		return span{}, errors.New("it ends before it begins: past midnight is a line of the next day")
	}
	return span{from, to}, nil
}

// parseClock reads "08:00" as minutes.
func parseClock(text string) (int, error) {
	h, m, _ := strings.Cut(text, ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil || len(h) != 2 || len(m) != 2 || hour < 0 || minute < 0 || minute > 59 || hour*60+minute > 24*60 {
		return 0, fmt.Errorf("%q is not a time such as 08:00", text)
	}
	return hour*60 + minute, nil
}
