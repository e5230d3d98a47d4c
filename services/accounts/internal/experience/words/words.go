// Package words cuts text into what it is searched by, Chinese and English alike:
// a run of Chinese characters into its pairs, and its last character by itself, so
// that any part of a word is found by the beginning of some gram; a word of
// letters or digits into itself. It is pure.
package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxGram bounds a gram, in characters: longer words are found by their beginning.
const MaxGram = 40

// Place is where a piece of the text is: bytes from and to.
type Place struct{ From, To int }

// Term is one thing that is asked for.
type Term struct {
	Text  string   // as it is looked for in a text
	Grams []string // that a text must have for the term to be in it
	// Prefix says that the last gram may be the beginning of another.
	Prefix bool
}

// Fold writes text as it is compared: width and case do not matter.
func Fold(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// Grams gives the grams of a text with how often each is there.
func Grams(text string) map[string]int {
	out := map[string]int{}
	for _, run := range runs(Fold(text)) {
		for _, g := range run.grams() {
			out[g]++
		}
	}
	return out
}

// Terms cuts a question into what must all be found. A single character, and the
// last word of letters, may be the beginning of a longer one.
func Terms(question string) []Term {
	var out []Term
	seen := map[string]bool{}
	for _, run := range runs(Fold(question)) {
		text := string(run.chars)
		if seen[text] {
			continue
		}
		seen[text] = true
		t := Term{Text: text, Grams: run.grams(), Prefix: !run.han || len(run.chars) == 1}
		if run.han && len(run.chars) > 1 {
			t.Grams = t.Grams[:len(t.Grams)-1] // its last character need not end a run of the text
		}
		out = append(out, t)
	}
	return out
}

// run is a stretch of characters of one sort.
type run struct {
	chars []rune
	han   bool
}

func runs(folded string) []run {
	var out []run
	var now run
	end := func() {
		if len(now.chars) > 0 {
			out = append(out, now)
		}
		now = run{}
	}
	for _, c := range folded {
		han := unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
		switch {
		case !han && !unicode.IsLetter(c) && !unicode.IsDigit(c):
			end()
			continue
		case len(now.chars) > 0 && now.han != han:
			end()
		}
		now.han = han
		now.chars = append(now.chars, c)
	}
	end()
	return out
}

func (r run) grams() []string {
	if !r.han {
		return []string{string(r.chars[:min(len(r.chars), MaxGram)])}
	}
	var out []string
	for i := 0; i+1 < len(r.chars); i++ {
		out = append(out, string(r.chars[i:i+2]))
	}
	return append(out, string(r.chars[len(r.chars)-1:]))
}

// Find gives where a term stands in a text, from its beginning on; a term of
// letters only where a word begins.
func Find(text string, t Term) []Place {
	folded, back := fold(text)
	var out []Place
	for from := 0; ; {
		i := strings.Index(folded[from:], t.Text)
		if i < 0 {
			return out
		}
		at := from + i
		if end := at + len(t.Text); begins(folded, at, t.Text) {
			out = append(out, Place{back[at], back[end]})
		}
		from = at + len(t.Text)
	}
}

// begins tells whether a word may begin there: Chinese anywhere, letters not in the middle of a word.
func begins(folded string, at int, term string) bool {
	first := []rune(term)[0]
	if unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || at == 0 {
		return true
	}
	before := []rune(folded[:at])
	last := before[len(before)-1]
	return !unicode.IsLetter(last) && !unicode.IsDigit(last) || unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// fold folds character by character, and remembers for every byte of the folded text
// where it stood: folding may make a text longer or shorter.
func fold(text string) (string, []int) {
	var b strings.Builder
	var back []int
	for i, c := range text {
		f := Fold(string(c))
		for range len(f) {
			back = append(back, i)
		}
		b.WriteString(f)
	}
	return b.String(), append(back, len(text))
}
