package maintenance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

func typesOf(data ...catalogue.Data) []string {
	out := make([]string, len(data))
	for i, d := range data {
		out[i] = d.Kind().Type
	}
	return out
}

var (
	wonTypes   = typesOf(&catalogue.DealClosed{}, &catalogue.DealLinked{})
	oldWon     = typesOf(&catalogue.DealImported{})
	ownerTypes = typesOf(&catalogue.OwnerChanged{}, &catalogue.CustomerPooled{}, &catalogue.CustomerClaimed{})
	handed     = typesOf(&catalogue.TransferStepped{})
	dealTypes  = slices.Concat(wonTypes, oldWon, ownerTypes, handed)
)

// ReactToLeads takes up won deals, each once, and owners.
func (m *Maintenance) ReactToLeads(ctx context.Context, e facts.Event) error {
	switch {
	case slices.Contains(wonTypes, e.Type):
		data, err := facts.Decode[struct {
			Before string         `json:"before"`
			State  catalogue.Deal `json:"state"`
		}](e)
		if err != nil || data.State.Outcome != catalogue.DealWon {
			return err
		}
		if e.Type == linkedType && data.Before != "" {
			return m.Moved(ctx, data.State, data.Before)
		}
		return m.Won(ctx, data.State)
	case slices.Contains(oldWon, e.Type):
		data, err := facts.Decode[catalogue.DealImported](e)
		if err != nil || data.After.Outcome != catalogue.DealWon {
			return err
		}
		data.After.Imported = true
		return m.Won(ctx, data.After)
	case slices.Contains(ownerTypes, e.Type):
		data, err := facts.Decode[struct {
			After catalogue.Ownership `json:"after"`
		}](e)
		if err != nil {
			return err
		}
		return m.Owned(ctx, data.After)
	case slices.Contains(handed, e.Type):
		data, err := facts.Decode[catalogue.TransferStepped](e)
		if err != nil {
			return err
		}
		return m.Transferred(ctx, data.After)
	}
	return nil
}

var linkedType = (&catalogue.DealLinked{}).Kind().Type

// Transferred notes a transfer that ended without having moved the external window
// of a hand-over that all three parties have confirmed.
func (m *Maintenance) Transferred(ctx context.Context, t catalogue.Transfer) error {
	f, err := m.Files.Root(ctx, t.Customer)
	if errors.Is(err, store.ErrNotFound) || isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return m.update(ctx, f.ID, "hand_over", func(n plan.Now, d *Doc) bool { return plan.TransferEnded(n, &d.Maintenance, t) })
}

// Won takes a won deal up: it begins the maintenance of its customer, or adds to
// it, once per deal however often the fact comes. A deal whose customer is not
// known yet comes again when it is linked.
func (m *Maintenance) Won(ctx context.Context, d catalogue.Deal) error {
	if d.Customer == "" {
		return nil
	}
	file, err := m.Files.Root(ctx, d.Customer)
	if err != nil {
		return err
	}
	v, err := m.view()
	if err != nil {
		return err
	}
	begins := slices.Contains(v.Sections.Maintenance.BeginBy, policy.BeginWin)
	if d.Imported {
		begins = slices.Contains(v.Sections.Maintenance.BeginBy, policy.BeginImportedWin)
	}
	count := func(n plan.Now, doc *Doc) {
		plan.Win(n, &doc.Maintenance, d)
		plan.File(&doc.Maintenance, file.Customer)
		doc.Counted = remember(doc.Counted, d.ID)
	}
	return retry(ctx, func() error {
		_, err := m.change(ctx, file.ID, "won:"+d.ID, anyVersion, func(n plan.Now, doc *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
			if slices.Contains(doc.Counted, d.ID) {
				return nil, nil, errNothing
			}
			count(n, doc)
			if doc.Status == catalogue.MaintenanceEnded { // a customer that was lost has come back
				doc.Status, doc.EndedAt, doc.EndReason = catalogue.MaintenanceRunning, 0, ""
			}
			return &catalogue.MaintenanceChanged{Change: "won"}, nil, nil
		})
		if !isMissing(err) {
			return err
		}
		if !begins {
			return nil
		}
		owner, err := m.owner(ctx, file.ID, d.Owner)
		if err != nil {
			return err
		}
		by := catalogue.BeganByWin
		if d.Imported {
			by = catalogue.BeganByImport
		}
		_, err = m.begin(ctx, file.Customer, owner, by, "won:"+d.ID, count)
		return err
	})
}

// Owned notes who is responsible for a maintained customer.
func (m *Maintenance) Owned(ctx context.Context, o catalogue.Ownership) error {
	_, err := m.change(ctx, o.Customer, "", anyVersion, func(n plan.Now, doc *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if !plan.Own(n, &doc.Maintenance, o.Owner) {
			return nil, nil, errNothing
		}
		return &catalogue.MaintenanceChanged{Change: "owner"}, nil, nil
	})
	return known(err)
}

// known forgives that a customer is not maintained: what is told about it is no
// business of this part.
func known(err error) error {
	if isMissing(err) {
		return nil
	}
	return err
}

func (m *Maintenance) owner(ctx context.Context, customer, otherwise string) (string, error) {
	o, err := m.Files.Owner(ctx, customer)
	if errors.Is(err, store.ErrNotFound) || err == nil && o == "" {
		return otherwise, nil
	}
	return o, err
}
