package maintenance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Moved takes up that a merge of files, or its undoing, made a won deal another
// customer's. With a merge the customer that goes on has won it too; the
// other's maintenance keeps it while it stands still. With the undoing it goes where
// the deal goes, with the processes that its win began: tasks and due times go along.
func (m *Maintenance) Moved(ctx context.Context, d catalogue.Deal, before string) error {
	to, err := m.Files.Root(ctx, d.Customer)
	if err != nil {
		return err
	}
	if n := len(d.Origins); n > 0 && d.Origins[n-1] == before {
		if now, err := m.Files.Root(ctx, before); err != nil || now.ID != to.ID {
			return err // it was undone meanwhile
		}
		if err := m.Still(ctx, before, to.ID); err != nil {
			return err
		}
		return m.arrives(ctx, to.Customer, d, nil)
	}
	var carried []catalogue.ProcessInstance
	if was, err := m.docs.Get(ctx, before); err == nil {
		carried = plan.Of(was.Body.Maintenance, d.ID)
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := m.arrives(ctx, to.Customer, d, carried); err != nil {
		return err
	}
	return m.leaves(ctx, before, to.ID, d.ID)
}

// arrives counts a win that came from another file, once; what a win begins is not
// begun again, but goes on.
func (m *Maintenance) arrives(ctx context.Context, to catalogue.Customer, d catalogue.Deal, carried []catalogue.ProcessInstance) error {
	count := func(n plan.Now, doc *Doc) {
		plan.Win(n, &doc.Maintenance, d)
		doc.Won[len(doc.Won)-1].Moved = true
		plan.Carry(&doc.Maintenance, carried)
		doc.Counted = remember(doc.Counted, d.ID)
	}
	return retry(ctx, func() error {
		_, err := m.change(ctx, to.ID, "", anyVersion, func(n plan.Now, doc *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
			if slices.Contains(doc.Counted, d.ID) {
				return nil, nil, errNothing
			}
			count(n, doc)
			return &catalogue.MaintenanceChanged{Change: "won"}, nil, nil
		})
		if !isMissing(err) || len(carried) == 0 { // nothing that this win began: nobody maintained its customer for it
			return known(err)
		}
		owner, err := m.owner(ctx, to.ID, d.Owner)
		if err != nil {
			return err
		}
		_, err = m.begin(ctx, to, owner, catalogue.BeganByWin, "", count)
		return err
	})
}

// leaves takes a win, and what it began, from the customer whose it was for a while.
func (m *Maintenance) leaves(ctx context.Context, customer, to, deal string) error {
	newest, err := m.newestOrder(ctx, customer, "")
	if err != nil {
		return err
	}
	return m.update(ctx, customer, "left", func(n plan.Now, d *Doc) bool {
		if !slices.Contains(d.Counted, deal) {
			return false
		}
		plan.Lose(&d.Maintenance, deal, newest)
		d.Counted, d.TakenIn = without(d.Counted, deal), without(d.TakenIn, deal)
		d.endUnlessOwn(n, to)
		return true
	})
}

// newestOrder gives when the newest order was placed that a customer's maintenance
// has counted, but for one.
func (m *Maintenance) newestOrder(ctx context.Context, customer, but string) (instant.Time, error) {
	d, err := m.docs.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return m.Bought.NewestPlaced(ctx, customer, func(id string) bool { return id != but && slices.Contains(d.Body.Orders, id) })
}

// endUnlessOwn ends a maintenance that began for the sake of a customer who is
// back, where nothing of its own is left.
func (d *Doc) endUnlessOwn(n plan.Now, from string) bool {
	own := slices.ContainsFunc(d.Won, func(w catalogue.WonDeal) bool { return !slices.Contains(d.TakenIn, w.Deal) }) || len(d.Orders) > 0
	if !slices.Contains(d.Origins, from) || own || d.Status != catalogue.MaintenanceRunning {
		return false
	}
	d.Status, d.EndedAt, d.EndReason = catalogue.MaintenanceEnded, n.At, "taken apart from "+from
	return true
}

func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(other string) bool { return other == id })
}

// reorder gives the orders that were recorded since the merge and are the other's
// to the customer that is back.
func (m *Maintenance) reorder(ctx context.Context, from, into string, given []catalogue.Thing) error {
	for _, g := range given {
		if g.Kind != catalogue.KindOrder {
			continue
		}
		was, err := m.docs.Get(ctx, into)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !slices.Contains(was.Body.Orders, g.ID) {
			continue
		}
		if err := m.give(ctx, from, into, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// give counts an order with the customer that is back, and not with the other.
func (m *Maintenance) give(ctx context.Context, from, into, order string) error {
	placed, err := m.Bought.Placed(ctx, order)
	if err != nil {
		return err
	}
	newest, err := m.newestOrder(ctx, into, order)
	if err != nil {
		return err
	}
	err = m.update(ctx, from, "bought", func(_ plan.Now, d *Doc) bool {
		if slices.Contains(d.Orders, order) {
			return false
		}
		d.Orders = remember(d.Orders, order)
		plan.Came(&d.Maintenance, placed)
		return true
	})
	if err != nil {
		return err
	}
	return m.update(ctx, into, "left", func(_ plan.Now, d *Doc) bool {
		if !slices.Contains(d.Orders, order) {
			return false
		}
		d.Orders = without(d.Orders, order)
		plan.Gone(&d.Maintenance, placed, newest)
		return true
	})
}
