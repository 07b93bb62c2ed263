package eidtest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"balie/hw/card"
)

// Image is a card as its files, which someone else made: what is on it, and no private
// key. A chip that is played from it answers what the files say; it proves no PIN and
// not that it is no copy.
type Image struct {
	ATR   []byte          // where empty, that of the applet
	Data  []byte          // of GET CARD DATA; where empty, made of the chip number and the applet
	Files map[Path][]byte // as they lie on the card
}

// errImage is that something is no image of a card.
var errImage = errors.New("no image of an identity card")

// ReadImage reads an image from disk, in one of three forms:
//
// A folder has one file for each of the card's, named by the short name ("identity.bin",
// as kiosksim card mint writes them) or by its path in any way of writing
// ("3F00DF014031", "DF01_4031.bin", "4031.tlv", 4031 in a folder DF01); and atr.bin and
// card_data.bin, if need be. Other files, such as notes, are left out.
//
// A JSON file is {"atr": …, "card_data": …, "files": {path: content}}, each in
// hexadecimal or base64. Files that only some cards have, by their path, are left out.
//
// An XML file is a card of Fedict/eid-test-cards: atr, chipNumber, versionNumber, and
// file elements with id and content.
func ReadImage(path string) (Image, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Image{}, fmt.Errorf("reading the card image: %w", err)
	}
	var i Image
	if info.IsDir() {
		i, err = imageOfFolder(path)
	} else {
		i, err = imageOfFile(path)
	}
	if err != nil {
		return Image{}, fmt.Errorf("reading the card image %s: %w", path, err)
	}
	for p, content := range i.Files {
		if len(content) > maxFile {
			return Image{}, fmt.Errorf("reading the card image %s: %w: %s has %d bytes", path, errImage, p, len(content))
		}
	}
	if len(i.Files) == 0 {
		return Image{}, fmt.Errorf("reading the card image %s: %w: it has none of a card's files", path, errImage)
	}
	return i, nil
}

func imageOfFolder(dir string) (Image, error) {
	i := Image{Files: map[Path][]byte{}}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = strings.TrimSuffix(name, filepath.Ext(name))
		p, is := pathNamed(name)
		if !is && name != "atr" && name != "card_data" {
			return nil
		}
		content, err := os.ReadFile(path)
		switch {
		case err != nil:
			return err
		case name == "atr":
			i.ATR = content
		case name == "card_data":
			i.Data = content
		default:
			i.Files[p] = content
		}
		return nil
	})
	return i, err
}

func imageOfFile(path string) (Image, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Image{}, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return imageOfXML(text)
	}
	return imageOfJSON(text)
}

func imageOfJSON(text []byte) (Image, error) {
	var raw struct {
		ATR   string            `json:"atr"`
		Data  string            `json:"card_data"`
		Files map[string]string `json:"files"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&raw); err != nil {
		return Image{}, fmt.Errorf("%w: %w", errImage, err)
	}
	return imageOfTexts(raw.ATR, raw.Data, raw.Files)
}

func imageOfXML(text []byte) (Image, error) {
	var raw struct {
		XMLName xml.Name `xml:"card"`
		Chip    string   `xml:"chipNumber"`
		Version string   `xml:"versionNumber"`
		ATR     string   `xml:"atr"`
		Files   []struct {
			ID      string `xml:"id"`
			Content string `xml:"content"`
		} `xml:"file"`
	}
	if err := xml.Unmarshal(text, &raw); err != nil {
		return Image{}, fmt.Errorf("%w: %w", errImage, err)
	}
	files := map[string]string{}
	for _, f := range raw.Files {
		files[f.ID] = f.Content
	}
	data := strings.TrimSpace(raw.Chip) + strings.TrimSpace(raw.Version)
	if len(data) == 2*27 { // the life cycle is left out there
		data += "0F"
	}
	return imageOfTexts(raw.ATR, data, files)
}

// imageOfTexts reads values in hexadecimal or base64.
func imageOfTexts(atr, data string, files map[string]string) (i Image, err error) {
	i.Files = map[Path][]byte{}
	if i.ATR, err = bytesOf(atr); err != nil {
		return i, fmt.Errorf("%w: atr: %w", errImage, err)
	}
	if i.Data, err = bytesOf(data); err != nil {
		return i, fmt.Errorf("%w: card data: %w", errImage, err)
	}
	for name, text := range files {
		p, is := pathNamed(name)
		switch {
		case !is && hexPath.MatchString(name):
			continue
		case !is:
			return i, fmt.Errorf("%w: a card has no file %q", errImage, name)
		}
		if i.Files[p], err = bytesOf(text); err != nil {
			return i, fmt.Errorf("%w: %s: %w", errImage, p, err)
		}
	}
	return i, nil
}

// bytesOf reads hexadecimal, or base64; blanks are nothing.
func bytesOf(text string) ([]byte, error) {
	text = strings.Join(strings.Fields(text), "")
	if raw, err := hex.DecodeString(text); err == nil {
		return raw, nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("neither hexadecimal nor base64")
	}
	return raw, nil
}

// hexPath is the path of any file of a card.
var hexPath = regexp.MustCompile(`^([0-9A-Fa-f]{4}/?){1,3}$`)

// notHex is what may stand between the parts of a path.
var notHex = regexp.MustCompile(`[^0-9A-F]+`)

// pathNamed finds a file of the card by its short name, or by a path in any way of
// writing: that of a file in a directory is known by its own identifier.
func pathNamed(name string) (Path, bool) {
	id := strings.TrimPrefix(notHex.ReplaceAllString(strings.ToUpper(name), ""), "3F00")
	for short, path := range names() {
		bare := strings.ReplaceAll(string(path), "/", "")
		if strings.EqualFold(name, short) || id == bare || id == bare[len(bare)-4:] {
			return path, true
		}
	}
	return "", false
}

// Card is a card with the image on it, not yet in any reader.
func (i Image) Card(id string) (*Card, error) {
	applet, err := i.applet()
	if err != nil {
		return nil, err
	}
	w := &press{d: Description{ID: id, Applet: applet}, applet: applet, files: i.Files, keys: keys{}}
	copy(w.chip[:], i.tag(0x02))
	c := newCard(w)
	if len(i.ATR) > 0 {
		if _, err := card.ParseATR(i.ATR); err != nil {
			return nil, fmt.Errorf("%w: atr: %w", errImage, err)
		}
		c.atr = i.ATR
	}
	if len(i.Data) > 0 {
		c.data = i.Data[:28]
	}
	return c, nil
}

// applet is the applet of the card data, or else the one that has such files.
func (i Image) applet() (Applet, error) {
	const version = 21 // in GET CARD DATA
	switch n := len(i.Data); {
	case n == 0:
	case n < 28 || n > 31:
		return "", fmt.Errorf("%w: card data of %d bytes, not 28", errImage, n)
	case i.Data[version] >= 0x18:
		return Applet18, nil
	case i.Data[version] == 0x17 && i.elliptic():
		return Applet17EC, nil
	case i.Data[version] == 0x17:
		return Applet17, nil
	default:
		return Applet11, nil
	}
	switch {
	case i.Files[FilePublicKey] != nil, i.tag(0x1A) != nil:
		return Applet18, nil
	case i.elliptic():
		return Applet17EC, nil
	case len(i.Files[FileIdentitySignature]) > 128:
		return Applet17, nil
	}
	return Applet11, nil
}

// elliptic tells whether the identity is signed by ECDSA: the signature is DER.
func (i Image) elliptic() bool {
	signature := i.Files[FileIdentitySignature]
	n, err := card.DERLength(signature)
	return err == nil && signature[0] == 0x30 && n <= len(signature) && n < 110
}

// tag is an element of the identity file; nil where it has none.
func (i Image) tag(tag byte) []byte {
	data := i.Files[FileIdentity]
	for len(data) >= 2 && 2+int(data[1]) <= len(data) {
		if data[0] == tag && data[1] > 0 {
			return data[2 : 2+int(data[1])]
		}
		data = data[2+int(data[1]):]
	}
	return nil
}
