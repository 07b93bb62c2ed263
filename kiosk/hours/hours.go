// Package hours says when something is open: a desk, a telephone, the people at a
// booth.
//
// [Schedule.At] is the one place that decides. Hours are those of the clock on the
// wall, also on the two days of the year that have 23 hours or 25.
package hours

import (
	"slices"
	"time"
)

// Schedule is when one thing is open. The zero Schedule is never said to be open.
type Schedule struct {
	week     [7][]span // by time.Weekday
	holidays Holidays
}

// span is a part of a day, in minutes of the clock on the wall; the end is not in it.
type span struct{ from, to int }

// State is how something stands at a moment.
type State struct {
	Open bool
	// Change is when that changes; zero where it does not within a year.
	Change time.Time
}

// Known tells whether any hours were given.
func (s Schedule) Known() bool {
	return slices.ContainsFunc(s.week[:], func(d []span) bool { return len(d) > 0 })
}

// horizon is how far the next change is looked for: more than a year, in days.
const horizon = 370

// At says how the schedule stands at a moment, by the clock of the moment's zone.
func (s Schedule) At(now time.Time) State {
	state := State{Open: s.open(now)}
	if !s.Known() {
		return state
	}
	year, month, day := now.Date()
	for n := range horizon {
		for _, edge := range s.edges(time.Date(year, month, day+n, 0, 0, 0, 0, now.Location())) {
			if edge.After(now) && s.open(edge) != state.Open {
				state.Change = edge
				return state
			}
		}
	}
	return state
}

// open tells whether the clock on the wall is within the hours of its day.
func (s Schedule) open(at time.Time) bool {
	if s.holidays.Is(at) {
		return false
	}
	minute := at.Hour()*60 + at.Minute()
	return slices.ContainsFunc(s.week[at.Weekday()], func(p span) bool { return p.from <= minute && minute < p.to })
}

// edges are the moments of a day at which anything may change, in order: the ends of
// its spans, midnight, and where the clock jumps. On the night it goes back, each
// hour of the wall may come twice, and on the other not at all.
func (s Schedule) edges(midnight time.Time) []time.Time {
	list := []time.Time{midnight}
	year, month, day := midnight.Date()
	for _, p := range s.week[midnight.Weekday()] {
		for _, minute := range []int{p.from, p.to} {
			at := time.Date(year, month, day, 0, minute, 0, 0, midnight.Location())
			list = append(list, at.Add(-time.Hour), at, at.Add(time.Hour))
		}
	}
	if _, jump := midnight.ZoneBounds(); !jump.IsZero() && jump.Before(midnight.Add(26*time.Hour)) {
		list = append(list, jump.In(midnight.Location()))
	}
	slices.SortFunc(list, time.Time.Compare)
	return list
}
