package care

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Attend notes who came to an activity, invited or not; done says that whoever
// accepted and is not named stayed away.
func (c *Care) Attend(ctx context.Context, id string, came []string, done bool) (int, error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CarePlan); err != nil {
		return 0, err
	}
	a, err := c.activity(ctx, id)
	if err != nil {
		return 0, err
	}
	if c.Clock() < a.Body.StartsAt {
		return 0, problem.Refuse("care.not_begun", "活动尚未开始", "It has not begun")
	}
	roots := make([]string, len(came))
	var wrong []problem.Field
	for n, customer := range came {
		f, err := c.Files.Root(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			wrong = append(wrong, problem.FieldError("attended", "exists", "没有这个客户："+customer, "no such customer: "+customer))
			continue
		}
		if err != nil {
			return 0, err
		}
		roots[n] = f.ID
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return 0, err
	}
	ctx = httpx.WithCommand(ctx, "") // each invitation is changed once by what it becomes
	for _, customer := range roots {
		d, err := c.ask(ctx, a.Body, customer, nil, catalogue.InvitationAttended, c.Clock())
		if err == nil {
			_, err = c.change(ctx, d.ID, func(i *catalogue.Invitation, at instant.Time) error {
				if i.Status != catalogue.InvitationAttended {
					i.Status, i.Attended = catalogue.InvitationAttended, at
				}
				return nil
			})
		}
		if err != nil {
			return 0, err
		}
	}
	if done {
		err = c.stayedAway(ctx, id)
	}
	return len(roots), err
}

func (c *Care) stayedAway(ctx context.Context, id string) error {
	for after := ""; ; {
		page, err := c.invitations.Page(ctx, store.Query{Index: byActivity, Equal: []any{id}, Limit: 200, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			_, err := c.change(ctx, d.ID, func(i *catalogue.Invitation, _ instant.Time) error {
				if i.Status == catalogue.InvitationAccepted {
					i.Status = catalogue.InvitationAbsent
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
