package trial

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"liuke.dev/deploy/recount"
)

// sellers who work at the same time, and after how many actions each slows down:
// what starts again slowly must not find so much more to do.
const (
	sellers = 3
	fresh   = 10
)

// load lets people work until stop is called, which may be called again.
func (t *Trial) load(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	t.loads++
	for n, id := range t.Office.Sellers[:sellers] {
		s := t.seller(id, rand.New(rand.NewPCG(t.loads, uint64(n)))) //nolint:gosec // any will do
		s.Client, s.Name = t.client(id), fmt.Sprintf("客户%d-%c", t.loads, 'A'+n)
		group.Go(func() { s.Run(ctx) })
	}
	return func() { cancel(); group.Wait() }
}

func (t *Trial) seller(person string, chance *rand.Rand) *recount.Seller {
	return &recount.Seller{Client: t.Office.As(person), Journal: t.journal, Rand: chance, Day: t.pace.day(), Pause: t.pace.pause, Fresh: fresh}
}

// closers is how many hands close what is over.
const closers = 4

// calm keeps the work that a row leaves behind within bounds: leads that nobody
// has touched are touched, since they go from hand to hand for ever, as they
// should; and what was under way before the row is brought to its end. So every
// row has the promises of two, whether it is the first or the fiftieth.
func (t *Trial) calm(ctx context.Context) {
	boss := t.seller(t.Office.Boss, t.chance)
	for _, id := range t.ledger.Untouched() {
		boss.FollowUp(ctx, "/v1/leads/"+id)
	}
	now := t.ledger.UnderWay()
	var hands errgroup.Group
	hands.SetLimit(closers)
	for _, subject := range t.before {
		if slices.Contains(now, subject) {
			hands.Go(func() error { boss.Close(ctx, subject); return nil })
		}
	}
	_ = hands.Wait() // what fails is in the journal
	t.before = now
}
