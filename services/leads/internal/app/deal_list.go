package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// DealFilter asks for a list of deals. Only what a declared index answers can
// be combined: a customer; or an owner with an outcome or with a stage; an
// outcome; or a stage.
type DealFilter struct {
	Owner    string
	Customer string
	Outcome  string
	Pipeline string
	Stage    string
}

// ListDeals gives a page of the deals that the caller may see: those of a stage
// the longest there first, others the newest first.
func (a *App) ListDeals(ctx context.Context, f DealFilter, limit int, after string) ([]*DealDoc, string, error) {
	l, err := a.dealList(ctx, f)
	if err != nil {
		return nil, "", err
	}
	return a.dealPage(ctx, l, limit, after)
}

// dealList is a list of deals over one or several people's indexes. Without
// owners it is one index over everybody's.
type dealList struct {
	owners []string // nil: everybody
	index  string   // the index of everybody, and of one owner by "owner_" before it
	equal  []any    // behind the owner
	order  func(catalogue.Deal) instant.Time
	desc   bool
}

func (l dealList) query(owner string, limit int) store.Query {
	q := store.Query{Index: l.index, Equal: slices.Clone(l.equal), Desc: l.desc, Limit: limit}
	if l.owners != nil {
		q.Equal = append([]any{owner}, l.equal...)
		q.Index = "owner"
		if l.index != "opened" {
			q.Index = "owner_" + l.index
		}
	}
	return q
}

func byOpened(d catalogue.Deal) instant.Time   { return d.OpenedAt }
func byStage(d catalogue.Deal) instant.Time    { return d.StageSince }
func byProgress(d catalogue.Deal) instant.Time { return d.LastProgressAt }

func (a *App) dealList(ctx context.Context, f DealFilter) (dealList, error) {
	l := dealList{index: "opened", order: byOpened, desc: true}
	if (f.Customer != "" && (f.Owner != "" || f.Outcome != "" || f.Stage != "" || f.Pipeline != "")) || (f.Outcome != "" && f.Stage != "") {
		return l, problem.InvalidFields(problem.FieldError("query", "filters", "只能按客户，或按负责人加结果或阶段，或按结果，或按阶段筛选",
			"filter by customer; by owner with an outcome or a stage; by outcome; or by stage"))
	}
	if f.Pipeline != "" && f.Stage == "" {
		return l, problem.InvalidFields(problem.FieldError("query.stage", "required", "按流程筛选须指定阶段", "a pipeline is filtered together with a stage"))
	}
	owners, err := a.seen(ctx, access.DealRead, f.Owner)
	if err != nil {
		return l, err
	}
	l.owners = owners
	switch {
	case f.Customer != "":
		l.index, l.equal, l.owners = "customer", []any{f.Customer}, nil
	case f.Outcome != "":
		l.index, l.equal = "outcome", []any{f.Outcome}
	case f.Stage != "":
		if f.Pipeline == "" {
			if f.Pipeline, err = a.defaultPipeline(); err != nil {
				return l, err
			}
		}
		l.index, l.equal, l.order, l.desc = "stage", []any{f.Pipeline, f.Stage}, byStage, false
	}
	return l, nil
}

func (a *App) defaultPipeline() (string, error) {
	_, v, err := a.now()
	if err != nil {
		return "", err
	}
	return v.Sections.Pipelines.Default, nil
}

// seen gives the owners whose things the caller may do the action to; nil: everybody's.
func (a *App) seen(ctx context.Context, action access.Action, owner string) ([]string, error) {
	if owner != "" {
		return []string{owner}, a.Guard.May(ctx, action, owner)
	}
	if err := a.Guard.MayAtAll(ctx, action); err != nil {
		return nil, err
	}
	scope := access.ScopeOf(caller(ctx), action)
	if scope == access.All {
		return nil, nil
	}
	owners := []string{caller(ctx).ID}
	people := append(a.People.Active(), a.People.Team(owners[0])...) // those who left are still in the team
	slices.Sort(people)
	for _, id := range slices.Compact(people) {
		if id != owners[0] && a.Guard.May(ctx, action, id) == nil {
			owners = append(owners, id)
		}
	}
	if a.Guard.May(ctx, action, "") == nil {
		owners = append(owners, "")
	}
	return owners, nil
}

// position is where a list over several owners goes on: behind a deal.
type position struct {
	At instant.Time `json:"at"`
	ID string       `json:"id"`
}

// dealPage reads a page of a list. Over one index the store's cursor serves;
// over several owners their pages are merged by order and id.
func (a *App) dealPage(ctx context.Context, l dealList, limit int, after string) ([]*DealDoc, string, error) {
	if len(l.owners) <= 1 {
		owner := ""
		if len(l.owners) == 1 {
			owner = l.owners[0]
		}
		q := l.query(owner, limit)
		q.After = after
		page, err := a.Deals.Page(ctx, q)
		if err != nil {
			return nil, "", err
		}
		docs := slices.DeleteFunc(page.Docs, func(d *DealDoc) bool { return a.Guard.May(ctx, access.DealRead, d.Body.Owner) != nil })
		return docs, page.Next, nil
	}
	from, err := readPlace(after)
	if err != nil {
		return nil, "", err
	}
	var all []*DealDoc
	for _, owner := range l.owners {
		docs, err := a.behind(ctx, l, owner, from, limit+1)
		if err != nil {
			return nil, "", err
		}
		all = append(all, docs...)
	}
	slices.SortFunc(all, l.compare)
	if len(all) <= limit {
		return all, "", nil
	}
	last := all[limit-1]
	return all[:limit], position{l.order(last.Body.Deal), last.ID}.String(), nil
}

// behind gives up to n of an owner's deals that stand behind a position.
func (a *App) behind(ctx context.Context, l dealList, owner string, from *position, n int) ([]*DealDoc, error) {
	q := l.query(owner, min(n, 500))
	if from != nil && l.desc {
		q.Range.To = from.At.Add(time.Millisecond).String() // exclusive: the position itself is within
	} else if from != nil {
		q.Range.From = from.At.String()
	}
	var out []*DealDoc
	for {
		page, err := a.Deals.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if from == nil || l.comparePlace(position{l.order(d.Body.Deal), d.ID}, *from) > 0 {
				out = append(out, d)
			}
		}
		if page.Next == "" || len(out) >= n {
			return out[:min(len(out), n)], nil
		}
		q.After = page.Next
	}
}

func (l dealList) compare(x, y *DealDoc) int {
	return l.comparePlace(position{l.order(x.Body.Deal), x.ID}, position{l.order(y.Body.Deal), y.ID})
}

func (l dealList) comparePlace(x, y position) int {
	c := 0
	switch {
	case x.At != y.At:
		c = 1
		if x.At < y.At {
			c = -1
		}
	case x.ID != y.ID:
		c = 1
		if x.ID < y.ID {
			c = -1
		}
	}
	if l.desc {
		return -c
	}
	return c
}

func (p position) String() string {
	b, _ := json.Marshal(p) // an instant and a string always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func readPlace(s string) (*position, error) {
	if s == "" {
		return nil, nil
	}
	var p position
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.ID == "" || p.At.IsZero() {
		return nil, problem.InvalidFields(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
	}
	return &p, nil
}

// countDeals counts a list by its index.
func (a *App) countDeals(ctx context.Context, l dealList) (int64, error) {
	if l.owners == nil {
		return a.Deals.Count(ctx, l.query("", 0))
	}
	sum := int64(0)
	for _, o := range l.owners {
		n, err := a.Deals.Count(ctx, l.query(o, 0))
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// eachDeal calls do for up to limit deals of a list and tells whether those were all.
func (a *App) eachDeal(ctx context.Context, l dealList, limit int, do func(storage.Deal)) (bool, error) {
	owners := l.owners
	if owners == nil {
		owners = []string{""}
	}
	for _, o := range owners {
		q := l.query(o, 500)
		for {
			page, err := a.Deals.Page(ctx, q)
			if err != nil {
				return false, err
			}
			for _, d := range page.Docs {
				if limit--; limit < 0 {
					return false, nil
				}
				do(d.Body)
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return true, nil
}
