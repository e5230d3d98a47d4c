// Package paper prints contracts as PDF. Chinese is printed with an
// embedded font (fonts/NOTICE.md), of which a document holds only the characters
// that it uses.
package paper

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"github.com/johnfercher/maroto/v2/pkg/repository"

	"liuke.dev/shared/instant"
)

//go:embed fonts/wqy-microhei-gbk.ttf
var font []byte

const family = "wqy"

var fonts = sync.OnceValues(func() ([]*entity.CustomFont, error) {
	r := repository.New()
	for _, style := range []fontstyle.Type{fontstyle.Normal, fontstyle.Bold} {
		r = r.AddUTF8FontFromBytes(family, style, font)
	}
	return r.Load()
})

// Sheet is what a document says.
type Sheet struct {
	Title   string
	Number  string
	Lines   []string // paragraphs; an empty one is a gap
	Signs   []string // what stands above the signatures, one line per party
	Created instant.Time
}

const (
	perLine   = 88 // half-width places that a line holds at its size
	lineSpace = 6.0
)

// one document at a time: each holds the whole font in memory while it is made.
var one sync.Mutex

// Print makes the PDF. The same sheet gives a document of the same text.
func Print(s Sheet) ([]byte, error) {
	one.Lock()
	defer one.Unlock()
	loaded, err := fonts()
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	c := config.NewBuilder().WithCustomFonts(loaded).WithDefaultFont(&props.Font{Family: family, Size: 10.5}).
		WithLeftMargin(18).WithRightMargin(18).WithTopMargin(18).WithCompression(true).WithTitle(s.Title+" "+s.Number, true).WithCreationDate(s.Created.Std()).
		WithPageNumber(props.PageNumber{Pattern: s.Number + "  {current}/{total}", Place: props.Bottom, Family: family, Size: 8}).Build()
	m := maroto.New(c)
	m.AddRow(16, text.NewCol(12, s.Title, props.Text{Size: 18, Align: align.Center, Style: fontstyle.Bold}))
	for _, line := range s.Lines {
		for _, l := range Wrap(line, perLine) {
			m.AddRow(lineSpace, text.NewCol(12, l))
		}
	}
	m.AddRow(12)
	for _, line := range s.Signs {
		m.AddRow(14, text.NewCol(12, line))
	}
	d, err := m.Generate()
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return d.GetBytes(), nil
}

// Wrap breaks a line into pieces of at most so many half-width places: after any
// Chinese character, but in words of letters only where they do not fit at all.
func Wrap(line string, places int) []string {
	var out []string
	var piece, word strings.Builder
	used, wide := 0, 0 // places of the piece, of the word
	flush := func() {
		out = append(out, strings.TrimRight(piece.String(), " "))
		piece.Reset()
		used = 0
	}
	put := func() {
		if used+wide > places && used > 0 {
			flush()
		}
		piece.WriteString(word.String())
		used += wide
		word.Reset()
		wide = 0
	}
	for _, r := range line {
		n := 1
		if r >= 0x1100 {
			n = 2
		}
		if n == 2 || r == ' ' || wide+n > places {
			put()
		}
		word.WriteRune(r)
		wide += n
		if n == 2 || r == ' ' {
			put()
		}
	}
	put()
	flush()
	return out
}
