package plan

import (
	"cmp"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// words fill in the names that the texts of a process speak of.
type words struct{ zh, en *strings.Replacer }

func wordsOf(n Now, m catalogue.Maintenance, i catalogue.ProcessInstance) words {
	day, contact := lang.Text{}, m.Contact
	if id, ok := strings.CutPrefix(i.Occasion, "care:"); ok {
		day = lang.T(id, id)
		for _, d := range m.CareDates {
			if d.ID != id {
				continue
			}
			day = lang.T(d.Name, d.Name)
			if d.Kind == catalogue.CareBirthday {
				day, contact = lang.T(d.Name+"的生日", "the birthday of "+d.Name), d.Name
			}
		}
		for _, h := range n.Policy.Sections.Processes.Holidays {
			if Holiday(h.ID) == id {
				day = h.Name
			}
		}
	}
	of := func(day string) *strings.Replacer {
		return strings.NewReplacer("{customer}", m.Name, "{contact}", cmp.Or(contact, m.Name), "{owner}", n.People.Name(m.Owner),
			"{success}", n.People.Name(m.Success), "{date}", day)
	}
	return words{of(day.Zh), of(day.En)}
}

// Holiday names a holiday of the book among care dates.
func Holiday(id string) string { return "holiday." + id }

func (w words) in(t lang.Text) lang.Text { return lang.T(w.zh.Replace(t.Zh), w.en.Replace(t.En)) }

func (w words) content(t lang.Text) *lang.Text {
	if t.IsZero() {
		return nil
	}
	t = w.in(t)
	return &t
}
