package outreach

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Standing is how a customer's contact budget stands.
type Standing struct {
	Customer  string              `json:"customer"`
	Free      bool                `json:"free" doc:"The customer may be contacted now"`
	FreeAt    instant.Time        `json:"free_at" doc:"From when on"`
	Rule      string              `json:"rule,omitempty" doc:"Which rule says so: outreach.per_day, outreach.per_week, outreach.quiet_hours"`
	Reason    lang.Text           `json:"reason,omitzero"`
	Today     int                 `json:"today" doc:"Contacts of the customer's day, made and planned"`
	PerDay    int                 `json:"per_day"`
	Week      int                 `json:"week" doc:"Contacts in the fullest seven days that hold this day"`
	PerWeek   int                 `json:"per_week"`
	Zone      string              `json:"zone" doc:"Time zone of the customer"`
	QuietFrom string              `json:"quiet_from,omitempty"`
	QuietTo   string              `json:"quiet_to,omitempty"`
	Heard     instant.Time        `json:"heard_at,omitempty" doc:"When the customer last contacted us"`
	Consent   []catalogue.Consent `json:"consent,omitempty"`
	Contacts  []Place             `json:"contacts" doc:"What was made, is reserved and waits, by time"`
}

// Place is one contact in the budget.
type Place struct {
	ID         string       `json:"id"`
	State      string       `json:"state" enum:"waiting,held,spent"`
	At         instant.Time `json:"at"`
	Department string       `json:"department,omitempty"`
	Channel    string       `json:"channel,omitempty"`
	Purpose    string       `json:"purpose,omitempty"`
	By         string       `json:"by,omitempty"`
	Counted    bool         `json:"counted"`
	Ends       instant.Time `json:"ends,omitempty" doc:"When a reservation ends"`
	Rule       string       `json:"rule,omitempty" doc:"What it waits for"`
}

// Budget tells how a customer's contact budget stands.
func (o *Outreach) Budget(ctx context.Context, p auth.Principal, customer string) (Standing, error) {
	f, _, err := o.Files.Permitted(ctx, p, access.BudgetRead, customer)
	if err != nil {
		return Standing{}, err
	}
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return Standing{}, err
	}
	b := budget.Budget{Customer: f.ID}
	d, err := o.budgets.Get(ctx, f.ID)
	if err == nil {
		b = d.Body
	} else if !errors.Is(err, store.ErrNotFound) {
		return Standing{}, err
	}
	r, s := budget.RulesOf(v, f.TimeZone), v.Sections.Outreach
	at, rule := b.Earliest(now, r)
	day, week := b.Used(now, r)
	return Standing{Customer: f.ID, Free: at == now, FreeAt: at, Rule: rule, Reason: inWords(budget.Answer{At: at, Rule: rule}, r), Today: day, PerDay: s.PerDay, Week: week, PerWeek: s.PerWeek,
		Zone: r.Zone(), QuietFrom: s.QuietFrom, QuietTo: s.QuietTo, Heard: b.Heard, Consent: f.Consent, Contacts: places(b)}, nil
}

func places(b budget.Budget) []Place {
	out := make([]Place, 0, len(b.Slots))
	for _, s := range b.Slots {
		out = append(out, place(s))
	}
	slices.SortFunc(out, func(x, y Place) int { return int(min(max(x.At-y.At, -1), 1)) })
	return out
}

func place(s budget.Slot) Place {
	return Place{ID: s.ID, State: s.State, At: s.At, Department: s.Department, Channel: s.Channel, Purpose: s.Purpose, By: s.By, Counted: !s.Free, Ends: s.Ends, Rule: s.Rule}
}

// Hold is what a person asks before they contact a customer.
type Hold struct {
	Channel    string
	Department string
	Purpose    string
	At         instant.Time // when; unset: now
}

// Reserve keeps a contact for a person who is about to make it. Errors: refused
// with the rule and from when on it is free.
func (o *Outreach) Reserve(ctx context.Context, p auth.Principal, customer, id string, h Hold) (Place, error) {
	f, _, err := o.Files.Permitted(ctx, p, access.BudgetReserve, customer)
	if err != nil {
		return Place{}, err
	}
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return Place{}, err
	}
	if h.At != 0 && h.At < now-furthestAhead {
		return Place{}, problem.InvalidFields(problem.FieldError("at", "in_past", "不能是过去的时间", "must not lie in the past"))
	}
	r := budget.RulesOf(v, f.TimeZone)
	var got budget.Answer
	b, err := o.spend(ctx, f.ID, func(b *budget.Budget) bool {
		c := catalogue.Outreach{ID: id, Channel: h.Channel, Purpose: h.Purpose, Department: h.Department, By: p.ID, NotBefore: h.At}
		got = b.Hold(slotOf(v, b, r, c, now), now, r)
		return got.Granted
	})
	if err != nil {
		return Place{}, err
	}
	if !got.Granted {
		why := inWords(got, r)
		return Place{}, problem.Refuse(got.Rule, why.Zh, why.En)
	}
	s, _ := b.Find(id)
	return place(s), nil
}

// Return gives a reservation back.
func (o *Outreach) Return(ctx context.Context, p auth.Principal, customer, id string) error {
	f, _, err := o.Files.Permitted(ctx, p, access.BudgetReserve, customer)
	if err != nil {
		return err
	}
	v, err := o.view(o.Clock())
	if err != nil {
		return err
	}
	known := false
	_, err = o.spend(ctx, f.ID, func(b *budget.Budget) bool {
		s, ok := b.Find(id)
		known = ok && s.State == budget.Held
		return known && b.Release(id, o.Clock(), budget.RulesOf(v, f.TimeZone))
	})
	if err == nil && !known {
		return problem.Missing("预留", "reservation", id)
	}
	o.Wake()
	return err
}
