package command

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/importing"
)

func showMapping(c *cobra.Command, s importing.State) {
	c.Println("columns (dates are read as " + s.Mapping.DateOrder + "):")
	for _, field := range slices.Sorted(maps.Keys(s.Mapping.Fields)) {
		c.Printf("  %-18s ← %s\n", field, s.Mapping.Fields[field])
	}
	if len(s.Mapping.Stages) > 0 {
		c.Println("stages:")
	}
	for _, value := range slices.Sorted(maps.Keys(s.Mapping.Stages)) {
		c.Printf("  %-18s → %s\n", value, s.Mapping.Stages[value])
	}
}

func showCounts(c *cobra.Command, counts map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			c.Printf("  %8d  %s\n", counts[name], name)
		}
	}
}

// showBefore tells what people and accounts would be made, and who is there already.
func showBefore(c *cobra.Command, job *importing.Job) {
	for _, list := range []struct {
		file, what string
		importing.Before
	}{{job.People, "people", job.Staff}, {job.Accounts, "accounts", job.Customers}} {
		if list.file == "" {
			continue
		}
		c.Printf("\n%s, %d rows: %d %s would be made, %d are there already\n", filepath.Base(list.file), list.Rows, len(list.New), list.what, len(list.Known))
		showNames(c, "new", list.New)
		showNames(c, "there already", list.Known)
	}
	counts := map[string]int{}
	for _, e := range job.Entries() {
		what := fmt.Sprintf("%s %s %s (%s)", e.Outcome, e.Field, e.Rule, e.File)
		if e.Became != "" && e.Became != e.Value {
			what += ": " + e.Value + " → " + e.Became
		}
		counts[what]++
	}
	showCounts(c, counts)
}

// shownNames is how many names a preview shows of each kind.
const shownNames = 100

func showNames(c *cobra.Command, what string, names []string) {
	if len(names) == 0 {
		return
	}
	rest := ""
	if len(names) > shownNames {
		rest = fmt.Sprintf(" and %d more", len(names)-shownNames)
		names = names[:shownNames]
	}
	c.Printf("  %s: %s%s\n", what, strings.Join(names, ", "), rest)
}

// rowsThat counts the rows of people, accounts and products with an outcome.
func rowsThat(job *importing.Job, outcome string) int {
	rows := map[string]bool{}
	for _, e := range job.Entries() {
		if e.Outcome == outcome {
			rows[fmt.Sprint(e.File, e.Line)] = true
		}
	}
	return len(rows)
}
