// Package plan holds the rules of how a customer is looked after since its first
// win: how maintenance begins and takes up further wins, how
// processes run step by step, the three-party hand-over (R-049, C-12) and
// the post-sale links. It is pure: it changes a catalogue.Maintenance and
// says what changed; no store, no clock.
package plan

import (
	"cmp"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Bounds of what one document keeps; what is older is in the archive and in facts.
const (
	mostWon       = 50
	mostReferrals = 50
	mostLinks     = 50
	MostRunning   = 30
)

// People says who takes what.
type People interface {
	// Of gives who a relation or role:… means for a customer; always somebody active where there is anybody.
	Of(who string, m catalogue.Maintenance, at instant.Time) string
	// Have tells whether anybody active has a role.
	Have(role string) bool
	// View gives the book in the working time of a person.
	View(v *policy.View, person string) *policy.View
	// Name of a person, the id where it is not known.
	Name(id string) string
}

// Now is what a command decides by.
type Now struct {
	At     instant.Time
	Policy *policy.View
	People People
}

// Begin makes the maintenance of a customer.
func Begin(n Now, c catalogue.Customer, owner, by string) catalogue.Maintenance {
	s := n.Policy.Sections.Maintenance
	m := catalogue.Maintenance{Customer: c.ID, Status: catalogue.MaintenanceRunning, BeganAt: n.At, BeganBy: by, Owner: owner,
		Cadence: catalogue.Cadence(s.Cadence), Link: catalogue.LinkSigning, LinkSince: n.At}
	agree(&m, s, s.Agreed)
	m.Success = n.People.Of("success", m, n.At)
	m.Implementation = n.People.Of("implementation", m, n.At)
	File(&m, c)
	return m
}

// File takes over what the customer's file says that processes differ by, and
// tells whether that changed anything.
func File(m *catalogue.Maintenance, c catalogue.Customer) bool {
	before := *m
	m.Name, m.Kind, m.Tier, m.Type, m.Sector, m.TimeZone = c.Name, c.Kind, c.Tier, c.Type, c.Sector, c.TimeZone
	m.CareDates = careDates(*m, c)
	return before.Name != m.Name || before.Kind != m.Kind || before.Tier != m.Tier || before.Type != m.Type || before.Sector != m.Sector ||
		before.TimeZone != m.TimeZone || !slices.Equal(before.CareDates, m.CareDates)
}

// FirstWin is the day on which a customer became one.
const FirstWin = "first_win"

// careDates collects the days of a customer and of its contacts.
func careDates(m catalogue.Maintenance, c catalogue.Customer) []catalogue.MaintainedDate {
	var out []catalogue.MaintainedDate
	names := map[string]string{}
	for _, p := range c.Contacts {
		names[p.ID] = p.Name
		if p.Birthday != nil && p.LeftAt.IsZero() {
			out = append(out, catalogue.MaintainedDate{ID: "contact." + cmp.Or(p.ID, p.Name), Kind: catalogue.CareBirthday, Name: p.Name, Date: *p.Birthday})
		}
	}
	for _, d := range c.CareDates {
		out = append(out, catalogue.MaintainedDate{ID: d.ID, Kind: d.Kind, Name: cmp.Or(d.Name, names[d.Contact]), Date: d.Date})
	}
	if m.Wins > 0 && len(m.Won) > 0 {
		at := cmp.Or(m.Bought.FirstAt, m.Won[0].At).Std().In(zone(m.TimeZone))
		out = append(out, catalogue.MaintainedDate{ID: FirstWin, Kind: catalogue.CareAnniversary, Name: "合作纪念日 / anniversary of our cooperation",
			Date: catalogue.Yearly{Calendar: catalogue.Solar, Month: int(at.Month()), Day: at.Day(), Year: at.Year()}})
	}
	return out
}

// home is where a customer lives that says nothing else.
const home = "Asia/Shanghai"

func zone(name string) *time.Location {
	for _, z := range []string{name, home} {
		if l, err := time.LoadLocation(z); z != "" && err == nil {
			return l
		}
	}
	return time.UTC
}

func agree(m *catalogue.Maintenance, s policy.Maintenance, nodes []string) {
	m.Nodes = nil
	for _, id := range nodes {
		m.Nodes = append(m.Nodes, catalogue.ServiceNode{ID: id, Name: s.Node(id)})
	}
}

// Win takes up a won deal: what it agreed with the customer holds from now on
// . The first one begins the hand-over from sales where there is a
// customer-success department; a later one is a repurchase.
func Win(n Now, m *catalogue.Maintenance, d catalogue.Deal) {
	s := n.Policy.Sections.Maintenance
	m.Wins++
	w := catalogue.WonDeal{Deal: d.ID, No: m.Wins, At: cmp.Or(d.ClosedAt, n.At), Owner: d.Owner, Product: d.Product, Amount: d.Amount,
		Contact: cmp.Or(d.FollowOnContact, d.DecisionMaker, d.KeyPerson), Nodes: d.ServiceNodes, Cadence: d.RevisitCadence, Imported: d.Imported}
	m.Won = append(m.Won, w)
	m.Won = m.Won[max(0, len(m.Won)-mostWon):]
	m.Contact = cmp.Or(w.Contact, m.Contact)
	if len(w.Nodes) > 0 {
		agree(m, s, w.Nodes)
	}
	if w.Cadence != nil {
		m.Cadence = *w.Cadence
	}
	m.Owner = cmp.Or(m.Owner, d.Owner)
	Bought(n, m, w.At)
	if m.HandOver == nil && s.HandOver == "on" && n.People.Have("customer_success") && m.Success != "" && m.Owner != "" && m.Success != m.Owner {
		m.HandOver = &catalogue.HandOver{AskedAt: n.At, From: m.Owner, To: m.Success}
	}
}

// Bought counts an order or a win; every one after the first is a repurchase.
func Bought(n Now, m *catalogue.Maintenance, at instant.Time) {
	b := &m.Bought
	if b.Orders++; b.Orders > 1 {
		b.Again++
		if m.Link == catalogue.LinkAfterSales {
			MoveLink(n, m, catalogue.LinkRepurchase, "", "bought again")
		}
	}
	if b.FirstAt.IsZero() || at < b.FirstAt {
		b.FirstAt = at
	}
	b.LastAt = max(b.LastAt, at)
}

// MoveLink goes to another link of the post-sale life cycle.
func MoveLink(n Now, m *catalogue.Maintenance, to, by, reason string) {
	if m.Link == to {
		return
	}
	m.Links = append(m.Links, catalogue.LinkVisit{Link: m.Link, Since: m.LinkSince, Until: n.At, By: by, Reason: reason})
	m.Links = m.Links[max(0, len(m.Links)-mostLinks):]
	m.Link, m.LinkSince = to, n.At
}

// Refer notes somebody whom the customer brought.
func Refer(m *catalogue.Maintenance, r catalogue.Referral) {
	m.Refers++
	m.Referred = append(m.Referred, r)
	m.Referred = m.Referred[max(0, len(m.Referred)-mostReferrals):]
}

// Own notes who is responsible for the customer; open steps of the owner go with
// it, and a hand-over that all confirmed has taken effect once the owner is the new window.
func Own(n Now, m *catalogue.Maintenance, owner string) bool {
	if m.Owner == owner {
		return false
	}
	m.Owner = owner
	for i := range m.Running {
		for j := range m.Running[i].Steps {
			st := &m.Running[i].Steps[j]
			if st.Status == catalogue.TakenOpen && st.Action == policy.DoTask && (st.Who == "owner" || st.Who == "owner_supervisor") {
				st.Assignee = n.People.Of(st.Who, *m, n.At)
			}
		}
	}
	if h := m.HandOver; h != nil && !h.ConfirmedAt.IsZero() && h.MovedAt.IsZero() && owner == h.To {
		h.MovedAt = n.At
	}
	return true
}

// Stand takes over where the customer stands, and tells whether anything changed
// that a journey goes by.
func Stand(m *catalogue.Maintenance, s catalogue.Standing) bool {
	next := catalogue.MaintainedStanding{Assessed: true, Lifecycle: s.Lifecycle, Since: cmp.Or(s.LifecycleSince, s.AsOf), Entries: m.Standing.Entries,
		Health: s.Health, Red: s.Red, RedSince: m.Standing.RedSince, Groups: s.Groups, NextCheckAt: s.NextCheckAt, AsOf: s.AsOf}
	if s.AsOf < m.Standing.AsOf {
		return false
	}
	if s.Lifecycle != m.Standing.Lifecycle {
		next.Entries++
	}
	switch {
	case !s.Red:
		next.RedSince = 0
	case !m.Standing.Red:
		next.RedSince = s.AsOf
	}
	for _, sig := range s.Signals {
		next.Signals = append(next.Signals, catalogue.MaintainedSignal{ID: sig.Rule, Since: since(m.Standing, sig.Rule, s.AsOf), Evidence: few(sig.Evidence)})
	}
	old := m.Standing
	m.Standing = next
	return old.Lifecycle != next.Lifecycle || old.Health != next.Health || old.Red != next.Red || old.NextCheckAt != next.NextCheckAt ||
		!slices.Equal(old.Groups, next.Groups) || !slices.EqualFunc(old.Signals, next.Signals, func(a, b catalogue.MaintainedSignal) bool { return a.ID == b.ID })
}

func since(s catalogue.MaintainedStanding, rule string, now instant.Time) instant.Time {
	for _, sig := range s.Signals {
		if sig.ID == rule {
			return sig.Since
		}
	}
	return now
}

// mostEvidence bounds what a process carries of a signal's evidence; the whole is in the standing.
const mostEvidence = 5

func few(list []string) []string { return slices.Clone(list[:min(len(list), mostEvidence)]) }
