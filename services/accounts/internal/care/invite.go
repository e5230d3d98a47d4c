package care

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// purpose of the links by which invitations are answered.
const purpose = "event"

// fromOutreach are the purposes of contacts that are care.
var fromOutreach = []string{"care", "greeting"}

// Types are the facts that care reacts to.
var Types = []string{(&catalogue.ActivityChanged{}).Kind().Type, (&catalogue.InvitationChanged{}).Kind().Type, (&catalogue.OutreachStepped{}).Kind().Type}

// Observe makes invitations, sends them, and records the greetings that were sent.
func (c *Care) Observe(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(auth.With(ctx, process), e.ID)
	switch e.Type {
	case Types[0]:
		d, err := facts.Decode[catalogue.ActivityChanged](e)
		if err != nil {
			return facts.Final(err)
		}
		if d.After.Status == inviting {
			return c.inviteAll(ctx, d.After.ID)
		}
	case Types[1]:
		d, err := facts.Decode[catalogue.InvitationChanged](e)
		if err != nil {
			return facts.Final(err)
		}
		if d.Before == "" && d.After.Status == catalogue.InvitationSent {
			return c.deliver(ctx, d.After.ID)
		}
	case Types[2]:
		d, err := facts.Decode[catalogue.OutreachStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		if o := d.After; d.Change == "sent" && slices.Contains(fromOutreach, o.Purpose) {
			_, err := c.write(ctx, "outreach:"+o.ID, catalogue.CareRecord{Customer: o.Customer, Kind: "greeting", Occasion: o.Subject.Zh, Text: o.Text.Zh, Contact: o.Contact,
				By: o.By, At: o.SentAt, Outreach: o.ID})
			return err
		}
	}
	return nil
}

// inviteAll makes the invitations of an activity, each under an id of its own, so
// that it goes on where a crash has left it.
func (c *Care) inviteAll(ctx context.Context, id string) error {
	d, err := c.activity(ctx, id)
	if err != nil || d.Body.Status != inviting {
		return err
	}
	n := 0
	err = c.audience(ctx, d.Body, func(f customer.File, because []string) error {
		n++
		_, err := c.ask(ctx, d.Body, f.ID, because, catalogue.InvitationSent, 0)
		return err
	})
	if err != nil {
		return err
	}
	for range 8 {
		if d, err = c.activity(ctx, id); err != nil || d.Body.Status != inviting {
			return err
		}
		d.Body.Status, d.Body.Invited = invited, n
		if err = commit(ctx, c.activities, d, "", c.Clock(), &catalogue.ActivityChanged{After: d.Body}); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return store.ErrConflict
}

// ask makes the one invitation of a customer to an activity, or gives it.
func (c *Care) ask(ctx context.Context, a catalogue.Activity, customer string, because []string, status string, attended instant.Time) (*InvitationDoc, error) {
	id := a.ID + ":" + customer
	if d, err := c.invitations.Get(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	at := c.Clock()
	i := catalogue.Invitation{ID: id, Activity: a.ID, Name: a.Name, Customer: customer, Status: status, Because: because, InvitedAt: at, Attended: attended, StartsAt: a.StartsAt}
	d := store.New(id, Invited{Invitation: i})
	err := commit(ctx, c.invitations, d, customer, at, &catalogue.InvitationChanged{After: i})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return c.invitations.Get(ctx, id)
	}
	return d, err
}

// deliver sends an invitation; who may not be reached is noted.
func (c *Care) deliver(ctx context.Context, id string) error {
	d, err := c.invitations.Get(ctx, id)
	if err != nil || d.Body.Status != catalogue.InvitationSent {
		return err
	}
	a, err := c.activity(ctx, d.Body.Activity)
	if err != nil || a.Body.Status == cancelled {
		return err
	}
	f, err := c.Files.Root(ctx, d.Body.Customer)
	if err != nil {
		return err
	}
	address, err := c.Address(&d.Body)
	if err != nil {
		return err
	}
	channel := a.Body.Channel
	if channel == "" {
		channel = reach.Channel(f)
	}
	text := lang.T(a.Body.Name.Zh+"\n"+a.Body.Text.Zh+"\n"+address, a.Body.Name.En+"\n"+a.Body.Text.En+"\n"+address)
	refused, err := reach.Say(ctx, c.Outreach, "invitation:"+id, a.Body.Owner, effects.ReachCustomer{Customer: f.ID, Channel: channel, Purpose: purpose, Department: reach.Operations,
		Subject: lang.T("邀请："+a.Body.Name.Zh, "Invitation: "+a.Body.Name.En), Text: text, Uses: d.Body.Because, Until: a.Body.StartsAt})
	if err != nil || refused == nil {
		return err
	}
	_, err = c.change(ctx, id, func(i *catalogue.Invitation, _ instant.Time) error {
		if i.Status == catalogue.InvitationSent {
			i.Status, i.Note = catalogue.InvitationRefused, refused.Rule
		}
		return nil
	})
	return err
}

// Address gives the address of the page on which an invitation is answered.
func (c *Care) Address(i *Invited) (string, error) {
	_, v, err := c.now()
	if err != nil {
		return "", err
	}
	return c.Links.Address(signedlink.Link{Purpose: purpose, Subject: i.ID, Expires: v.After(i.StartsAt, v.Sections.PublicLinks.EventValid)})
}

// change changes an invitation; the fact tells what it was before.
func (c *Care) change(ctx context.Context, id string, do func(*catalogue.Invitation, instant.Time) error) (*InvitationDoc, error) {
	for range 8 {
		d, err := c.invitations.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, problem.Missing("邀请", "invitation", id)
		}
		if err != nil || d.Did(httpx.Command(ctx)) {
			return d, err
		}
		at, before := c.Clock(), d.Body.Status
		if err := do(&d.Body.Invitation, at); err != nil {
			return nil, err
		}
		if d.Body.Status == before {
			return d, nil
		}
		if err = commit(ctx, c.invitations, d, d.Body.Customer, at, &catalogue.InvitationChanged{Before: before, After: d.Body.Invitation}); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}

// Reply takes the customer's answer to an invitation; they may think better of it until it begins.
func (c *Care) Reply(ctx context.Context, link signedlink.Link, response, note string) (*InvitationDoc, error) {
	if response != catalogue.InvitationAccepted && response != catalogue.InvitationDeclined {
		return nil, problem.InvalidFields(problem.FieldError("response", "one_of", "请选择参加或不参加", "must be accepted or declined"))
	}
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "link:" + purpose, Kind: catalogue.ActorPublic})
	return c.change(ctx, link.Subject, func(i *catalogue.Invitation, at instant.Time) error {
		a, err := c.activity(ctx, i.Activity)
		switch {
		case err != nil:
			return err
		case a.Body.Status == cancelled:
			return problem.Refuse("care.cancelled", "活动已取消", "It was cancelled")
		case at >= i.StartsAt || i.Status == catalogue.InvitationAttended || i.Status == catalogue.InvitationAbsent:
			return problem.Refuse("care.begun", "活动已开始或结束", "It has begun already")
		}
		if r := []rune(note); len(r) > maxText {
			note = string(r[:maxText])
		}
		i.Status, i.Responded, i.Note = response, at, note
		return nil
	})
}

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

// Invitations lists those of a customer, or of an activity.
func (c *Care) Invitations(ctx context.Context, customer, activity string, limit int, after string) ([]*InvitationDoc, string, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CareRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: byActivity, Equal: []any{activity}, Limit: limit, After: after}
	if (customer == "") == (activity == "") {
		return nil, "", problem.InvalidFields(problem.FieldError("query", "combination", "须给出 customer 或 activity 之一", "takes either customer or activity"))
	}
	if customer != "" {
		f, _, err := c.Files.Permitted(ctx, p, access.CareRead, customer)
		if err != nil {
			return nil, "", err
		}
		q = store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after}
	}
	page, err := c.invitations.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	return slices.DeleteFunc(page.Docs, func(d *InvitationDoc) bool { return !c.reads(ctx, p, d.Body.Customer) }), page.Next, nil
}

func (c *Care) registerLinks(r *httpx.Server) {
	path := links.Route(purpose, "{token}")
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: path, ID: "answer-invitation", Tag: links.Tag, Public: true, MaxBody: links.MaxBody, Status: http.StatusOK,
		Summary: "Accept or decline an invitation (R-151)"}, func(ctx context.Context, in *replyInput) (*struct{ Body catalogue.Invitation }, error) {
		link, err := c.Links.Open(ctx, purpose, in.Path)
		if err != nil {
			return nil, err
		}
		d, err := c.Reply(ctx, link, in.Body.Response, in.Body.Note)
		if err != nil {
			return nil, err
		}
		return &struct{ Body catalogue.Invitation }{d.Body.Invitation}, nil
	})
	c.Links.Page(r, purpose, "An invitation as a page (R-151)", func(reader links.Reader) (links.Page, error) {
		return c.page(reader.Request.Context(), reader.Link, lang.Text{})
	}, func(reader links.Reader) (links.Page, error) {
		if _, err := c.Reply(reader.Request.Context(), reader.Link, reader.PostForm("response"), reader.PostForm("note")); err != nil {
			return links.Page{}, err
		}
		return c.page(reader.Request.Context(), reader.Link, lang.T("已收到您的回复，谢谢。", "We have received your answer. Thank you."))
	})
}

type replyInput struct {
	links.Path
	Body struct {
		Response string `json:"response" maxLength:"20" doc:"accepted or declined"`
		Note     string `json:"note,omitempty" maxLength:"2000"`
	}
}

// page shows an invitation to whom it was sent.
func (c *Care) page(ctx context.Context, link signedlink.Link, notice lang.Text) (links.Page, error) {
	d, err := c.invitations.Get(ctx, link.Subject)
	if err != nil {
		return links.Page{}, err
	}
	a, err := c.activity(ctx, d.Body.Activity)
	if err != nil {
		return links.Page{}, err
	}
	at, v, err := c.now()
	if err != nil {
		return links.Page{}, err
	}
	same := func(s string) lang.Text { return lang.T(s, s) }
	p := links.Page{Title: a.Body.Name, Notice: notice, Facts: []links.Fact{{Name: lang.T("时间", "Time"), Value: same(v.Local(a.Body.StartsAt))}}}
	if a.Body.Place != "" {
		p.Facts = append(p.Facts, links.Fact{Name: lang.T("地点", "Place"), Value: same(a.Body.Place)})
	}
	if !a.Body.Text.IsZero() {
		p.Facts = append(p.Facts, links.Fact{Name: lang.T("内容", "About"), Value: a.Body.Text})
	}
	if a.Body.Status == cancelled {
		p.Notice = lang.T("活动已取消。", "It was cancelled.")
	} else if at < d.Body.StartsAt {
		p.Form = &links.Form{Submit: lang.T("提交", "Send"), Fields: []links.Field{
			{Name: "response", Kind: links.Choice, Label: lang.T("您参加吗？", "Will you come?"), Value: d.Body.Status, Required: true,
				Options: []links.Option{{Value: catalogue.InvitationAccepted, Label: lang.T("参加", "Yes")}, {Value: catalogue.InvitationDeclined, Label: lang.T("不参加", "No")}}},
			{Name: "note", Kind: links.Line, Label: lang.T("留言", "Message"), MaxLength: maxText}}}
	}
	return p, nil
}
