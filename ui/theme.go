package ui

import (
	"fmt"
	"math"
	"strconv"
)

// Our colours, for a hospital that names none.
const (
	defaultPrimary = "#0b5c7a"
	defaultAccent  = "#c8501e"
)

// legible is the contrast that text in a hospital's colour must have with white,
// and white text with it. It is above the 4.5 of WCAG 2.2 (1.4.3) because the
// same colour also stands on the tinted page.
const legible = 5.5

// theme is a hospital's colours as a stylesheet. They are darkened as far as
// legibility asks; --brand is the primary as it was given, for surfaces without
// text.
func theme(h Hospital) ([]byte, error) {
	brand, err := parseColour(h.Primary, defaultPrimary)
	if err != nil {
		return nil, fmt.Errorf("primary colour: %w", err)
	}
	accent, err := parseColour(h.Accent, defaultAccent)
	if err != nil {
		return nil, fmt.Errorf("accent colour: %w", err)
	}
	primary := brand.darkened(legible)
	return fmt.Appendf(nil, ":root {\n  --brand: %s;\n  --primary: %s;\n  --primary-pressed: %s;\n  --tint: %s;\n  --tint-strong: %s;\n  --accent: %s;\n}\n",
		brand, primary, primary.mixed(black, 0.25), primary.mixed(white, 0.92), primary.mixed(white, 0.8), accent.darkened(legible)), nil
}

// colour is red, green and blue of sRGB, 0 to 1.
type colour [3]float64

var (
	white = colour{1, 1, 1}
	black = colour{}
)

func parseColour(s, otherwise string) (colour, error) {
	if s == "" {
		s = otherwise
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return colour{}, fmt.Errorf("%q is not like #0b5c7a", s)
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

// String is #rrggbb.
func (c colour) String() string {
	var n [3]int
	for i, v := range c {
		n[i] = int(math.Round(v * 255))
	}
	return fmt.Sprintf("#%02x%02x%02x", n[0], n[1], n[2])
}

// mixed is c with a share of another colour in it.
func (c colour) mixed(other colour, share float64) colour {
	for i := range c {
		c[i] += (other[i] - c[i]) * share
	}
	return c
}

// darkened is c, with as little black in it as gives a contrast with white.
func (c colour) darkened(contrast float64) colour {
	for share := 0.0; share < 1; share += 0.02 {
		if d := c.mixed(black, share); d.contrast(white) >= contrast {
			return d
		}
	}
	return black
}

// contrast is the contrast ratio of WCAG 2.2, 1 to 21.
func (c colour) contrast(other colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, v := range c {
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weights[i] * v
	}
	return sum
}
