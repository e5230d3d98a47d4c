package list

import (
	"fmt"
	"regexp"
	"slices"

	"liuke.dev/shared/store"
)

var (
	name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`)
	path = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
)

// Reserved are the names that no collection may have.
var Reserved = map[string]bool{"facts": true}

// Check refuses a collection that an engine could not keep: names and paths
// become part of its statements.
func Check(s store.Spec) error {
	if !name.MatchString(s.Name) || Reserved[s.Name] || len(s.Name) > 6 && s.Name[:7] == "sqlite_" {
		return fmt.Errorf("store: %q is not a collection name", s.Name)
	}
	seen := map[string]bool{}
	for _, i := range s.Indexes {
		if !name.MatchString(i.Name) || seen[i.Name] {
			return fmt.Errorf("store: %s: %q is not an index name or stands twice", s.Name, i.Name)
		}
		seen[i.Name] = true
		if i.Sparse && len(i.Equal) == 0 {
			return fmt.Errorf("store: %s.%s is sparse without an equality path", s.Name, i.Name)
		}
		for _, p := range Paths(i) {
			if !path.MatchString(p) {
				return fmt.Errorf("store: %s.%s: %q is not a path", s.Name, i.Name, p)
			}
		}
	}
	return nil
}

// Paths gives the paths of an index in their order.
func Paths(i store.Index) []string {
	paths := append([]string{}, i.Equal...)
	if i.Order != "" {
		paths = append(paths, i.Order)
	}
	return paths
}

// AllPaths gives every path of the collection's indexes once, in their order.
func AllPaths(s store.Spec) []string {
	var all []string
	for _, i := range s.Indexes {
		for _, p := range Paths(i) {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}
