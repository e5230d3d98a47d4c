package app

import (
	"context"
	"encoding/json"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Happened is a recorded fact as a history shows it.
type Happened struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	At      instant.Time    `json:"at"`
	Version int64           `json:"version"`
	Actor   catalogue.Actor `json:"actor"`
	Cause   string          `json:"cause,omitempty"`
	Data    json.RawMessage `json:"data"`
}

// DealHistory gives the facts of a deal in order, a page of them, with the cursor of the next.
func (a *App) DealHistory(ctx context.Context, id, after string, limit int) ([]Happened, string, error) {
	if _, err := a.GetDeal(ctx, id); err != nil {
		return nil, "", err
	}
	from, err := versionCursor(after)
	if err != nil {
		return nil, "", err
	}
	all, next, err := a.factsAfter(ctx, a.Deals.Aggregate(id), from, limit)
	if err != nil {
		return nil, "", err
	}
	out := make([]Happened, 0, len(all))
	for _, f := range all {
		h, err := happened(f)
		if err != nil {
			return nil, "", err
		}
		out = append(out, h)
	}
	return out, next, nil
}

// DealFollowUps gives the follow-ups recorded on a deal in order, a page of its
// history at a time: a page may hold fewer than limit and still have a next.
func (a *App) DealFollowUps(ctx context.Context, id, after string, limit int) ([]catalogue.FollowUp, string, error) {
	if _, err := a.GetDeal(ctx, id); err != nil {
		return nil, "", err
	}
	from, err := versionCursor(after)
	if err != nil {
		return nil, "", err
	}
	var out []catalogue.FollowUp
	for {
		all, next, err := a.factsAfter(ctx, a.Deals.Aggregate(id), from, 200)
		if err != nil {
			return nil, "", err
		}
		for i, f := range all {
			made, ok := followUpOf(f)
			if !ok {
				continue
			}
			if out = append(out, made); len(out) == limit && (next != "" || i < len(all)-1) {
				return out, strconv.FormatInt(f.Version, 10), nil
			}
		}
		if next == "" {
			return out, "", nil
		}
		if from, err = versionCursor(next); err != nil {
			return nil, "", err
		}
	}
}

// factsAfter gives facts of whole versions only, so that a version can be the cursor.
func (a *App) factsAfter(ctx context.Context, aggregate string, from int64, limit int) ([]store.Fact, string, error) {
	const oneCommit = 20 // facts of one commit never exceed this
	all, err := a.Engine.History(ctx, aggregate, from, limit+oneCommit)
	if err != nil || len(all) <= limit {
		return all, "", err
	}
	cut := limit
	for cut < len(all) && all[cut].Version == all[cut-1].Version {
		cut++
	}
	if cut == len(all) && len(all) < limit+oneCommit {
		return all, "", nil
	}
	return all[:cut], strconv.FormatInt(all[cut-1].Version, 10), nil
}

func versionCursor(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, problem.InvalidFields(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
	}
	return n, nil
}

func happened(f store.Fact) (Happened, error) {
	e, err := facts.Stored(f)
	if err != nil {
		return Happened{}, err
	}
	h, err := facts.Decode[catalogue.Head](e)
	return Happened{ID: e.ID, Type: e.Type, At: e.Time, Version: e.Version, Actor: h.Actor, Cause: h.Cause, Data: e.Data}, err
}

func followUpOf(f store.Fact) (catalogue.FollowUp, bool) {
	if f.Type != (&catalogue.FollowUpRecorded{}).Kind().Type {
		return catalogue.FollowUp{}, false
	}
	e, err := facts.Stored(f)
	if err != nil {
		return catalogue.FollowUp{}, false
	}
	made, err := facts.Decode[catalogue.FollowUpRecorded](e)
	return made.FollowUp, err == nil
}
