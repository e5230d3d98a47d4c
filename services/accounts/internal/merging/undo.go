package merging

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Undoing is what undoing a merge would do.
type Undoing struct {
	Merge catalogue.Merge    `json:"merge"`
	From  catalogue.Customer `json:"from" doc:"The customer that comes back"`
	Into  catalogue.Customer `json:"into" doc:"The customer that goes on, as it would be"`
	// Since is what has been recorded since the merge, and whose it is.
	Since    []Since `json:"since"`
	Doubtful int     `json:"doubtful" doc:"How many of them must be answered"`
}

// Answer says whose a thing is that nobody could tell.
type Answer struct {
	Kind string `json:"kind" maxLength:"40"`
	ID   string `json:"id" maxLength:"300"`
	To   string `json:"to" enum:"from,into"`
}

// PreviewUndo shows what undoing a merge would do, and what it must ask.
func (m *Merging) PreviewUndo(ctx context.Context, id string) (Undoing, error) {
	d, err := m.undoable(ctx, id)
	if err != nil {
		return Undoing{}, err
	}
	from, into, err := m.Accounts.TakenApart(ctx, d.Body.Merge, d.Body.Winner)
	if err != nil {
		return Undoing{}, err
	}
	out := Undoing{Merge: d.Body.Merge, From: from, Into: into}
	if out.Since, err = m.since(ctx, d.Body); err != nil {
		return out, err
	}
	for _, s := range out.Since {
		if s.Goes == "" {
			out.Doubtful++
		}
	}
	return out, nil
}

// Undo takes a merge back. Answers are needed for what nobody can tell; without
// one of them nothing is done and each is named.
func (m *Merging) Undo(ctx context.Context, id, reason string, answers []Answer) (*store.Doc[Record], error) {
	d, err := m.record(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Did(httpx.Command(ctx)) {
		return d, m.finish(ctx, d)
	}
	if d, err = m.undoable(ctx, id); err != nil {
		return nil, err
	}
	since, err := m.since(ctx, d.Body)
	if err != nil {
		return nil, err
	}
	given, err := decide(since, answers)
	if err != nil {
		return nil, err
	}
	b := &d.Body
	b.Status, b.Unfinished, b.Given = catalogue.MergeUndoing, true, given
	b.UndoneBy, b.UndoneAt, b.UndoReason = auth.From(ctx).ID, m.clock(), reason
	if err := m.records.Commit(ctx, d, httpx.Command(ctx)); err != nil {
		return nil, err
	}
	return d, m.finish(ctx, d)
}

// decide puts what is known and what was answered together.
func decide(since []Since, answers []Answer) ([]catalogue.Thing, error) {
	said := map[catalogue.Thing]string{}
	for _, a := range answers {
		said[catalogue.Thing{Kind: a.Kind, ID: a.ID}] = a.To
	}
	var given []catalogue.Thing
	var wrong []problem.Field
	for _, s := range since {
		to := s.Goes
		if answer, ok := said[s.thing()]; ok {
			to = answer
			delete(said, s.thing())
		}
		switch to {
		case ToFrom:
			given = append(given, s.thing())
		case "":
			wrong = append(wrong, problem.FieldError(fmt.Sprintf("answers[%s/%s]", s.Kind, s.ID), "required", "无法判断归属，请指明属于哪个客户", "nobody can tell whose it is: say so"))
		}
	}
	for i, a := range answers {
		if _, left := said[catalogue.Thing{Kind: a.Kind, ID: a.ID}]; left {
			wrong = append(wrong, problem.FieldError(fmt.Sprintf("answers[%d]", i), "unknown", "合并后没有这条记录", "nothing of this id was recorded since the merge"))
		}
	}
	return given, problem.InvalidFields(wrong...)
}

// takeApart carries an undo out that was decided.
func (m *Merging) takeApart(ctx context.Context, d *store.Doc[Record]) error {
	if err := m.Accounts.Unfold(ctx, d.Body.Merge, d.Body.Winner); err != nil {
		return err
	}
	d.Body.Status, d.Body.Unfinished = catalogue.MergeUndone, false
	return m.commit(ctx, d, &catalogue.MergeTakenBack{After: d.Body.Merge})
}

// since lists what was recorded since a merge. What belongs to a thing that was the
// other's goes back with it without being asked about.
func (m *Merging) since(ctx context.Context, r Record) ([]Since, error) {
	var entries []timeline.Entry
	err := m.Line.Each(ctx, r.Into, func(e timeline.Entry) error {
		entries = append(entries, e)
		return nil
	})
	out := Attribute(r.Merge, r.Winner, r.Loser, entries)
	if out == nil {
		out = []Since{}
	}
	return out, err
}

// undoable gives a merge that the caller may take back now.
func (m *Merging) undoable(ctx context.Context, id string) (*store.Doc[Record], error) {
	d, err := m.record(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Body.Status != catalogue.Merged {
		return nil, problem.Refuse("merge.status", "这次合并不能撤销："+d.Body.Status, "This merge cannot be undone: it is "+d.Body.Status)
	}
	if err := m.Accounts.MayMerge(ctx, auth.From(ctx), d.Body.Into); err != nil {
		return nil, err
	}
	v, err := m.policy.At(m.clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	if within := v.Sections.Undo.MergeWithin; within.IsZero() || m.clock() > v.After(d.Body.At, within) {
		return nil, &problem.Error{Code: problem.Refused, Rule: "undo.merge_within", Text: lang.T("已超过可撤销的时间", "It is too late to undo this merge")}
	}
	return d, nil
}

func (m *Merging) record(ctx context.Context, id string) (*store.Doc[Record], error) {
	d, err := m.records.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("合并", "merge", id)
	}
	return d, err
}
