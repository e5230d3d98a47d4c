package app

import (
	"context"
	"slices"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Board shows the deals of one pipeline by stage.
type Board struct {
	Pipeline string
	Name     lang.Text
	Columns  []Column
}

// Column of a board: a stage with how many deals stand in it, what they sum up
// to, and the first of them.
type Column struct {
	Stage    string
	Name     lang.Text
	Type     policy.StageType
	Reported string // stage of P-7 (C-01)
	Former   bool   // the version in force does not have it: deals of an older one stand there
	Count    int64
	Sums     []money.Amount // one per currency
	// Whole tells that every deal is in the sums; a column beyond sumLimit sums its first ones.
	Whole bool
	Deals []*DealDoc
	Next  string
}

// sumLimit bounds how many deals of a column are added up: sums have no index.
const sumLimit = 10_000

// DealBoard gives the board of a pipeline over the deals that the caller
// manages, or over one owner's. Every deal has a place: a stage that only older
// versions of the pipeline have is a column as long as deals stand in it.
//
// With a stage it gives that column alone, from behind a cursor.
func (a *App) DealBoard(ctx context.Context, pipeline, owner, stage, after string, limit int) (Board, error) {
	_, v, err := a.now()
	if err != nil {
		return Board{}, err
	}
	if pipeline == "" {
		pipeline = v.Sections.Pipelines.Default
	}
	p := v.Pipeline(pipeline)
	if p == nil {
		return Board{}, problem.Missing("流程", "pipeline", pipeline)
	}
	owners, err := a.seen(ctx, access.Board, owner)
	if err != nil {
		return Board{}, err
	}
	b := Board{Pipeline: pipeline, Name: p.Name}
	for _, s := range a.stagesEver(v, pipeline) {
		if stage != "" && s.ID != stage {
			continue
		}
		former := v.Stage(pipeline, s.ID) == nil
		c := Column{Stage: s.ID, Name: s.Name, Type: s.Type, Reported: deal.Reported(v, pipeline, s.ID), Former: former}
		l := dealList{owners: owners, index: "stage", equal: []any{pipeline, s.ID}, order: byStage, desc: deal.Terminal(s.Type)}
		if err := a.fill(ctx, &c, l, after, limit); err != nil {
			return Board{}, err
		}
		if !former || c.Count > 0 {
			b.Columns = append(b.Columns, c)
		}
	}
	if after != "" && stage == "" {
		return Board{}, problem.InvalidFields(problem.FieldError("query.after", "stage", "翻页须指定阶段", "a cursor belongs to one stage: name it"))
	}
	return b, nil
}

func (a *App) fill(ctx context.Context, c *Column, l dealList, after string, limit int) (err error) {
	if c.Count, err = a.countDeals(ctx, l); err != nil || c.Count == 0 {
		c.Whole = true
		return err
	}
	if c.Deals, c.Next, err = a.dealPage(ctx, l, limit, after); err != nil {
		return err
	}
	sums := map[string]int64{}
	c.Whole, err = a.eachDeal(ctx, l, sumLimit, func(d storage.Deal) {
		if d.Amount != nil {
			sums[d.Amount.Currency] += d.Amount.Minor
		}
	})
	for currency, minor := range sums {
		c.Sums = append(c.Sums, money.Of(minor, currency))
	}
	slices.SortFunc(c.Sums, func(x, y money.Amount) int {
		return len(x.Currency) - len(y.Currency) + compareText(x.Currency, y.Currency)
	})
	return err
}

func compareText(x, y string) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// stagesEver gives the stages of a pipeline in the version in force, then those
// that only earlier versions have.
func (a *App) stagesEver(v *policy.View, pipeline string) []policy.Stage {
	all := slices.Clone(v.Pipeline(pipeline).Stages)
	for n := v.Version - 1; n > 0; n-- {
		old, ok := a.Policy.Version(n)
		if !ok {
			continue
		}
		p := old.Pipeline(pipeline)
		if p == nil {
			continue
		}
		for _, s := range p.Stages {
			if !slices.ContainsFunc(all, func(o policy.Stage) bool { return o.ID == s.ID }) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Stuck is an open deal with a manager's three answers.
type Stuck struct {
	Doc      *DealDoc
	Standing deal.Standing
}

// StuckDeals gives the open deals that the caller manages, the longest without
// progress first; with a level only those at it or worse. A page may then hold
// fewer than limit and still have a next.
func (a *App) StuckDeals(ctx context.Context, owner, level string, limit int, after string) ([]Stuck, string, error) {
	owners, err := a.seen(ctx, access.Board, owner)
	if err != nil {
		return nil, "", err
	}
	docs, next, err := a.dealPage(ctx, dealList{owners: owners, index: "progress", equal: []any{true}, order: byProgress}, limit, after)
	if err != nil {
		return nil, "", err
	}
	var out []Stuck
	for _, doc := range docs {
		r, at, err := a.DealRules(doc.Body.Deal)
		if err != nil {
			return nil, "", err
		}
		s := deal.Stand(doc.Body.Deal, r, at)
		if level == "" || s.Level == level || s.Level == deal.LevelDanger {
			out = append(out, Stuck{doc, s})
		}
	}
	return out, next, nil
}
