//go:build realdata

package cdnow_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"liuke.dev/services/insights/internal/learning/cdnow"
	"liuke.dev/shared/realdata"
)

// figures writes the report.
func figures(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(realdata.File(t, "cdnow", "CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := cdnow.Report(&out, bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// D-8, R-104: what docs/learning.md says of the public record is what the program finds.
func TestRealDataGivesWhatThePageSays(t *testing.T) {
	page, err := os.ReadFile("../../../../../docs/learning.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(between(string(page)), "2357 customers, 6919 orders") {
		t.Fatal("the page has no figures between its marks")
	}
	if found := figures(t); strings.TrimSpace(found) != between(string(page)) {
		t.Errorf("the page says\n%s\nbut found was\n%s", between(string(page)), found)
	}
}

func between(page string) string {
	_, rest, _ := strings.Cut(page, "<!-- figures -->")
	part, _, _ := strings.Cut(rest, "<!-- end of figures -->")
	return strings.TrimSpace(part)
}
