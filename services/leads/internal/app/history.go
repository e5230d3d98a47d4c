package app

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// historyBatch is how many facts are read at once while looking for some kind.
const historyBatch = 200

// History gives facts of an aggregate in order, from those after a version;
// next is the version to go on from, 0 at the end.
func (a *App) History(ctx context.Context, aggregate string, after int64, limit int) (events []facts.Event, next int64, err error) {
	kept, err := a.Engine.History(ctx, aggregate, after, limit+maxFactsOfCommit)
	if err != nil {
		return nil, 0, store.Outcome("history", aggregate, "", err)
	}
	for i, f := range kept {
		// Pages end between versions, because a cursor is a version.
		if len(events) >= limit && f.Version != kept[i-1].Version {
			return events, kept[i-1].Version, nil
		}
		e, err := facts.Stored(f)
		if err != nil {
			return nil, 0, err
		}
		events = append(events, e)
	}
	return events, 0, nil
}

// maxFactsOfCommit bounds how many facts one command records.
const maxFactsOfCommit = 16

// followUps gives follow-ups of an aggregate out of its facts, oldest first.
func (a *App) followUps(ctx context.Context, aggregate string, after int64, limit int) (found []catalogue.FollowUp, next int64, err error) {
	kind := (&catalogue.FollowUpRecorded{}).Kind().Type
	for {
		events, more, err := a.History(ctx, aggregate, after, historyBatch)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range events {
			if e.Type != kind {
				continue
			}
			if len(found) == limit {
				return found, e.Version - 1, nil
			}
			f, err := facts.Decode[catalogue.FollowUpRecorded](e)
			if err != nil {
				return nil, 0, err
			}
			found = append(found, f.FollowUp)
		}
		if more == 0 {
			return found, 0, nil
		}
		after = more
	}
}

// FollowUps lists the follow-ups recorded on a lead or deal, oldest first.
func (a *App) FollowUps(ctx context.Context, kind, id string, after int64, limit int) ([]catalogue.FollowUp, int64, error) {
	return a.followUps(ctx, kind+"/"+id, after, limit)
}
