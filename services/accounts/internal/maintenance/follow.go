package maintenance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

var (
	standingType = (&catalogue.StandingAssessed{}).Kind().Type
	orderType    = (&catalogue.OrderRecorded{}).Kind().Type
	foldedType   = (&catalogue.CustomerFolded{}).Kind().Type
	customerType = (&catalogue.CustomerChanged{}).Kind().Type
	unfoldedType = (&catalogue.CustomerUnfolded{}).Kind().Type
	termTypes    = typesOf(&catalogue.ContractSignedFact{}, &catalogue.ContractActivated{}, &catalogue.ContractEnded{})
	fileTypes    = append([]string{standingType, orderType, foldedType, unfoldedType, customerType}, termTypes...)
)

// ReactToAccounts brings together what the journey of a maintained customer goes
// by: its file, where it stands, what it orders, its contracts.
func (m *Maintenance) ReactToAccounts(ctx context.Context, e facts.Event) error {
	switch {
	case e.Type == standingType:
		data, err := facts.Decode[catalogue.StandingAssessed](e)
		if err != nil {
			return err
		}
		return m.Stood(ctx, data.After)
	case e.Type == customerType:
		data, err := facts.Decode[catalogue.CustomerChanged](e)
		if err != nil {
			return err
		}
		return m.FileChanged(ctx, data.After.ID)
	case e.Type == orderType:
		data, err := facts.Decode[catalogue.OrderRecorded](e)
		if err != nil {
			return err
		}
		return m.Ordered(ctx, data.After)
	case e.Type == foldedType:
		data, err := facts.Decode[catalogue.CustomerFolded](e)
		if err != nil {
			return err
		}
		return m.Still(ctx, data.From, data.Into)
	case e.Type == unfoldedType:
		data, err := facts.Decode[catalogue.CustomerUnfolded](e)
		if err != nil {
			return err
		}
		return m.Apart(ctx, data.From, data.Into, data.Given)
	case slices.Contains(termTypes, e.Type):
		data, err := facts.Decode[struct {
			After catalogue.Contract `json:"after"`
		}](e)
		if err != nil {
			return err
		}
		return m.Contracted(ctx, data.After)
	}
	return nil
}

// update changes a maintained customer by a fact; nothing where the customer is
// not maintained or nothing changes.
func (m *Maintenance) update(ctx context.Context, customer, change string, do func(n plan.Now, d *Doc) bool) error {
	_, err := m.change(ctx, customer, "", anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if !do(n, d) {
			return nil, nil, errNothing
		}
		return &catalogue.MaintenanceChanged{Change: change}, nil, nil
	})
	return known(err)
}

// Stood takes over where a customer stands; a confirmed loss ends the
// maintenance, a customer that was won back is maintained again.
func (m *Maintenance) Stood(ctx context.Context, s catalogue.Standing) error {
	return m.update(ctx, s.Customer, "standing", func(n plan.Now, d *Doc) bool {
		if !plan.Stand(&d.Maintenance, s) {
			return false
		}
		switch {
		case s.Lifecycle == catalogue.LifecycleChurned && d.Status == catalogue.MaintenanceRunning:
			d.Status, d.EndedAt, d.EndReason = catalogue.MaintenanceEnded, n.At, "churned"
		case s.Lifecycle != catalogue.LifecycleChurned && d.Status == catalogue.MaintenanceEnded && d.EndReason == "churned":
			d.Status, d.EndedAt, d.EndReason = catalogue.MaintenanceRunning, 0, ""
		}
		return true
	})
}

// FileChanged takes over what the file says now.
func (m *Maintenance) FileChanged(ctx context.Context, customer string) error {
	f, err := m.Files.Root(ctx, customer)
	if err != nil {
		return err
	}
	return m.update(ctx, f.ID, "file", func(_ plan.Now, d *Doc) bool { return plan.File(&d.Maintenance, f.Customer) })
}

// begins tells whether an order begins the maintenance of a customer who has none.
func begins(o catalogue.Order, v *policy.View, now instant.Time) bool {
	s := v.Sections.Maintenance
	return slices.Contains(s.BeginBy, policy.BeginFirstOrder) && (s.OrderWithin.IsZero() || now <= v.After(o.PlacedAt, s.OrderWithin))
}

// Ordered counts an order once; a first order begins the maintenance of a
// customer where the policy says so.
func (m *Maintenance) Ordered(ctx context.Context, o catalogue.Order) error {
	f, err := m.Files.Root(ctx, o.Customer)
	if err != nil {
		return err
	}
	v, err := m.view()
	if err != nil {
		return err
	}
	count := func(n plan.Now, d *Doc) {
		plan.Bought(n, &d.Maintenance, o.PlacedAt)
		d.Orders = remember(d.Orders, o.ID)
	}
	return retry(ctx, func() error {
		_, err := m.change(ctx, f.ID, "", anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
			if o.Deal != "" && slices.Contains(d.Counted, o.Deal) || slices.Contains(d.Orders, o.ID) {
				return nil, nil, errNothing
			}
			count(n, d)
			return &catalogue.MaintenanceChanged{Change: "bought"}, nil, nil
		})
		if !isMissing(err) || !begins(o, v, m.Clock()) {
			return known(err)
		}
		owner, err := m.owner(ctx, f.ID, "")
		if err != nil {
			return err
		}
		_, err = m.begin(ctx, f.Customer, owner, catalogue.BeganByFirstOrder, "", count)
		return err
	})
}

// Contracted keeps the contracts that run, and goes on to implementation once one is signed.
func (m *Maintenance) Contracted(ctx context.Context, c catalogue.Contract) error {
	return m.update(ctx, c.Customer, "term", func(n plan.Now, d *Doc) bool {
		i := slices.IndexFunc(d.Terms, func(t catalogue.MaintainedTerm) bool { return t.Contract == c.ID })
		switch c.Status {
		case catalogue.ContractSigned:
			if d.Link != catalogue.LinkSigning {
				return false
			}
			plan.MoveLink(n, &d.Maintenance, catalogue.LinkImplementation, "", "contract signed")
			return true
		case catalogue.ContractActive:
			t := catalogue.MaintainedTerm{Contract: c.ID, Title: c.Title, EndsAt: c.Until}
			if i >= 0 && d.Terms[i] == t {
				return false
			}
			d.Terms = slices.Clone(d.Terms)
			if i < 0 {
				d.Terms = append(d.Terms, t)
			} else {
				d.Terms[i] = t
			}
			return true
		}
		if i < 0 {
			return false
		}
		d.Terms = slices.Delete(slices.Clone(d.Terms), i, i+1)
		return true
	})
}

// Still lets the maintenance of a file stand still that turned out to be another
// customer's: nothing is lost of it, and it goes on where it was if the files are
// taken apart again. The other customer is maintained from then on.
func (m *Maintenance) Still(ctx context.Context, from, into string) error {
	var was catalogue.Maintenance
	err := m.update(ctx, from, "still", func(_ plan.Now, d *Doc) bool {
		was = d.Maintenance
		if d.Status == catalogue.MaintenanceStill {
			return false
		}
		d.Status, d.EndReason = catalogue.MaintenanceStill, "folded into "+into
		return true
	})
	if err != nil || was.Customer == "" {
		return err
	}
	return m.takeIn(ctx, into, was)
}

// Resume lets a maintenance that stood still go on, once the file is a customer's
// of its own again.
func (m *Maintenance) Resume(ctx context.Context, customer string) error {
	return m.update(ctx, customer, "resumed", func(_ plan.Now, d *Doc) bool {
		if d.Status != catalogue.MaintenanceStill {
			return false
		}
		d.Status, d.EndReason = catalogue.MaintenanceRunning, ""
		return true
	})
}

// takeIn begins the maintenance of a customer that another file's was, unless it
// is maintained already.
func (m *Maintenance) takeIn(ctx context.Context, into string, was catalogue.Maintenance) error {
	f, err := m.Files.Root(ctx, into)
	if err != nil {
		return err
	}
	if _, err := m.docs.Get(ctx, f.ID); err == nil || !errors.Is(err, store.ErrNotFound) {
		return err
	}
	_, err = m.begin(ctx, f.Customer, was.Owner, was.BeganBy, "", func(_ plan.Now, d *Doc) {
		d.Origins = []string{was.Customer}
		d.Success, d.Implementation, d.Contact, d.Nodes, d.Cadence = was.Success, was.Implementation, was.Contact, was.Nodes, was.Cadence
		d.Won, d.Wins, d.Bought, d.Link, d.LinkSince = was.Won, was.Wins, was.Bought, was.Link, was.LinkSince
		d.Won = slices.Clone(was.Won)
		for i, w := range d.Won { // what these wins began was begun at the other file
			d.Won[i].Moved = true
			d.Counted, d.TakenIn = remember(d.Counted, w.Deal), remember(d.TakenIn, w.Deal)
		}
	})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return nil // somebody else's fact began it meanwhile
	}
	return err
}
