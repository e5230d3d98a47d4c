package followup_test

import (
	"testing"

	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
)

// C-16: what a follow-up takes of somebody's time is counted: the fields that a
// person filled in, not those that a system captured or the front end prefilled.
func TestTypedFields(t *testing.T) {
	every := good()
	every.Direction, every.Question, every.Objections, every.NotOwnerReason = followup.Inbound, "why?", []string{}, "asked to"
	every.KeyPerson, every.KeyNeed, every.Result, every.CustomerType, every.BudgetBand = "Ms Li", "speed", "interested", "new", "low"
	for name, c := range map[string]struct {
		in   followup.Input
		want int
	}{
		"all": {every, catalogue.MostTyped},
		"some prefilled": {func() followup.Input {
			in := every
			in.Prefilled = []string{"occurred_at", "channel", "direction"}
			return in
		}(), catalogue.MostTyped - 3},
		"outbound is said for everybody": {func() followup.Input {
			in := every
			in.Direction = followup.Outbound
			return in
		}(), catalogue.MostTyped - 1},
		"captured": {followup.Input{OccurredAt: now, Direction: followup.Inbound, Channel: "phone", KeyPoints: "transcript", Captured: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := followup.Record("f", c.in, subject(), owner, view(t, 1), now)
			if err != nil || f.Typed != c.want {
				t.Errorf("%d fields, not %d (%v)", f.Typed, c.want, err)
			}
		})
	}
	wrong := good()
	wrong.Prefilled = []string{"channel", "question"}
	if _, err := followup.Record("f", wrong, subject(), owner, view(t, 1), now); err == nil {
		t.Error("a field that is empty was prefilled")
	}
}
