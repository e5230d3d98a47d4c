package recount

import (
	"fmt"
	"maps"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/workflows/journey"
)

// Holders is who holds what is open, counted from facts alone: leads, deals,
// customers, tasks, and both sides of transfers.
type Holders struct {
	Of    map[string]string // by kind/id, such as lead/01J… or transfer/01J…/from
	Moves map[string]int    // how often each got another holder
	// Tasks are the open ones, by id.
	Tasks map[string]catalogue.Task
}

// ReadHolders reads the facts from the beginning.
func ReadHolders(events []facts.Event) (*Holders, error) {
	h := &Holders{Of: map[string]string{}, Moves: map[string]int{}, Tasks: map[string]catalogue.Task{}}
	for _, e := range events {
		f, err := journey.Read(journey.Event{ID: e.ID, Type: e.Type, Data: e.Data})
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", e.ID, err)
		}
		h.take(f.Data)
	}
	return h, nil
}

func (h *Holders) take(d catalogue.Data) {
	switch d := d.(type) {
	case *catalogue.LeadRecorded:
		h.hold("lead/"+d.After.ID, d.After.Owner)
	case *catalogue.LeadAssigned:
		h.hold("lead/"+d.Lead, d.After)
	case *catalogue.LeadPooled:
		h.hold("lead/"+d.Lead, "")
	case *catalogue.LeadFoldedIn:
		delete(h.Of, "lead/"+d.Lead)
	case *catalogue.LeadStatusChanged:
		if d.After == catalogue.LeadConverted || d.After == catalogue.LeadClosed || d.After == catalogue.LeadFolded {
			delete(h.Of, "lead/"+d.Lead)
		}
	case *catalogue.DealOpened:
		h.hold("deal/"+d.After.ID, d.After.Owner)
	case *catalogue.DealAssigned:
		h.hold("deal/"+d.Deal, d.After)
	case *catalogue.DealClosed:
		delete(h.Of, "deal/"+d.Deal)
	case *catalogue.DealReopened:
		h.hold("deal/"+d.Deal, d.State.Owner)
	case *catalogue.OwnerChanged:
		h.hold("customer/"+d.After.Customer, d.After.Owner)
	case *catalogue.CustomerClaimed:
		h.hold("customer/"+d.After.Customer, d.After.Owner)
	case *catalogue.CustomerPooled:
		h.hold("customer/"+d.After.Customer, "")
	case *catalogue.TransferStepped:
		h.transfer(d.After)
	case *catalogue.TaskCreated:
		h.task(d.After)
	case *catalogue.TaskChanged:
		h.task(d.After)
	case *catalogue.TaskEnded:
		delete(h.Of, "task/"+d.After.ID)
		delete(h.Tasks, d.After.ID)
	}
}

func (h *Holders) transfer(t catalogue.Transfer) {
	from, to := "transfer/"+t.ID+"/from", "transfer/"+t.ID+"/to"
	switch t.Status {
	case catalogue.TransferAccepted, catalogue.TransferRejected, catalogue.TransferCancelled:
		delete(h.Of, from)
		delete(h.Of, to)
	default:
		h.hold(from, t.From)
		h.hold(to, t.To)
	}
}

func (h *Holders) task(t catalogue.Task) {
	h.hold("task/"+t.ID, t.Assignee)
	h.Tasks[t.ID] = t
}

// hold notes who holds a thing; nobody does in the public pool.
func (h *Holders) hold(thing, who string) {
	if before, known := h.Of[thing]; known && before != who {
		h.Moves[thing]++
	}
	h.Of[thing] = who
}

// By gives what a person holds.
func (h *Holders) By(person string) []string {
	held := maps.Clone(h.Of)
	maps.DeleteFunc(held, func(_, who string) bool { return who != person })
	return slices.Sorted(maps.Keys(held))
}
