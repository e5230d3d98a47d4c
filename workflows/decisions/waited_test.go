package decisions

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

func TestOnlyWhatWaitedForItsTimeIsLate(t *testing.T) {
	const noon, minute = instant.Time(12 * 60 * 60 * 1000), instant.Time(60 * 1000)
	pending := []catalogue.Obligation{{ID: "lead:l1:idle.0:1", Due: noon}, {ID: "lead:l1:next_touch.0:1", Due: noon + minute}}
	for name, x := range map[string]struct {
		fired []catalogue.Obligation
		due   []instant.Time
	}{
		"its time came":                        {pending, []instant.Time{noon, noon + minute}},
		"armed by this decision, due long ago": {[]catalogue.Obligation{{ID: "lead:l1:idle.0:2", Due: noon - minute}}, nil},
		"due earlier by another policy":        {[]catalogue.Obligation{{ID: "lead:l1:idle.0:1", Due: noon - minute}}, nil},
		"one of each": {[]catalogue.Obligation{{ID: "lead:l1:idle.1:1", Due: noon}, pending[1]},
			[]instant.Time{noon + minute}},
	} {
		b := Document{Pending: pending}
		var fired []catalogue.Fired
		for _, o := range x.fired {
			fired = append(fired, catalogue.Fired{Obligation: o})
		}
		if due := b.waited(fired); !slices.Equal(due, x.due) {
			t.Errorf("%s: %v, want %v", name, due, x.due)
		}
	}
}
