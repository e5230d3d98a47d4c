package plan

import "liuke.dev/shared/catalogue"

// HandOverProcess is the process of the book by which sales, implementation and
// success confirm a hand-over: its steps have the parties' names.
const HandOverProcess = "hand_over"

// party gives where a step's confirmation is noted, nil for a step of no party.
func party(m *catalogue.Maintenance, step string) **catalogue.Confirmed {
	h := m.HandOver
	if h == nil {
		return nil
	}
	switch step {
	case "sales":
		return &h.Sales
	case "implementation":
		return &h.Implementation
	case "success":
		return &h.Success
	}
	return nil
}

// confirm notes which parties have confirmed. Once all three have, the external
// window may move: the customer is with after-sales (C-12).
func confirm(n Now, m *catalogue.Maintenance, p catalogue.ProcessInstance) {
	if m.HandOver == nil || !m.HandOver.ConfirmedAt.IsZero() {
		return
	}
	h := *m.HandOver
	m.HandOver = &h
	for _, st := range p.Steps {
		if at := party(m, st.ID); at != nil && *at == nil && st.Status == catalogue.TakenDone {
			*at = &catalogue.Confirmed{By: st.By, At: st.EndedAt, Note: st.Outcome}
		}
	}
	if h.Sales == nil || h.Implementation == nil || h.Success == nil {
		return
	}
	h.ConfirmedAt = n.At
	if m.Owner == h.To {
		h.MovedAt = n.At
	}
	if m.Link == catalogue.LinkSigning || m.Link == catalogue.LinkImplementation {
		MoveLink(n, m, catalogue.LinkAfterSales, "", "handed over")
	}
}

// Parties of a hand-over.
var Parties = []string{"sales", "implementation", "success"}
