package config

import "strings"

// nearest is the key that somebody who wrote name meant; empty where none is like it.
func nearest(name string) string {
	if found := alike(name); found != "" {
		return found
	}
	best, distance := "", len(name)/3+2
	for _, k := range keys {
		of := k.Name
		if part := strings.Split(name, "."); len(part) == 3 && part[0] == "printers" {
			of = strings.Replace(of, anyPrinter, "printers."+part[1], 1)
		}
		if d := edits(name, of); d < distance {
			best, distance = of, d
		}
	}
	return best
}

// alike is the one key whose last part is that of name: it stands in the wrong table.
func alike(name string) string {
	_, last := Key{Name: name}.split()
	found := ""
	for _, k := range keys {
		if _, its := k.split(); its == last && found == "" {
			found = k.Name
		} else if its == last {
			return ""
		}
	}
	return found
}

// edits is how many letters have to be put in, taken out or changed to make b of a:
// V. I. Levenshtein, Binary codes capable of correcting deletions, insertions and
// reversals, 1966.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}
