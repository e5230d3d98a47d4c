package app

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

func open(t fataler, dir string) (*Accounts, *storetest.Faulty) {
	e, err := sqlite.Open(context.Background(), dir+".db")
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	f := &storetest.Faulty{Engine: e}
	docs, err := storage.Open(context.Background(), f)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return New(docs, access.New(directory.Of(), instant.Now), instant.Now, policy.NewHolder(1)), f
}

// checks numbers the databases of rapid's checks.
var checks atomic.Int64

type unions map[string]string

func (u unions) find(x string) string {
	for u[x] != "" && u[x] != x {
		x = u[x]
	}
	return x
}

func (u unions) join(a, b string) {
	if a, b = u.find(a), u.find(b); a != b {
		u[a] = b
	}
}

func roots(t fataler, a *Accounts) int64 {
	n, err := a.docs.Customers.Count(context.Background(), store.Query{Index: storage.ByCreated, Equal: []any{""}})
	if err != nil {
		t.Fatalf("count: %v", err)
	}
	return n
}

type fataler interface{ Fatalf(string, ...any) }

// together runs the asks by so many clients, in any order.
func together(clients int, n int, do func(i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		}()
	}
	wg.Wait()
}

func drawAsks(t *rapid.T, taxes bool) []Ask {
	pool := rapid.IntRange(2, 12).Draw(t, "keys")
	n := rapid.IntRange(1, 30).Draw(t, "asks")
	var asks []Ask
	for range n {
		a := effects.MatchCustomer{Kind: matching.Company}
		if rapid.Bool().Draw(t, "named") {
			a.Name = fmt.Sprintf("公司甲%c有限公司", '一'+rune(rapid.IntRange(0, pool).Draw(t, "name")))
		}
		if rapid.Bool().Draw(t, "phoned") || a.Name == "" {
			a.Phone = fmt.Sprintf("138123450%02d", rapid.IntRange(0, pool).Draw(t, "phone"))
		}
		if rapid.Bool().Draw(t, "mailed") {
			a.Email = fmt.Sprintf("p%d@qq.com", rapid.IntRange(0, pool).Draw(t, "mail"))
		}
		if taxes && rapid.IntRange(0, 3).Draw(t, "taxed") == 0 {
			a.TaxID = fmt.Sprintf("DE10000000%d", rapid.IntRange(0, 3).Draw(t, "tax"))
		}
		asks = append(asks, Ask{MatchCustomer: a})
	}
	return asks
}

// any asks with overlapping keys, by 8 clients at once over a store whose
// commits fail, each repeated until it is answered, make exactly the customers
// that a union-find over the keys makes.
func TestConcurrentAsksWithCrashesMakeTheRightCustomers(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		a, f := open(rt, filepath.Join(dir, fmt.Sprint(checks.Add(1))))
		defer func() { _ = f.Engine.Close() }()
		asks := drawAsks(rt, false)
		f.Percent.Store(int64(rapid.SampledFrom([]int{0, 10, 40}).Draw(rt, "faults")))
		answers := make([]string, len(asks))
		together(8, len(asks), func(i int) {
			for {
				got, err := a.MatchOrCreate(context.Background(), fmt.Sprintf("lead-%03d", i), "test", asks[i])
				if err == nil {
					answers[i] = got.Customer
					return
				}
			}
		})
		f.Percent.Store(0)
		u := unions{}
		for i, ask := range asks {
			for _, k := range matching.Identify(ask.known()).Keys {
				u.join(fmt.Sprint("ask", i), k.ID())
			}
		}
		clusters := map[string]string{}
		for i := range asks {
			root, err := a.root(context.Background(), answers[i])
			if err != nil {
				rt.Fatalf("root: %v", err)
			}
			c := u.find(fmt.Sprint("ask", i))
			if have, ok := clusters[c]; ok && have != root.ID {
				rt.Fatalf("one customer has two files: %s and %s", have, root.ID)
			}
			clusters[c] = root.ID
		}
		distinct := map[string]bool{}
		for _, r := range clusters {
			distinct[r] = true
		}
		if len(distinct) != len(clusters) || roots(rt, a) != int64(len(clusters)) {
			rt.Fatalf("%d files that are not folded, %d distinct answers, want %d customers", roots(rt, a), len(distinct), len(clusters))
		}
		coherent(rt, a)
	})
}

// A process may die and nobody repeat: afterwards acknowledged asks hold, and the
// sweep leaves no fold half done and no file without its keys.
func TestAbandonedAsksAreSwept(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		a, f := open(rt, filepath.Join(dir, fmt.Sprint(checks.Add(1))))
		defer func() { _ = f.Engine.Close() }()
		asks := drawAsks(rt, true)
		f.Percent.Store(25)
		answers := make([]string, len(asks))
		together(4, len(asks), func(i int) {
			if got, err := a.MatchOrCreate(context.Background(), fmt.Sprintf("lead-%03d", i), "test", asks[i]); err == nil {
				answers[i] = got.Customer
			}
		})
		f.Percent.Store(0)
		a.clock = func() instant.Time { return instant.Now().Add(time.Minute) }
		if err := a.Sweep(context.Background(), 0); err != nil {
			rt.Fatalf("sweep: %v", err)
		}
		coherent(rt, a)
		for i, answer := range answers {
			if answer == "" {
				continue
			}
			root, err := a.root(context.Background(), answer)
			if err != nil {
				rt.Fatalf("acknowledged %s is gone: %v", answer, err)
			}
			again, err := a.MatchOrCreate(context.Background(), fmt.Sprintf("lead-%03d", i), "test", asks[i])
			if err != nil || again.Customer != root.ID {
				rt.Fatalf("ask %d was %s, again %s: %v", i, root.ID, again.Customer, err)
			}
		}
	})
}

// coherent checks what holds whatever happened: no two files share a deciding
// phone, mail or tax id, and no fold is half done.
func coherent(t fataler, a *Accounts) {
	page, err := a.docs.Customers.Page(context.Background(), store.Query{Index: storage.ByCreated, Equal: []any{""}, Limit: 500})
	if err != nil {
		t.Fatalf("page: %v", err)
	}
	taxes := map[string]string{}
	for _, d := range page.Docs {
		if tax := d.Body.TaxID; tax != "" {
			if other := taxes[tax]; other != "" {
				t.Fatalf("tax id %s has two files: %s, %s", tax, other, d.ID)
			}
			taxes[tax] = d.ID
			k, err := a.docs.Keys.Get(context.Background(), "tax:"+tax)
			if err != nil {
				t.Fatalf("tax id %s of %s has no key: %v", tax, d.ID, err)
			}
			if r, err := a.root(context.Background(), k.Body.Customer); err != nil || r.ID != d.ID {
				t.Fatalf("key of tax id %s leads to %v, not %s: %v", tax, r, d.ID, err)
			}
		}
		for _, p := range d.Body.Phones {
			if k, err := a.docs.Keys.Get(context.Background(), "phone:"+p); err != nil {
				t.Fatalf("phone %s of %s has no key: %v", p, d.ID, err)
			} else if r, err := a.root(context.Background(), k.Body.Customer); err != nil || r.ID != d.ID && r.Body.Compatible(d.Body.TaxID) {
				t.Fatalf("phone %s of %s leads to %s: %v", p, d.ID, r.ID, err)
			}
		}
		if d.Body.Unfinished && !a.folded(context.Background(), d.Body) {
			t.Fatalf("%s still folds %v", d.ID, d.Body.Folding)
		}
	}
}
