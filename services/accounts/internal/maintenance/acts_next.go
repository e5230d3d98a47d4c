package maintenance

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// ActsNext is one step that waits for somebody.
type ActsNext struct {
	Person  string       `json:"person"`
	Process string       `json:"process"`
	Step    string       `json:"step"`
	Does    lang.Text    `json:"does"`
	Due     instant.Time `json:"due"`
}

func actsNext(m catalogue.Maintenance) []ActsNext {
	var out []ActsNext
	for _, p := range m.Running {
		for _, st := range p.Steps {
			if st.Status == catalogue.TakenOpen {
				out = append(out, ActsNext{Person: st.Assignee, Process: p.ID, Step: st.ID, Does: st.Name, Due: st.Due})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ActsNext) int { return cmp.Compare(a.Due, b.Due) })
	return out
}
