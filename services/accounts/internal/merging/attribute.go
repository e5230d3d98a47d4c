package merging

import (
	"strings"

	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Where what was recorded since a merge goes when it is undone.
const (
	ToFrom = "from" // to the customer that comes back
	ToInto = "into" // it stays
)

// Since is something that was recorded since a merge.
type Since struct {
	Kind    string       `json:"kind" doc:"timeline, or the kind of thing: lead, deal, case, contract …"`
	ID      string       `json:"id"`
	At      instant.Time `json:"at"`
	Says    lang.Text    `json:"says"`
	Contact string       `json:"contact,omitempty"`
	Goes    string       `json:"goes,omitempty" enum:"from,into" doc:"Whose it is: from comes back, into goes on; empty: nobody can tell, so it is asked"`
	Because string       `json:"because" enum:"origin,contact,own,unknown" doc:"origin: it belongs to something that was the customer's before the merge; contact: only one of the two has this contact; own: Liuke did it for the customer that goes on"`
}

func (s Since) thing() catalogue.Thing { return catalogue.Thing{Kind: s.Kind, ID: s.ID} }

// Attribute tells whose the things are that were recorded since a merge, each by
// what it belongs to or by whom it was with; oldest first.
func Attribute(m catalogue.Merge, winner, loser catalogue.Customer, entries []timeline.Entry) []Since {
	owners := map[catalogue.Subject]string{}
	for _, e := range entries {
		if e.Ref == nil {
			continue
		}
		switch {
		case cameFrom(e, m.From):
			owners[*e.Ref] = ToFrom
		case before(e, m.At) && owners[*e.Ref] == "":
			owners[*e.Ref] = ToInto
		}
	}
	of := people{winner: known(winner), loser: known(loser)}
	var out []Since
	listed := map[catalogue.Thing]int{}
	for _, e := range entries {
		if cameFrom(e, m.From) || before(e, m.At) {
			continue
		}
		s := Since{Kind: timeline.Kind, ID: e.ID, At: e.OccurredAt, Says: e.Says, Contact: e.Contact}
		if e.Ref != nil && e.Ref.Kind != catalogue.KindCustomer {
			s.Kind, s.ID = e.Ref.Kind, e.Ref.ID
		}
		s.Goes, s.Because = of.whose(e), "contact"
		if e.Ref != nil && owners[*e.Ref] != "" {
			s.Goes, s.Because = owners[*e.Ref], "origin"
		}
		switch {
		case s.Goes == "" && ours(e):
			s.Goes, s.Because = ToInto, "own"
		case s.Goes == "":
			s.Because = "unknown"
		}
		if i, ok := listed[s.thing()]; ok { // one thing is asked about once; a telling entry speaks for the others
			if out[i].Goes == "" {
				out[i].Goes, out[i].Because = s.Goes, s.Because
			}
			continue
		}
		listed[s.thing()] = len(out)
		out = append(out, s)
	}
	return out
}

// ours tells whether Liuke itself did it because of how the customer stood that goes
// on: assessments, owners, processes, contacts by itself. Nobody need be asked.
func ours(e timeline.Entry) bool {
	if e.Source != timeline.Own {
		return false
	}
	return e.Ref == nil || e.Ref.Kind == catalogue.KindCustomer || byItself[e.Kind]
}

// byItself are kinds of entries that follow from how a customer stands.
var byItself = map[string]bool{catalogue.EntryStanding: true, catalogue.EntryOwnership: true, catalogue.EntryOutreach: true, catalogue.EntryIntervention: true,
	catalogue.EntryReview: true, catalogue.EntryCare: true}

func cameFrom(e timeline.Entry, from string) bool {
	n := len(e.Origins)
	return n > 0 && e.Origins[n-1] == from
}

func before(e timeline.Entry, at instant.Time) bool { return e.RecordedAt < at }

// people are what each of two customers is known by.
type people struct{ winner, loser map[string]bool }

func known(c catalogue.Customer) map[string]bool {
	out := map[string]bool{}
	add := func(all ...string) {
		for _, v := range all {
			if v != "" {
				out[strings.ToLower(v)] = true
			}
		}
	}
	add(c.Phones...)
	add(c.Emails...)
	for _, k := range c.Contacts {
		add(k.ID, k.Name, k.Phone, k.Email)
		add(k.Phones...)
		add(k.Mails...)
	}
	return out
}

// whose tells by the contact alone.
func (p people) whose(e timeline.Entry) string {
	theirs, mine := false, false
	for _, v := range []string{e.Contact, e.Data["phone"], e.Data["mail"], e.Data["email"]} {
		v = strings.ToLower(v)
		theirs, mine = theirs || v != "" && p.loser[v], mine || v != "" && p.winner[v]
	}
	switch {
	case theirs && !mine:
		return ToFrom
	case mine && !theirs:
		return ToInto
	}
	return ""
}
