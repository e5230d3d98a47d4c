package intervention

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/signedlink"
)

func (s *Interventions) registerOffers(r *httpx.Server) {
	const tag = "Wake-up plans"
	httpx.Handle(r, httpx.Op{Method: "GET", Path: "/v1/customers/{id}/wake-up-offers", ID: "list-wake-up-offers", Tag: tag, Summary: "Coupons and invitations of a customer", Description: "Newest first (R-112)."}, s.listOffers)
	httpx.Handle(r, httpx.Op{Method: "GET", Path: "/v1/coupons/{code}", ID: "get-coupon", Tag: tag, Summary: "A coupon by its code", Description: "Whose it is, what it is worth, until when, and whether it was used (R-112)."}, s.getCoupon)
	httpx.Handle(r, httpx.Op{Method: "POST", Path: "/v1/coupons/{code}/redemption", ID: "redeem-coupon", Tag: tag, Status: http.StatusOK, Summary: "Record that a coupon was used",
		Description: "Once: 409 where it was used, has expired or is void; told again of the same order it answers the same. It is on the customer's timeline and counts as coming back (R-112)."}, s.redeemCoupon)
	if s.Links == nil {
		return
	}
	path := links.Route(purpose, "{token}")
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: path, ID: "answer-livestream", Tag: links.Tag, Public: true, MaxBody: links.MaxBody, Status: http.StatusOK,
		Summary: "Accept or decline an invitation to a livestream (R-112)"}, s.answerLink)
	s.Links.Page(r, purpose, "An invitation to a livestream as a page (R-112)", func(reader links.Reader) (links.Page, error) {
		return s.invitationPage(reader.Request.Context(), reader.Link, lang.Text{})
	}, func(reader links.Reader) (links.Page, error) {
		ctx := reader.Request.Context()
		if _, err := s.answer(ctx, reader.Link, reader.PostForm("response")); err != nil {
			return links.Page{}, err
		}
		return s.invitationPage(ctx, reader.Link, lang.T("已收到您的回复，谢谢。", "We have received your answer. Thank you."))
	})
}

// invitation is the link by which an invitation is answered; it can be looked at for a while afterwards.
func (s *Interventions) invitation(o catalogue.WakeUpOffer, v *policy.View) signedlink.Link {
	return signedlink.Link{Purpose: purpose, Subject: o.ID, Expires: v.After(o.Event.StartsAt, v.Sections.PublicLinks.EventValid)}
}

func (s *Interventions) listOffers(ctx context.Context, in *struct {
	httpx.PageParams
	ID string `path:"id" maxLength:"200"`
}) (*httpx.List[catalogue.WakeUpOffer], error) {
	list, next, err := s.Offers(ctx, auth.From(ctx), in.ID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

func (s *Interventions) getCoupon(ctx context.Context, in *struct {
	Code string `path:"code" minLength:"1" maxLength:"40"`
}) (*output[catalogue.WakeUpOffer], error) {
	return answer(s.Coupon(ctx, auth.From(ctx), in.Code))
}

func (s *Interventions) redeemCoupon(ctx context.Context, in *struct {
	Code string `path:"code" minLength:"1" maxLength:"40" doc:"As it was sent; case, blanks and hyphens do not matter"`
	Body struct {
		Customer string        `json:"customer,omitempty" maxLength:"200" doc:"Who used it; another customer's coupon is refused"`
		Order    string        `json:"order,omitempty" maxLength:"200" doc:"Order that it was used for; told again of it, nothing changes"`
		Amount   *money.Amount `json:"amount,omitempty" doc:"Of the order before the coupon; needed where the coupon is good from an amount on"`
		At       instant.Time  `json:"at,omitempty" doc:"When it was used; empty: now"`
	}
}) (*output[catalogue.WakeUpOffer], error) {
	b := in.Body
	return answer(s.Redeem(ctx, auth.From(ctx), in.Code, httpx.Command(ctx), Redemption{Customer: b.Customer, Order: b.Order, Sum: b.Amount, At: b.At}))
}

func (s *Interventions) answerLink(ctx context.Context, in *struct {
	links.Path
	Body struct {
		Response string `json:"response" maxLength:"20" doc:"accepted or declined"`
	}
}) (*output[Invited], error) {
	l, err := s.Links.Open(ctx, purpose, in.Path)
	if err != nil {
		return nil, err
	}
	o, err := s.answer(ctx, l, in.Body.Response)
	if err != nil {
		return nil, err
	}
	return &output[Invited]{Invited{o.Name, o.Event.StartsAt, o.Event.Link, o.Status}}, nil
}

// Invited is an invitation as whoever holds its link sees it.
type Invited struct {
	Name     lang.Text    `json:"name"`
	StartsAt instant.Time `json:"starts_at"`
	Link     string       `json:"link"`
	Response string       `json:"response" enum:"issued,accepted,declined"`
}

func (s *Interventions) answer(ctx context.Context, l signedlink.Link, response string) (catalogue.WakeUpOffer, error) {
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "link:" + purpose, Kind: catalogue.ActorPublic})
	d, err := s.invited(ctx, l)
	if err != nil {
		return catalogue.WakeUpOffer{}, err
	}
	return s.Reply(ctx, d.ID, response)
}

func (s *Interventions) invitationPage(ctx context.Context, l signedlink.Link, notice lang.Text) (links.Page, error) {
	d, err := s.invited(ctx, l)
	if err != nil {
		return links.Page{}, err
	}
	now := s.Clock()
	v, err := s.view(now)
	if err != nil {
		return links.Page{}, err
	}
	same := func(text string) lang.Text { return lang.T(text, text) }
	o := d.Body
	p := links.Page{Title: o.Name, Notice: notice, Facts: []links.Fact{{Name: lang.T("时间", "Time"), Value: same(v.Local(o.Event.StartsAt))}, {Name: lang.T("观看地址", "Watch it at"), Value: same(o.Event.Link)}}}
	if now < o.Event.StartsAt {
		p.Form = &links.Form{Submit: lang.T("提交", "Send"), Fields: []links.Field{{Name: "response", Kind: links.Choice, Label: lang.T("您参加吗？", "Will you watch?"), Value: o.Status, Required: true,
			Options: []links.Option{{Value: catalogue.OfferAccepted, Label: lang.T("参加", "Yes")}, {Value: catalogue.OfferDeclined, Label: lang.T("不参加", "No")}}}}}
	}
	return p, nil
}
