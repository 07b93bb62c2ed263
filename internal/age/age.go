// Package age decides who is a child: under 15 on a day in Brussels. It is the only
// place that does, for the screen, the end of a parent's access and the portal.
package age

import (
	"sync"
	"time"
	_ "time/tzdata" // Brussels, on a machine without a zone database
)

// adultRecord is the age from which a patient has a record of their own.
const adultRecord = 15

// brussels is the zone of Belgium. Reading it takes as long as a dozen exchanges with
// a card do here, so it is read once.
var brussels = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil { // cannot be: the database is compiled in
		zone = time.FixedZone("CET", 3600)
	}
	return zone
})

// Today is the date in Belgium at a moment.
func Today(now time.Time) Date {
	y, m, d := now.In(brussels()).Date()
	return Date{Year: y, Month: int(m), Day: d}
}

// Under15 tells whether someone born on birth is under 15 on a day, which must be
// complete: see [Today]. On the 15th birthday they no longer are; who was born on
// 29 February has it on 1 March. An incomplete birth date is known to decide where
// the first and the last day that it may be agree.
func Under15(birth, today Date) (under, known bool) {
	if birth.Year == 0 || !today.Complete() {
		return false, false
	}
	early, late := birth, birth
	if birth.Month == 0 {
		early.Month, late.Month = 1, 12
	}
	if birth.Day == 0 {
		early.Day, late.Day = 1, DaysIn(late.Year, late.Month)
	}
	first, last := today.Before(fifteenth(early)), today.Before(fifteenth(late))
	return last, first == last
}

// Fifteenth is the 15th birthday: the day on which a parent's access ends. 29 February
// gives 1 March. Where day or month are not known it is the first day that it may be,
// and the zero Date where the year is not.
func Fifteenth(birth Date) Date {
	if birth.Year == 0 {
		return Date{}
	}
	return fifteenth(Date{Year: birth.Year, Month: max(1, birth.Month), Day: max(1, birth.Day)})
}

func fifteenth(birth Date) Date {
	t := time.Date(birth.Year+adultRecord, time.Month(birth.Month), birth.Day, 0, 0, 0, 0, time.UTC)
	return Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}
