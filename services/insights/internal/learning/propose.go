package learning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/fit"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Ask is what a proposal is to be learnt by; what is not said has the usual value.
type Ask struct {
	Model         string       // id of the model; empty: the general one
	LostAfterDays int          // 0: 180
	ChancePercent int          // 0: 70
	SplitAt       instant.Time // 0: as late as leaves three months to try it on
}

// Bounds of a proposal.
const (
	fewestLosses  = 20     // on either side of the split: below, figures say nothing
	mostCustomers = 20_000 // whose record is read; of more, a share chosen by their ids
	tryFor        = 91 * day
)

// Propose learns a new version of a model from what was recorded, and back-tests it.
func (b *Book) Propose(ctx context.Context, by string, ask Ask) (*store.Doc[Proposal], error) {
	now := b.Clock()
	v, err := b.Policy.At(now)
	if err != nil {
		return nil, problem.Away(err)
	}
	old, ok := modelOf(v.Sections.Health, ask.Model)
	if !ok {
		return nil, problem.InvalidFields(problem.FieldError("model", "exists", "没有这个健康模型："+ask.Model, "no such health model: "+ask.Model))
	}
	if ask.LostAfterDays == 0 {
		ask.LostAfterDays = 180
	}
	if ask.ChancePercent == 0 {
		ask.ChancePercent = 70
	}
	t := Terms{LostAfter: time.Duration(ask.LostAfterDays) * day, Until: now}
	if ask.SplitAt == 0 {
		ask.SplitAt = now.Add(-t.LostAfter - tryFor)
	}
	p := Proposal{ID: httpx.NewID(ctx), Status: Draft, Old: old, Policy: v.Version, By: by, At: now, SplitAt: ask.SplitAt, Until: now, LostAfterDays: ask.LostAfterDays,
		ChancePercent: ask.ChancePercent}
	all, err := b.episodes(ctx, &p, v, t)
	if err != nil {
		return nil, err
	}
	if err := p.learn(all, t, plainDays(v)); err != nil {
		return nil, err
	}
	if wrong := policy.Validate(Published(v.Sections, p.Model)); len(wrong) > 0 {
		return nil, fmt.Errorf("learning: the proposal breaks the policy's rules: %+v", wrong)
	}
	d := store.New(p.ID, p)
	err = b.proposals.Commit(ctx, d, httpx.Command(ctx))
	if errors.Is(err, store.ErrExists) {
		return b.proposals.Get(ctx, p.ID)
	}
	return d, err
}

func modelOf(h policy.HealthScore, id string) (policy.HealthModel, bool) {
	if id == "" {
		return h.For(""), true
	}
	i := slices.IndexFunc(h.Models, func(m policy.HealthModel) bool { return m.ID == id })
	if i < 0 {
		return policy.HealthModel{}, false
	}
	return h.Models[i], true
}

// plainDays are those of the plain rule.
func plainDays(v *policy.View) int { return int(v.Sections.Standing.Groups.NoOrderFor.Elapsed() / day) }

// Published gives the sections with the model in its place.
func Published(s policy.Sections, m policy.HealthModel) policy.Sections {
	s.Health.Models = slices.Clone(s.Health.Models)
	for i := range s.Health.Models {
		if s.Health.Models[i].ID == m.ID {
			s.Health.Models[i] = m
		}
	}
	return s
}

// episodes reads the record of every customer of the model, or of a share of them where there are very many.
func (b *Book) episodes(ctx context.Context, p *Proposal, v *policy.View, t Terms) ([]backtest.Episode, error) {
	n, err := b.customers.Count(ctx, store.Query{Index: byID})
	if err != nil {
		return nil, err
	}
	one := uint32(max(1, n/mostCustomers))
	probe := Probe(v, p.Old)
	var all []backtest.Episode
	for q := (store.Query{Index: byID, Limit: 500}); ; {
		page, err := b.customers.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			h := fnv.New32a()
			_, _ = h.Write([]byte(d.ID))
			if h.Sum32()%one != 0 {
				continue
			}
			r, err := b.Record(ctx, d.ID)
			if err != nil {
				return nil, err
			}
			if v.Sections.Health.For(r.Sector).ID != p.Old.ID {
				continue
			}
			p.Customers++
			p.Reviews += len(r.Losses)
			all = append(all, Episodes(r, probe, t)...)
		}
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}

// learn fills in model and boards.
func (p *Proposal) learn(all []backtest.Episode, t Terms, plain int) error {
	train, test := backtest.Split(all, p.SplitAt, t.Until, t.LostAfter)
	for side, list := range map[string][]backtest.Episode{"before": train, "after": test} {
		if n := losses(list); n < fewestLosses {
			return problem.Refuse("learning.few", fmt.Sprintf("分界日期%s只有%d例流失，至少需要%d例", map[string]string{"before": "之前", "after": "之后"}[side], n, fewestLosses),
				fmt.Sprintf("only %d losses %s the split; it takes %d", n, side, fewestLosses))
		}
	}
	l, err := Learn(p.Old, train, float64(p.ChancePercent)/100)
	if errors.Is(err, ErrNothing) || errors.Is(err, fit.ErrOneSided) || errors.Is(err, fit.ErrNoRows) {
		return problem.Refuse("learning.nothing", "没有任何维度能区分流失与留存客户", "No input tells lost customers from those that stayed")
	}
	if errors.Is(err, ErrNever) {
		return problem.InvalidFields(problem.FieldError("chance_percent", "reachable", "没有任何分值的流失可能性达到此比例，请降低", "no score is so low that a loss is as likely as this; ask for less"))
	}
	if err != nil {
		return err
	}
	p.Model, p.Rows = l.Model, l.Rows
	plainName := fmt.Sprintf("%dd", plain)
	p.Boards = []backtest.Board{backtest.Score(p.Old.Label(), test, Warns(p.Old)), backtest.Timed(plainName, test, Plain(plain)), backtest.Score(p.Model.Label(), test, Warns(p.Model))}
	was, now := Says(p.Old.Label(), p.Boards[0]), Says(p.Model.Label(), p.Boards[2])
	rule := Says(fmt.Sprintf("%d天未下单", plain), p.Boards[1])
	ruleEn := Says(fmt.Sprintf("%d days without an order", plain), p.Boards[1])
	p.Says = lang.T(was.Zh+"；"+rule.Zh+"；"+fmt.Sprintf("%s（由 %d 次流失复盘及 %d 例流失提出）", p.Model.Label(), p.Reviews, losses(train)+losses(test))+now.Zh[len(p.Model.Label()):]+"。",
		was.En+"; "+ruleEn.En+"; "+fmt.Sprintf("%s (proposed from %d confirmed losses, %d losses in all)", p.Model.Label(), p.Reviews, losses(train)+losses(test))+now.En[len(p.Model.Label()):]+".")
	return nil
}

func losses(list []backtest.Episode) int {
	n := 0
	for _, e := range list {
		if e.Outcome == backtest.Lost {
			n++
		}
	}
	return n
}

// Decide moves a proposal on: draft to shadow, shadow to approved, either to rejected.
func (b *Book) Decide(ctx context.Context, by, id, to, note string, match func(int64) error) (*store.Doc[Proposal], error) {
	d, err := b.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Did(httpx.Command(ctx)) {
		return d, nil
	}
	if err := match(d.Version); err != nil {
		return nil, err
	}
	from := map[string][]string{Shadow: {Draft}, Approved: {Shadow}, Rejected: {Draft, Shadow}}[to]
	if !slices.Contains(from, d.Body.Status) {
		return nil, problem.Refuse("learning.order", "顺序为：提出、影子运行、批准；当前为 "+d.Body.Status, "The order is draft, shadow, approved; it is "+d.Body.Status)
	}
	p := &d.Body
	p.Status = to
	if to == Shadow {
		p.ShadowSince = b.Clock()
	} else {
		p.DecidedBy, p.DecidedAt, p.Note = by, b.Clock(), note
	}
	err = b.proposals.Commit(ctx, d, httpx.Command(ctx))
	b.forget()
	if errors.Is(err, store.ErrConflict) {
		return nil, problem.StaleVersion(d.Version + 1)
	}
	return d, err
}

// Get reads a proposal.
func (b *Book) Get(ctx context.Context, id string) (*store.Doc[Proposal], error) {
	d, err := b.proposals.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("模型提案", "proposal", id)
	}
	return d, err
}

// List lists proposals, newest first.
func (b *Book) List(ctx context.Context, limit int, after string) (store.List[Proposal], error) {
	return b.proposals.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: limit, After: after})
}

// Shadows lists the shadow scores of a proposal, the lowest first.
func (b *Book) Shadows(ctx context.Context, id string, limit int, after string) (store.List[Shown], error) {
	return b.shadows.Page(ctx, store.Query{Index: byHealth, Equal: []any{id}, Limit: limit, After: after})
}

// Section gives the health section as it is to be published: that in force with the proposal's model in it.
func (b *Book) Section(p Proposal) (json.RawMessage, bool, error) {
	v, err := b.Policy.At(b.Clock())
	if err != nil {
		return nil, false, problem.Away(err)
	}
	now, _ := modelOf(v.Sections.Health, p.Model.ID)
	raw, err := Published(v.Sections, p.Model).Section("health")
	return raw, now.Label() == p.Model.Label(), err
}
