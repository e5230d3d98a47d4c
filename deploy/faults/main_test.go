package main

import (
	"testing"

	"liuke.dev/deploy/faults/trial"
)

// A run that was broken off goes on with the row that is named, in whatever group
// it is, and with all after it.
func TestRowsAreChosen(t *testing.T) {
	all := trial.Sets()["real"]
	count := func(only, from string, short bool) (groups, rows int) {
		for _, g := range all.Choose(choose(only, from, short)) {
			groups, rows = groups+1, rows+len(g.Faults)
		}
		return groups, rows
	}
	rows := 0
	for _, g := range all {
		rows += len(g.Faults)
	}
	last := all[len(all)-1].Faults
	for name, one := range map[string]struct {
		only, from   string
		short        bool
		groups, rows int
	}{
		"all":            {"", "", false, len(all), rows},
		"the last group": {"", "one Kafka node, instants: ", false, 1, len(last)},
		"its last row":   {"", "one Kafka node, instants: " + last[len(last)-1].Name(), false, 1, 1},
		"one row":        {"coordinates liuke.journeys · kill -9 · under load", "", true, 1, 1},
		"none":           {"nothing of this name", "", false, 0, 0},
	} {
		if groups, rows := count(one.only, one.from, one.short); groups != one.groups || rows != one.rows {
			t.Errorf("%s: %d rows in %d groups, want %d in %d", name, rows, groups, one.rows, one.groups)
		}
	}
}
