// Package pursuit owns what leads and deals have in common while somebody
// pursues a customer: who holds it, the follow-ups, the next touch, replies,
// tasks, marks, and the rules that rest on them alone.
//
// Everything in Care is a register that facts write by their place in history,
// so that facts which come twice, late or in another order leave the same Care.
package pursuit

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
)

// Care is what the common rules remember of a lead or deal.
type Care struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	// Begun is from when its clocks run: arrival, or the import of an old record.
	Begun  journey.Moment `json:"begun"`
	Closed bool           `json:"closed,omitempty"` // the kind's state says so; kept here for the common rules
	// Parked tells that it waits in long-term nurture: idle and recycle clocks rest.
	Parked bool `json:"parked,omitempty"`
	// Newest is the latest fact of the aggregate.
	Newest journey.Moment `json:"newest"`

	Company  journey.Latest[string] `json:"company"`
	Customer journey.Latest[string] `json:"customer"`
	Owner    journey.Latest[string] `json:"owner"`
	Held     journey.Moment         `json:"held,omitzero"`  // since when the present owner holds it
	Taken    journey.Moment         `json:"taken,omitzero"` // when it was last taken from the pool

	Touch     journey.Moment   `json:"touch,omitzero"`     // newest follow-up that counts, by when it happened
	Counted   journey.Ref      `json:"counted,omitzero"`   // latest recorded one that counts
	Uncounted journey.Moment   `json:"uncounted,omitzero"` // latest recorded one that does not
	Outbound  journey.Moment   `json:"outbound,omitzero"`  // newest that counts and went out
	Inbound   journey.Moment   `json:"inbound,omitzero"`   // newest from the customer
	FirstOut  journey.Ref      `json:"first_out,omitzero"` // the first that went out
	Waiting   []journey.Moment `json:"waiting,omitempty"`  // outbound contacts without an answer yet (C-06)
	// Unanswered is the version of the latest contact that counts as unanswered.
	Unanswered int64 `json:"unanswered,omitempty"`
	// Chased is the version of the unanswered contact that reminded the owner last.
	Chased int64                `json:"chased,omitempty"`
	Next   journey.Latest[Plan] `json:"next"`
	Tasks  []Task               `json:"tasks,omitempty"`
	Heard  []Told               `json:"heard,omitempty"` // what tasks' own facts said last
	Talk   Talk                 `json:"talk"`
	Marks  map[string]int64     `json:"marks,omitempty"` // marks that are set, with the episode that set them
	Risks  []Risk               `json:"risks,omitempty"` // why it is at risk
}

// Plan is the next touch that a follow-up named.
type Plan struct {
	At   instant.Time `json:"at,omitempty"`
	Task string       `json:"task,omitempty"`
}

// Subject is what effects and tasks are about.
func (c *Care) Subject() catalogue.Subject { return catalogue.Subject{Kind: c.Kind, ID: c.ID} }

// Open tells whether somebody should be pursuing it now.
func (c *Care) Open() bool { return c.Begun.Set() && !c.Closed && c.Owner.Value != "" }

// Quiet is when the customer last heard of us: what idle clocks count from.
func (c *Care) Quiet() journey.Moment { return c.Touch.Or(c.Begun).Or(c.Taken) }

// Since is from when the present owner can be blamed: what recycling counts from.
func (c *Care) Since() journey.Moment { return c.Quiet().Or(c.Held) }

// See remembers the newest fact of the aggregate.
func (c *Care) See(f journey.Fact) bool {
	return c.Newest.Later(journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time})
}

// Begin starts the clocks.
func (c *Care) Begin(f journey.Fact, from instant.Time) {
	if !c.Begun.Set() {
		c.Begun = journey.Moment{Ref: f.Ref, At: from, Known: f.Time}
	}
}

// Know takes who the customer is.
func (c *Care) Know(f journey.Fact, company, customer string) {
	c.See(f)
	c.Company.Tell(f.Ref, company)
	c.Customer.Tell(f.Ref, customer)
}

// byRule tells whether a rule changed the owner. A customer that is passed on
// because nobody acts must still reach the pool: that gives no new time.
func byRule(reason string) bool { return reason == "escalation" || reason == "rotation" }

// Hold takes who is responsible, and why; before is who was, empty for the pool.
// An undo says from when the owner's clocks count: they go on where they stood.
func (c *Care) Hold(f journey.Fact, before, owner, reason string, from instant.Time) {
	c.See(f)
	c.Owner.Tell(f.Ref, owner)
	now := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	if owner != "" && owner != before && !byRule(reason) && from == 0 {
		c.Held.Later(now)
	}
	if from != 0 {
		now.At = from
		c.Held.Later(now)
	}
	if reason == "claim" {
		c.Taken.Later(now)
	}
}

// Plan takes the next touch that an imported record came with; one in the past
// is history, not a promise.
func (c *Care) Plan(f journey.Fact, at instant.Time) {
	if at > c.Begun.At {
		c.Next.Tell(f.Ref, Plan{At: at})
	}
}

// Reopened takes that it was taken up again: its clocks start anew.
func (c *Care) Reopened(f journey.Fact, owner string) {
	c.See(f)
	now := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	c.Taken.Later(now)
	if owner != "" {
		c.Owner.Tell(f.Ref, owner)
		c.Held.Later(now)
	}
}
