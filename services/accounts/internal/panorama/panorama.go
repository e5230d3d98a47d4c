// Package panorama gives whoever takes over a customer everything at a glance, in
// one call. What is behind it is one document
// per customer, the board, that facts of all services keep current (package board),
// so that reading costs a handful of documents however much there is. A change is
// seen within two seconds.
package panorama

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/services/accounts/internal/trust"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

const byCheck = "by_check"

var boards = store.Spec{Name: "panorama", Indexes: []store.Index{{Name: byCheck, Order: "check_at"}}}

// Files is what the panorama asks of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Config is what a panorama is made of.
type Config struct {
	Engine   store.Engine
	Files    Files
	Timeline *timeline.Timeline
	Trust    *trust.Findings
	Clock    instant.Clock
	Log      *slog.Logger
}

// Panorama keeps boards and shows them.
type Panorama struct {
	Config
	boards store.Collection[board.Board]
	views  store.Collection[view] // the same documents, to be shown
	wake   chan struct{}          // something is due earlier than thought
	due    atomic.Int64           // when the next check is thought to be due; 0: none
}

// New declares the boards.
func New(ctx context.Context, c Config) (*Panorama, error) {
	if err := c.Engine.Declare(ctx, boards); err != nil {
		return nil, err
	}
	return &Panorama{Config: c, boards: store.Of[board.Board](c.Engine, boards), views: store.Of[view](c.Engine, boards), wake: make(chan struct{}, 1)}, nil
}

// sideBySide is how many customers of a batch are worked at once.
const sideBySide = 8

// Observe takes in facts, those of one customer with one commit.
func (p *Panorama) Observe(ctx context.Context, batch []facts.Event) []error {
	outcome := make([]error, len(batch))
	var order []string
	groups := map[string][]int{}
	for i, e := range batch {
		id, err := p.whose(ctx, e)
		if err != nil {
			outcome[i] = err
			continue
		}
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], i)
	}
	var g errgroup.Group
	g.SetLimit(sideBySide)
	for _, id := range order {
		if id == "" {
			continue // it is no customer's, or not yet
		}
		g.Go(func() error {
			events := make([]facts.Event, 0, len(groups[id]))
			for _, i := range groups[id] {
				events = append(events, batch[i])
			}
			bad, err := p.fold(ctx, id, events)
			for n, i := range groups[id] {
				if outcome[i] = err; err == nil {
					outcome[i] = bad[n]
				}
			}
			return nil
		})
	}
	_ = g.Wait() // each fact has its own outcome
	return outcome
}

// whose gives the customer that a fact is of, as it stands now.
func (p *Panorama) whose(ctx context.Context, e facts.Event) (string, error) {
	id := e.Customer
	if e.Type == foldedType {
		id = strings.TrimPrefix(e.Aggregate, "customer/") // the file that was folded; its root is the other
	}
	if id == "" {
		var d struct{ After, State json.RawMessage }
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return "", facts.Final(err)
		}
		if id = customerIn(d.After); id == "" {
			id = customerIn(d.State)
		}
	}
	if id == "" {
		return "", nil
	}
	f, err := p.Files.Root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return id, nil // its file is not here yet; nobody may read the board before
	}
	return f.ID, err
}

// customerIn gives the customer of a thing that a fact tells of; what a fact tells
// of may also be a mere word, such as a stage.
func customerIn(thing json.RawMessage) string {
	var of struct{ Customer string }
	if json.Unmarshal(thing, &of) != nil {
		return ""
	}
	return of.Customer
}

var (
	foldedType   = (&catalogue.CustomerFolded{}).Kind().Type
	unfoldedType = (&catalogue.CustomerUnfolded{}).Kind().Type
)

// fold takes facts of one customer in, judges what the system says against them,
// and stores the board if anything is different. It says which facts cannot be read.
func (p *Panorama) fold(ctx context.Context, id string, events []facts.Event) ([]error, error) {
	for {
		bad := make([]error, len(events))
		d, err := p.boards.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(id, board.Board{Customer: id}), nil
		}
		if err != nil {
			return nil, err
		}
		was, err := json.Marshal(d.Body)
		if err != nil {
			return nil, err
		}
		before := d.Body.Findings
		var others []*store.Doc[board.Board]
		for i, e := range events {
			other, err := p.merged(ctx, d, e)
			if err != nil {
				return nil, err
			}
			if other != nil {
				others = append(others, other)
			}
			bad[i] = d.Body.Apply(e)
		}
		err = p.keep(ctx, d, was, before, others)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return bad, err
		}
	}
}

// keep judges and stores a board. Findings are recorded first and boards that went
// into this one or came out of it last, so that what a crash leaves is done again.
func (p *Panorama) keep(ctx context.Context, d *store.Doc[board.Board], was []byte, before []board.Finding, others []*store.Doc[board.Board]) error {
	found, next, err := p.Trust.Judge(d.Body, p.Clock())
	if err != nil {
		return err
	}
	d.Body.Findings, d.Body.CheckAt = found, next
	is, err := json.Marshal(d.Body)
	if err != nil {
		return err
	}
	if len(before)+len(found) > 0 {
		if err := p.Trust.Settle(ctx, d.ID, before, found); err != nil {
			return err
		}
	}
	if string(is) != string(was) {
		if err := p.boards.Commit(ctx, d, ""); err != nil {
			return err
		}
		if due := p.due.Load(); next != 0 && (due == 0 || int64(next) < due) {
			select {
			case p.wake <- struct{}{}:
			default:
			}
		}
	}
	for _, o := range others {
		if err := p.boards.Commit(ctx, o, ""); err != nil {
			return err
		}
	}
	return nil
}

// merged takes another customer's board in, or gives it back, where a fact says so;
// it gives the other one to be stored.
func (p *Panorama) merged(ctx context.Context, d *store.Doc[board.Board], e facts.Event) (*store.Doc[board.Board], error) {
	switch e.Type {
	case foldedType:
		f, err := facts.Decode[catalogue.CustomerFolded](e)
		if err != nil {
			return nil, facts.Final(err)
		}
		o, err := p.boards.Get(ctx, f.From)
		if errors.Is(err, store.ErrNotFound) || err == nil && (o.Body.MergedInto != "" || o.ID == d.ID) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		d.Body.Absorb(o.Body)
		if err := p.Trust.Settle(ctx, o.ID, o.Body.Findings, nil); err != nil {
			return nil, err
		}
		o.Body.MergedInto, o.Body.Findings, o.Body.CheckAt = d.ID, nil, 0
		return o, nil
	case unfoldedType:
		f, err := facts.Decode[catalogue.CustomerUnfolded](e)
		if err != nil {
			return nil, facts.Final(err)
		}
		return p.released(ctx, d, f)
	}
	return nil, nil
}

// released gives the board back that a merge had taken in. The fact may be known
// under either customer: the one that is back is d or the other.
func (p *Panorama) released(ctx context.Context, d *store.Doc[board.Board], f catalogue.CustomerUnfolded) (*store.Doc[board.Board], error) {
	other := f.Into
	if d.ID == f.Into {
		other = f.From
	}
	o, err := p.boards.Get(ctx, other)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	back, from := d, o
	if d.ID == f.Into {
		back, from = o, d
	}
	var given []string
	for _, g := range f.Given {
		given = append(given, g.Kind+"/"+g.ID)
	}
	if back.Body.MergedInto == "" {
		// It was given back before; the board that it came from is stored after it, and
		// may have lost that race or a crash.
		if !from.Body.Forget(&back.Body, given) || from == d {
			return nil, nil
		}
		return o, nil
	}
	from.Body.Release(&back.Body, given)
	o.Body.CheckAt = p.Clock() // it is judged soon
	return o, nil
}
