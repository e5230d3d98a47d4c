package plan

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// winOf is the occasion of the processes that a won deal begins, as the journey names it.
func winOf(deal string) string { return "win:" + deal }

// Of gives the processes under way that a won deal began.
func Of(m catalogue.Maintenance, deal string) []catalogue.ProcessInstance {
	var out []catalogue.ProcessInstance
	for _, p := range m.Running {
		if p.Occasion == winOf(deal) {
			out = append(out, p)
		}
	}
	return out
}

// Carry lets processes of another file go on here, each once, with the steps and due
// times that they have.
func Carry(m *catalogue.Maintenance, processes []catalogue.ProcessInstance) {
	for _, p := range processes {
		if slices.ContainsFunc(m.Running, func(o catalogue.ProcessInstance) bool { return o.ID == p.ID }) {
			continue
		}
		m.Begun++
		p.No, p.Steps = m.Begun, slices.Clone(p.Steps)
		for i := range p.Steps {
			if p.Steps[i].Status == catalogue.TakenOpen {
				p.Steps[i].Task = "" // the other file's journey takes its task back, this one's gives another
			}
		}
		m.Running = append(m.Running, p)
	}
}

// Lose takes a win back that turned out to be another customer's, with the processes
// that it began; newest is when the newest order was placed.
func Lose(m *catalogue.Maintenance, deal string, newest instant.Time) {
	at := m.Bought.LastAt // of a win so old that it is not listed any more
	if i := slices.IndexFunc(m.Won, func(w catalogue.WonDeal) bool { return w.Deal == deal }); i >= 0 {
		at = m.Won[i].At
	}
	m.Won = slices.DeleteFunc(slices.Clone(m.Won), func(w catalogue.WonDeal) bool { return w.Deal == deal })
	m.Running = slices.DeleteFunc(slices.Clone(m.Running), func(p catalogue.ProcessInstance) bool { return p.Occasion == winOf(deal) })
	m.Wins = max(m.Wins-1, len(m.Won))
	Gone(m, at, newest)
}

// Came counts an order that came back with a file.
func Came(m *catalogue.Maintenance, at instant.Time) {
	b := &m.Bought
	count(b, 1)
	if b.FirstAt.IsZero() || at < b.FirstAt {
		b.FirstAt = at
	}
	b.LastAt = max(b.LastAt, at)
}

// Gone takes back an order or a win that turned out to be another customer's; newest
// is when the newest order of those that stay was placed. If nothing newer was
// bought, the customer last bought when the newest that stays says.
func Gone(m *catalogue.Maintenance, at, newest instant.Time) {
	b := &m.Bought
	count(b, -1)
	if at < b.LastAt {
		return
	}
	b.LastAt = newest
	for _, w := range m.Won {
		b.LastAt = max(b.LastAt, w.At)
	}
	if b.Orders == 0 {
		b.FirstAt = 0
	}
}

func count(b *catalogue.Repurchases, n int) {
	b.Orders = max(b.Orders+n, 0)
	b.Again = max(b.Orders-1, 0)
}

// TransferEnded notes that a transfer ended without having moved the external window
// of a customer whose hand-over all three parties have confirmed; each once.
func TransferEnded(n Now, m *catalogue.Maintenance, t catalogue.Transfer) bool {
	h := m.HandOver
	over := t.Status == catalogue.TransferRejected || t.Status == catalogue.TransferCancelled || t.Status == catalogue.TransferAccepted && h != nil && t.To != h.To
	if h == nil || !over || h.ConfirmedAt.IsZero() || !h.MovedAt.IsZero() || m.Owner == h.To || t.EndedAt != 0 && t.EndedAt < h.ConfirmedAt {
		return false
	}
	if h.Refused != nil && h.Refused.Transfer == t.ID {
		return false
	}
	next := *h
	next.RefusedAt, next.Refusals = max(n.At, h.ConfirmedAt+1), h.Refusals+1
	next.Refused = &catalogue.Refusal{Transfer: t.ID, Status: t.Status, Approver: t.Approver, Remark: t.Remark}
	m.HandOver = &next
	return true
}
