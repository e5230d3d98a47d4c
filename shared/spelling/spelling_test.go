package spelling_test

import (
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/spelling"
)

func TestKey(t *testing.T) {
	for in, want := range map[string]string{
		"GTX Plus Basic": "gtxplusbasic", "gtx-plus_basic": "gtxplusbasic", "ＧＴＸ（Ｐｌｕｓ）": "gtxplus", "  华东 精密　机械 ": "华东精密机械", "—": "", "": "",
	} {
		if got := spelling.Key(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"technolgy", "technology", 1}, {"tecnhology", "technology", 1}, {"medical", "medicine", 3}, {"gtxpro", "gtkpro", 1}, {"制造业", "制作业", 1}, {"ab", "ba", 1},
		{"ca", "abc", 3}, // a letter between the two that changed places is no neighbour
	} {
		if got := spelling.Apart(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are %d apart, not %d", c.a, c.b, got, c.want)
		}
	}
}

// Words are as far apart one way as the other, no further than the longer is long, and
// not at all only if they are the same.
func TestApartIsAMeasure(t *testing.T) {
	word := rapid.StringMatching(`[abc业]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := spelling.Apart(a, b)
		if back := spelling.Apart(b, a); back != d {
			t.Fatalf("%d one way, %d the other", d, back)
		}
		if d > max(len([]rune(a)), len([]rune(b))) || (d == 0) != (a == b) {
			t.Fatalf("%q and %q are %d apart", a, b, d)
		}
	})
}
