// Package ticket holds the rules of a case (工单): its states, its clocks that
// stand still while the customer is waited for, its conversation, and what became
// of a suggestion. It is pure: no store, no clock of its own.
package ticket

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Ticket is the document of a case.
type Ticket struct {
	catalogue.Case
	// Origins are the customers it belonged to before merges moved it, oldest first.
	Origins []string              `json:"origins,omitempty"`
	Talk    []catalogue.CaseEntry `json:"talk"`
	Open    bool                  `json:"open"`
}

// Bounds of a case.
const (
	MaxTitle   = 200 // characters
	MaxFeature = 100
	MaxText    = 4000 // characters
	MaxTalk    = 60   // entries: what is longer is several cases, and a document holds 1 MiB
)

// Intake is what a case begins with; Check has seen it.
type Intake struct {
	ID, Customer, Name, Tier string
	Kind, Title, Text        string
	Feature                  string // of a product, that it asks for or finds faulty
	Channel, Priority, Owner string
	Contact                  string
	Caller                   catalogue.Caller
	Ref                      *catalogue.Subject
	ReportedAt               instant.Time
	By                       string // person, or link or survey
}

// Check fills in what an intake leaves out and names all that is wrong with it.
func (in Intake) Check(v *policy.View, now instant.Time) (Intake, error) {
	c := v.Sections.Cases
	in.Title, in.Text = strings.TrimSpace(in.Title), strings.TrimSpace(in.Text)
	in.Feature = strings.TrimSpace(in.Feature)
	if in.Channel == "" {
		in.Channel = "other"
	}
	if in.ReportedAt.IsZero() {
		in.ReportedAt = now
	}
	if in.Title == "" {
		in.Title = firstWords(in.Text)
	}
	var f []problem.Field
	f = append(f, Words("text", in.Text, MaxText)...)
	if utf8.RuneCountInString(in.Title) > MaxTitle {
		f = append(f, problem.FieldError("title", "max_length", "最多 200 个字", "has more than 200 characters"))
	}
	if in.Feature != "" {
		f = append(f, Words("feature", in.Feature, MaxFeature)...)
	}
	kind := c.Kind(in.Kind)
	if kind == nil {
		f = append(f, problem.FieldError("kind", "one_of", "没有这个工单类型", "no kind of cases has this id"))
	} else if in.Priority == "" {
		in.Priority = kind.Priority
	}
	if !policy.Has(c.Channels, in.Channel) {
		f = append(f, problem.FieldError("channel", "one_of", "没有这个渠道", "no channel has this id"))
	}
	if in.ReportedAt > now {
		f = append(f, problem.FieldError("reported_at", "in_past", "不能晚于现在", "lies in the future"))
	}
	return in, problem.InvalidFields(f...)
}

// Words checks a text that must be there.
func Words(field, text string, longest int) []problem.Field {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return []problem.Field{problem.Required(field)}
	case n > longest || !utf8.ValidString(text):
		return []problem.Field{problem.FieldError(field, "max_length", fmt.Sprintf("最多 %d 个字", longest), fmt.Sprintf("has more than %d characters", longest))}
	}
	return nil
}

func firstWords(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return line
}

// Open makes the ticket of a checked intake whose owner is known.
func Open(in Intake, v *policy.View, now instant.Time) (Ticket, catalogue.CaseEntry) {
	kind := v.Sections.Cases.Kind(in.Kind)
	clock := kind.Clock(in.Tier, in.Priority)
	t := Ticket{Open: true, Case: catalogue.Case{ID: in.ID, Customer: in.Customer, Name: in.Name, Kind: in.Kind, KindName: kind.Name, Title: in.Title, Feature: in.Feature, Channel: in.Channel,
		Priority: in.Priority, Owner: in.Owner, Status: catalogue.CaseNew, Caller: in.Caller, Contact: in.Contact, Ref: in.Ref, Tier: in.Tier, Calendar: kind.Calendar,
		ReportedAt: in.ReportedAt, OpenedAt: now, OpenedBy: in.By, Round: 1, RoundAt: in.ReportedAt,
		Response: catalogue.CaseClock{Within: clock.Response.String()}, Solution: catalogue.CaseClock{Within: clock.Solution.String()}}}
	t.Complaint = in.Kind == v.Sections.Cases.Complaint
	e := t.say(catalogue.CaseEntry{Side: catalogue.CaseInbound, Channel: in.Channel, Text: in.Text, At: in.ReportedAt})
	t.Wind(v)
	return t, e
}

// Ended tells whether nothing more is done about the case unless it is opened again.
func (t *Ticket) Ended() bool { return t.Status == catalogue.CaseClosed }

func (t *Ticket) say(e catalogue.CaseEntry) catalogue.CaseEntry {
	t.Entries++
	e.N = t.Entries
	t.Talk = append(t.Talk, e)
	switch e.Side {
	case catalogue.CaseInbound:
		t.LastIn = max(t.LastIn, e.At)
	case catalogue.CaseOutbound:
		t.LastOut = max(t.LastOut, e.At)
	}
	return e
}
