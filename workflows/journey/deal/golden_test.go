package deal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/workflows/journey/journeytest"
)

// What happens to a deal that everybody forgets, as a table that a sales manager
// can read and check. LIUKE_GOLDEN=1 writes it anew after a change of the policy.
func TestForgottenDealAsATable(t *testing.T) {
	view := journeytest.View(t)
	s := begin(t, view, stage("quoted", "quoted"))
	s.Until(s.at + 60*day)
	var b strings.Builder
	b.WriteString("| when | rule | what happens | 内容 | effects |\n|---|---|---|---|---|\n")
	for _, f := range s.Fired {
		var verbs []string
		for _, e := range f.Effects {
			verbs = append(verbs, e.Verb)
		}
		fmt.Fprintf(&b, "| day %d, %s | %s | %s | %s | %s |\n", (f.At-s.at)/day, view.Local(f.At), f.Obligation.Rule, f.Obligation.Does.En, f.Obligation.Does.Zh, strings.Join(verbs, ", "))
	}
	file := filepath.Join("testdata", "forgotten.md")
	if os.Getenv("LIUKE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil { //nolint:gosec // it is a source file
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}
