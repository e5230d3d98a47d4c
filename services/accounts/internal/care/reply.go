package care

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

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
