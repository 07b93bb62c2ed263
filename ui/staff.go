package ui

// StaffSay is what stands under the title of a screen of the desk.
func (p page) StaffSay(key string) string { return p.T(key, "date", p.Staff.Date) }

// KeyName is how the key that presses a button is called on it; empty: it has none.
func (page) KeyName(key string) string {
	switch key {
	case "Enter":
		return "⏎"
	case "Escape":
		return "Esc"
	}
	return key
}
