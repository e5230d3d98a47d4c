package customer

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// maxNeedHistory bounds how many past needs a file keeps; facts keep all.
const maxNeedHistory = 200

// ChangeNeeds records which needs came and which went, when, who said so, and by
// which change of need. What held already and what did not hold
// stays as it was.
func (f *File) ChangeNeeds(add, remove []string, by, cause string, at instant.Time) {
	history := slices.Clone(f.NeedHistory)
	for i := range history {
		if n := &history[i]; n.Until == 0 && slices.Contains(remove, n.Tag) {
			n.Until, n.EndedBy = at, cause
		}
	}
	tags := slices.DeleteFunc(slices.Clone(f.NeedTags), func(t string) bool { return slices.Contains(remove, t) })
	for _, t := range add {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
			history = append(history, catalogue.NeedTag{Tag: t, Since: at, By: by, Cause: cause})
		}
	}
	f.setNeeds(tags, history)
}

func (f *File) setNeeds(tags []string, history []catalogue.NeedTag) {
	slices.Sort(tags)
	for len(history) > maxNeedHistory {
		i := slices.IndexFunc(history, func(n catalogue.NeedTag) bool { return n.Until != 0 })
		if i < 0 {
			break
		}
		history = slices.Delete(history, i, i+1)
	}
	f.NeedTags, f.NeedHistory = orNil(tags), history
}

// needs gives what of the wanted tags is new and what of the present ones goes.
func (f *File) needs(wanted []string) (add, remove []string) {
	for _, t := range wanted {
		if !slices.Contains(f.NeedTags, t) {
			add = append(add, t)
		}
	}
	for _, t := range f.NeedTags {
		if !slices.Contains(wanted, t) {
			remove = append(remove, t)
		}
	}
	return add, remove
}

// maxApplied is how many changes of need a file remembers having taken over.
const maxApplied = 100

// Apply takes over an approved change of need, once.
func (f *File) Apply(c catalogue.NeedChange, at instant.Time) bool {
	if slices.Contains(f.Applied, c.ID) {
		return false
	}
	f.Applied = append(slices.Clone(f.Applied), c.ID)
	f.Applied = f.Applied[max(0, len(f.Applied)-maxApplied):]
	f.ChangeNeeds(c.Add, c.Remove, c.RequestedBy, c.ID, at)
	return true
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
