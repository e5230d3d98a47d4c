package demo

import (
	"encoding/json"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// A line of the terminal names the customer once, and who did it where that was a person.
func TestALineNamesTheCustomerOnce(t *testing.T) {
	var out strings.Builder
	v := &View{Out: &out, People: directory.New(), Speed: 1, Language: "en", companies: map[string]string{}, told: map[string]bool{}}
	by := func(kind string) catalogue.Head {
		return catalogue.Head{Actor: catalogue.Actor{Kind: kind, ID: "zhao"}}
	}
	journey := by(catalogue.ActorJourney)
	for i, c := range []struct {
		subject string
		data    catalogue.Data
		want    string
	}{
		{"lead/l1", &catalogue.LeadRecorded{Head: by(catalogue.ActorPerson), After: catalogue.Lead{ID: "l1", Company: "华东精密", Need: "订单"}}, "＋ zhao: recorded the lead 华东精密 (订单)"},
		{"reminder/r1", &catalogue.ReminderIssued{Head: journey, After: catalogue.Reminder{Level: catalogue.LevelRemind, Subject: catalogue.Subject{Kind: "lead", ID: "l1"}, Text: lang.T("华东精密：该跟进了", "华东精密: the planned follow-up is due")}},
			"⏰ 华东精密: the planned follow-up is due"},
		{"lead/l1", &catalogue.LeadPooled{Head: journey, Lead: "l1", Reason: "recycle"}, "♻ 华东精密 | lead went to the public pool: recycled"},
	} {
		raw, err := json.Marshal(c.data)
		if err != nil {
			t.Fatal(err)
		}
		out.Reset()
		if err := v.show(facts.Event{ID: string(rune('a' + i)), Type: typeOf(c.data), Subject: c.subject, Data: raw}); err != nil {
			t.Fatal(err)
		}
		if said := strings.TrimSpace(out.String()); !strings.HasPrefix(said, "0.0  "+c.want) {
			t.Errorf("%q, not %q", said, c.want)
		}
	}
}
