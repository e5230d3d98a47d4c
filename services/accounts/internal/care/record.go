package care

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// maxText bounds what is written of a care, in characters.
const maxText = 2000

// Record records a care that somebody did for a customer.
func (c *Care) Record(ctx context.Context, in catalogue.CareRecord) (*RecordDoc, error) {
	p, at := auth.From(ctx), c.Clock()
	var f []problem.Field
	if in.At.IsZero() {
		in.At = at
	}
	if in.At > at {
		f = append(f, problem.FieldError("at", "in_past", "不能晚于现在", "lies in the future"))
	}
	if in.Text = strings.TrimSpace(in.Text); utf8.RuneCountInString(in.Text) > maxText {
		f = append(f, problem.FieldError("text", "max_length", "最多 2000 个字", "has more than 2000 characters"))
	}
	if err := problem.InvalidFields(f...); err != nil {
		return nil, err
	}
	file, _, err := c.Files.Permitted(ctx, p, access.CareRecord, in.Customer)
	if err != nil {
		return nil, err
	}
	in.Customer, in.By = file.ID, p.ID
	return c.write(ctx, httpx.NewID(ctx), in)
}

func (c *Care) write(ctx context.Context, id string, in catalogue.CareRecord) (*RecordDoc, error) {
	in.ID = id
	d := store.New(id, Record{CareRecord: in})
	err := commit(ctx, c.records, d, in.Customer, c.Clock(), &catalogue.CareRecorded{Change: "done", After: in})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return c.records.Get(ctx, id)
	}
	return d, err
}

// Respond notes how the customer responded to a care.
func (c *Care) Respond(ctx context.Context, id, response string) (*RecordDoc, error) {
	p := auth.From(ctx)
	for range 8 {
		d, err := c.records.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, problem.Missing("关怀记录", "care", id)
		}
		if err != nil {
			return nil, err
		}
		if _, _, err := c.Files.Permitted(ctx, p, access.CareRecord, d.Body.Customer); err != nil {
			return nil, err
		}
		if d.Did(httpx.Command(ctx)) || d.Body.Response == response {
			return d, nil
		}
		at := c.Clock()
		d.Body.Response, d.Body.Responded, d.Body.ResponseBy = response, at, p.ID
		if err = commit(ctx, c.records, d, d.Body.Customer, at, &catalogue.CareRecorded{Change: "response", After: d.Body.CareRecord}); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}

// Records lists care, newest first: of a customer, or all that the caller may read.
func (c *Care) Records(ctx context.Context, customer string, limit int, after string) ([]*RecordDoc, string, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CareRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: byTime, Desc: true, Limit: limit, After: after}
	if customer != "" {
		f, _, err := c.Files.Permitted(ctx, p, access.CareRead, customer)
		if err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = holdings.Index, []any{f.ID}
	}
	page, err := c.records.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	return slices.DeleteFunc(page.Docs, func(d *RecordDoc) bool { return !c.reads(ctx, p, d.Body.Customer) }), page.Next, nil
}

func (c *Care) reads(ctx context.Context, p auth.Principal, customer string) bool {
	_, _, err := c.Files.Permitted(ctx, p, access.CareRead, customer)
	return err == nil
}

// Participation is how a customer takes part (活动参与度, R-152).
type Participation struct {
	Customer  string       `json:"customer"`
	Care      int          `json:"care" doc:"Care done"`
	Thanked   int          `json:"thanked" doc:"Of it, what the customer thanked for"`
	Invited   int          `json:"invited"`
	Accepted  int          `json:"accepted" doc:"Accepted or came"`
	Attended  int          `json:"attended"`
	Percent   int          `json:"percent" doc:"Attended of those that are over and that the customer could come to"`
	LastCame  instant.Time `json:"last_attended_at,omitempty"`
	LastCared instant.Time `json:"last_care_at,omitempty"`
}

// Participation gives how a customer takes part.
func (c *Care) Participation(ctx context.Context, customer string) (Participation, error) {
	f, _, err := c.Files.Permitted(ctx, auth.From(ctx), access.CareRead, customer)
	if err != nil {
		return Participation{}, err
	}
	out, over := Participation{Customer: f.ID}, 0
	err = each(ctx, c.records, f.ID, func(r *Record) {
		out.Care++
		if r.Response == "thanked" {
			out.Thanked++
		}
		out.LastCared = max(out.LastCared, r.At)
	})
	if err != nil {
		return out, err
	}
	now := c.Clock()
	err = each(ctx, c.invitations, f.ID, func(i *Invited) {
		if i.Status == catalogue.InvitationRefused {
			return
		}
		out.Invited++
		if i.Status == catalogue.InvitationAccepted || i.Status == catalogue.InvitationAttended {
			out.Accepted++
		}
		if i.Status == catalogue.InvitationAttended {
			out.Attended++
			out.LastCame = max(out.LastCame, i.Attended)
		}
		if i.StartsAt <= now || i.Status == catalogue.InvitationAttended {
			over++
		}
	})
	if over > 0 {
		out.Percent = out.Attended * 100 / over
	}
	return out, err
}

// each visits the documents of a customer.
func each[T any](ctx context.Context, docs store.Collection[T], customer string, visit func(*T)) error {
	for after := ""; ; {
		page, err := docs.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customer}, Limit: 500, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			visit(&d.Body)
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
