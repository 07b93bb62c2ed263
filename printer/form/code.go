package form

import (
	"balie/printer"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
)

// squares blackens runs of dark modules.
func (s *sheet) squares(dark [][]bool, x0, y0, w, h float64) {
	s.SetFillColor(0, 0, 0)
	for y, row := range dark {
		for x := 0; x < len(row); x++ {
			first := x
			for x < len(row) && row[x] {
				x++
			}
			if x > first {
				s.Rect(x0+float64(first)*w, y0+float64(y)*h, float64(x-first)*w, h, "F")
			}
		}
	}
}

func (s *sheet) qr(b printer.QR) error {
	if err := layout.CheckQR(b); err != nil {
		return err
	}
	modules, err := paper.Symbol{Data: b.Data, Level: 'M'}.Modules()
	if err != nil {
		return err
	}
	const module, white = 0.8, 4
	size := module * float64(len(modules))
	s.room(size + 2*white + leading(body))
	s.squares(modules, margin+(wide-size)/2, s.GetY()+white, module, module)
	s.SetXY(margin, s.GetY()+size+2*white)
	s.text(b.Caption, "", "C", body, margin, wide)
	return nil
}

func (s *sheet) barcode(b printer.Barcode) error {
	if err := layout.CheckBarcode(b); err != nil {
		return err
	}
	row, err := paper.Bars{Data: b.Data}.Modules()
	if err != nil {
		return err
	}
	const high = 14
	module := min(0.4, (wide-10)/float64(len(row)))
	s.room(high + leading(body))
	s.squares([][]bool{row}, margin+(wide-module*float64(len(row)))/2, s.GetY(), module, high)
	s.SetXY(margin, s.GetY()+high+1)
	s.text(b.Data, "", "C", 9, margin, wide)
	return nil
}

// image sets a picture at the 203 dots per inch of the roll printers that it is
// made for.
func (s *sheet) image(b printer.Image) error {
	const (
		dot  = 25.4 / 203
		most = wide * 203 * 10 / 254 // dots
	)
	if err := layout.CheckImage(b, most); err != nil {
		return err
	}
	dark := make([][]bool, len(b.Rows))
	for y, row := range b.Rows {
		dark[y] = make([]bool, b.Width)
		for x := range b.Width {
			dark[y][x] = row[x/8]&(0x80>>(x%8)) != 0
		}
	}
	s.room(float64(len(dark)) * dot)
	s.squares(dark, margin+(wide-float64(b.Width)*dot)/2, s.GetY(), dot, dot)
	s.SetXY(margin, s.GetY()+float64(len(dark))*dot+2)
	return nil
}
