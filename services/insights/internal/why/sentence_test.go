package why

import (
	"strings"
	"testing"

	"liuke.dev/shared/instant"
)

// The setting that gave a due time is named; where the due time came with a step of a
// process, no empty place is left for it.
func TestSentencesNameTheSetting(t *testing.T) {
	for setting, want := range map[string]string{
		"lead_care.idle[0]": "(lead_care.idle[0], policy version 2)",
		"":                  " (policy version 2)",
	} {
		s := sentence(Answer{Chain: []Link{{Kind: "obligation", Rule: "step", Due: instant.Time(1), Setting: setting, Policy: 2}}})
		if !strings.Contains(s.En, want) || strings.Contains(s.Zh, "（，") {
			t.Errorf("%q: %s / %s", setting, s.En, s.Zh)
		}
	}
}
