package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Scores gives the score as of an instant, and what each input gave without words
// and evidence: HealthAt for those who ask of thousands of instants.
func Scores(h *History, s *Settings, at instant.Time) (int, []catalogue.HealthPart) {
	return see(h, s, at, true).health()
}
