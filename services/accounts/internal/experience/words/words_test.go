package words_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/experience/words"
)

// Chinese in pairs, English in words, width and case aside.
func TestGrams(t *testing.T) {
	for text, want := range map[string]string{
		"价格不优":                "不优 价格 优 格不",
		"Slow RESPONSE, slow": "response slow",
		"ＥＲＰ系统v2":             "erp v2 系统 统",
		"":                    "", "，。！": "",
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(words.Grams(text))), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if words.Grams("slow slow")["slow"] != 2 {
		t.Error("how often is not counted")
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ text, term, want string }{
		{"客户认为价格不优。价格！", "价格", "价格|价格"}, {"Price and prices, not appraise", "price", "Price|price"}, {"用ＥＲＰ时", "erp", "ＥＲＰ"},
		{"响应慢response", "response", "response"}, {"没有", "价格", ""}, {"reprice", "price", ""},
	} {
		var got []string
		for _, p := range words.Find(c.text, words.Terms(c.term)[0]) {
			got = append(got, c.text[p.From:p.To])
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q in %q: %q", c.term, c.text, got)
		}
	}
}

// whatever part of a text is asked for, its grams are among the text's, or begin one of them.
func TestAnyPartIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(rapid.StringOfN(rapid.SampledFrom([]rune("价格服务响应慢客户price slow，9")), 1, 40, -1).Draw(t, "text"))
		from := rapid.IntRange(0, len(text)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(text)).Draw(t, "to")
		has := words.Grams(string(text))
		for _, term := range words.Terms(string(text[from:to])) {
			if len(words.Find(string(text), term)) == 0 {
				continue // the middle of an English word is no word
			}
			for i, g := range term.Grams {
				last := i == len(term.Grams)-1
				ok := has[g] > 0
				for other := range has {
					ok = ok || last && term.Prefix && strings.HasPrefix(other, g)
				}
				if !ok {
					t.Fatalf("%q of %q is not found: no gram %q among %v", term.Text, string(text), g, has)
				}
			}
		}
	})
}
