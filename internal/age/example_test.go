package age_test

import (
	"fmt"

	"balie/internal/age"
)

func ExampleUnder15() {
	today := age.Date{Year: 2026, Month: 3, Day: 4}
	fmt.Println(age.Under15(age.Date{Year: 2011, Month: 3, Day: 5}, today))
	fmt.Println(age.Under15(age.Date{Year: 2011, Month: 3}, today)) // the day would decide
	// Output:
	// true true
	// true false
}
