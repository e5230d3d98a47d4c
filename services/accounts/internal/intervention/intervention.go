// Package intervention owns the work for customers in danger: one case at a time
// for a team of roles, each with task, due time and outcome (R-114 to R-119, C-10,
// C-11); immediate attention to unusual behaviour; the standing warning
// group that owns the list; and personal plans that wake silent customers
//
//
// That at most one team is open for a customer is a document: endangered/<customer>
// names it, taken by compare-and-set, and an intervention's id is made of customer
// and episode. What is to be said to the customer goes through outreach.
package intervention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/orders"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// Case is the document of an intervention. It has the shape of holdings.Belonging at its top.
type Case struct {
	catalogue.Intervention
	Origins []string `json:"origins,omitempty"`
}

// Endangered says which team is open for a customer.
type Endangered struct {
	holdings.Belonging
	Open     string            `json:"open,omitempty"`
	Planned  bool              `json:"planned,omitempty"` // there were wake-up plans
	Episodes int64             `json:"episodes"`
	Asks     map[string]string `json:"asks,omitempty"` // effect's id to the intervention it led to, the newest
	Order    []string          `json:"order,omitempty"`
}

// Lists.
const byStatus = "by_status"

var (
	cases = store.Spec{Name: "intervention", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "opened_at"},
		{Name: byStatus, Equal: []string{"status"}, Order: "due"},
	}}
	endangered = store.Spec{Name: "endangered", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}}}}
	plans      = store.Spec{Name: "wake_up_plan", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "made_at"},
		{Name: unfinished, Equal: []string{"customer", "unfinished"}, Sparse: true},
	}}
	offers = store.Spec{Name: "wake_up_offer", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "issued_at"},
		{Name: byCode, Equal: []string{"code"}, Sparse: true},
	}}
	groups   = store.Spec{Name: "warning_group"}
	meetings = store.Spec{Name: "group_meeting", Indexes: []store.Index{{Name: byTime, Order: "at"}}}
)

const byTime = "by_time"

// Files is what interventions ask of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Line is what interventions read of a customer's timeline.
type Line interface {
	Newest(ctx context.Context, customer string, f timeline.Filter, limit int, after string) ([]catalogue.TimelineEntry, string, error)
	Entry(ctx context.Context, p auth.Principal, id string) (timeline.Entry, error)
}

// Orders is what interventions read of orders.
type Orders interface {
	Order(ctx context.Context, p auth.Principal, id string) (orders.Order, []orders.Payment, error)
}

// Reacher is what says things to customers.
type Reacher interface {
	Reach(ctx context.Context, id, by string, ask effects.ReachCustomer) (catalogue.Outreach, error)
	Recall(ctx context.Context, id, reason string) error
}

// Config is what interventions are made of.
type Config struct {
	Engine   store.Engine
	Files    Files
	Line     Line
	Orders   Orders
	Outreach Reacher
	Links    *links.Links // nil: invitations cannot be answered by link
	// Groups gives the risk groups that a customer is in; nil: none.
	Groups    func(ctx context.Context, customer string) ([]string, error)
	Guard     access.Guard
	Directory *directory.Directory
	Policy    *policy.Holder
	Clock     instant.Clock
	Log       *slog.Logger
}

// Interventions keeps teams, plans and the group.
type Interventions struct {
	Config
	cases      store.Collection[Case]
	endangered store.Collection[Endangered]
	plans      store.Collection[Plan]
	offers     store.Collection[Offer]
	groups     store.Collection[Group]
	meetings   store.Collection[Meeting]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Interventions, error) {
	if err := c.Engine.Declare(ctx, cases, endangered, plans, offers, groups, meetings); err != nil {
		return nil, err
	}
	return &Interventions{Config: c, cases: store.Of[Case](c.Engine, cases), endangered: store.Of[Endangered](c.Engine, endangered), plans: store.Of[Plan](c.Engine, plans),
		offers: store.Of[Offer](c.Engine, offers), groups: store.Of[Group](c.Engine, groups), meetings: store.Of[Meeting](c.Engine, meetings)}, nil
}

// ours is the principal under which the part itself reads files.
var ours = auth.Principal{ID: "liuke", Roles: []auth.Role{auth.System}}

func (s *Interventions) view(at instant.Time) (*policy.View, error) {
	v, err := s.Policy.At(at)
	if err != nil {
		return nil, problem.Away(fmt.Errorf("policy: %w", err))
	}
	return v, nil
}

// episodeID names a customer's nth intervention.
func episodeID(customer string, n int64) string { return customer + "-" + strconv.FormatInt(n, 10) }

// commit stores an intervention with a fact.
func (s *Interventions) commit(ctx context.Context, d *store.Doc[Case], command string, data catalogue.Data) error {
	f, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: s.Clock(), Customer: d.Body.Customer}, d.Version+1, data)
	if err != nil {
		return err
	}
	return s.cases.Commit(ctx, d, command, f...)
}

// change edits an intervention, again where another edit came first; a command
// that it remembers changes nothing. edit gives the fact, nil where there is
// nothing to change.
func (s *Interventions) change(ctx context.Context, id, command string, edit func(*catalogue.Intervention) (catalogue.Data, error)) (catalogue.Intervention, error) {
	var d *store.Doc[Case]
	err := again(ctx, func() (err error) {
		if d, err = s.get(ctx, id); err != nil || d.Did(command) {
			return err
		}
		data, err := edit(&d.Body.Intervention)
		if err != nil || data == nil {
			return err
		}
		return s.commit(ctx, d, command, data)
	})
	if err != nil {
		return catalogue.Intervention{}, err
	}
	return d.Body.Intervention, nil
}

func (s *Interventions) get(ctx context.Context, id string) (*store.Doc[Case], error) {
	d, err := s.cases.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("干预", "intervention", id)
	}
	return d, err
}

// mark edits what is known of a customer in danger; edit says whether anything is to be kept.
func (s *Interventions) mark(ctx context.Context, customer string, edit func(*Endangered) bool) (Endangered, error) {
	var out Endangered
	err := again(ctx, func() error {
		d, err := s.endangered.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, Endangered{Belonging: holdings.Belonging{Customer: customer}}), nil
		}
		if err != nil {
			return err
		}
		keep := edit(&d.Body)
		out = d.Body
		if !keep {
			return nil
		}
		return s.endangered.Commit(ctx, d, "")
	})
	return out, err
}

// again repeats what lost a race, with growing pauses.
func again(ctx context.Context, do func() error) error { return race.Again(ctx, 60, do) }
