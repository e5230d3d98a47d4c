package app

import (
	"context"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/problem"
)

// DealHistory gives the facts of a deal in order, a page of them, with the cursor of the next.
func (a *App) DealHistory(ctx context.Context, id, after string, limit int) ([]facts.Event, string, error) {
	from, err := a.dealFrom(ctx, id, after)
	if err != nil {
		return nil, "", err
	}
	events, next, err := a.History(ctx, a.Deals.Aggregate(id), from, limit)
	return events, cursorOf(next), err
}

// DealFollowUps gives the follow-ups recorded on a deal in order, with the cursor of the next page.
func (a *App) DealFollowUps(ctx context.Context, id, after string, limit int) ([]catalogue.FollowUp, string, error) {
	from, err := a.dealFrom(ctx, id, after)
	if err != nil {
		return nil, "", err
	}
	all, next, err := a.FollowUps(ctx, catalogue.KindDeal, id, from, limit)
	return all, cursorOf(next), err
}

// dealFrom checks that the caller may see the deal and reads the cursor, a version.
func (a *App) dealFrom(ctx context.Context, id, after string) (int64, error) {
	if _, err := a.GetDeal(ctx, id); err != nil || after == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil || n < 0 {
		return 0, problem.InvalidFields(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
	}
	return n, nil
}

func cursorOf(version int64) string {
	if version == 0 {
		return ""
	}
	return strconv.FormatInt(version, 10)
}

// dealFollowUp finds a follow-up that was recorded before.
func (a *App) dealFollowUp(ctx context.Context, id, record string) (catalogue.FollowUp, error) {
	for after := int64(0); ; {
		all, next, err := a.FollowUps(ctx, catalogue.KindDeal, id, after, historyBatch)
		if err != nil {
			return catalogue.FollowUp{}, err
		}
		for _, f := range all {
			if f.ID == record {
				return f, nil
			}
		}
		if next == 0 {
			return catalogue.FollowUp{}, problem.Missing("跟进记录", "follow-up", record)
		}
		after = next
	}
}
