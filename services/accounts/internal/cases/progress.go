package cases

import (
	"context"
	"errors"
	"net/http"

	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// purpose of the links to a case's progress.
const purpose = "case"

// Progress is what the customer sees of a case.
type Progress struct {
	ID         string         `json:"id"`
	Kind       lang.Text      `json:"kind"`
	Title      string         `json:"title"`
	Status     string         `json:"status" enum:"new,working,waiting,resolved,closed"`
	StatusName lang.Text      `json:"status_name"`
	Owner      string         `json:"owner" doc:"Name of who is responsible"`
	ReportedAt instant.Time   `json:"reported_at"`
	AnswerDue  instant.Time   `json:"answer_due,omitempty" doc:"When our first answer is due, until it was given"`
	SolvedDue  instant.Time   `json:"solution_due,omitempty" doc:"When the solution is due; absent while we wait for you"`
	Resolution string         `json:"resolution,omitempty"`
	Outcome    *lang.Text     `json:"outcome,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Entries    []ProgressLine `json:"entries"`
	MayReply   bool           `json:"may_reply"`
}

// ProgressLine is an entry of the conversation as the customer sees it.
type ProgressLine struct {
	At   instant.Time `json:"at"`
	Ours bool         `json:"ours"`
	By   string       `json:"by,omitempty" doc:"Name of who of ours"`
	Text string       `json:"text"`
}

// Address gives the address at which the customer sees a case's progress.
func (c *Cases) Address(t *ticket.Ticket) (string, error) {
	_, v, err := c.now()
	if err != nil {
		return "", err
	}
	return c.Links.Address(signedlink.Link{Purpose: purpose, Subject: t.ID, Expires: v.After(t.OpenedAt, v.Sections.PublicLinks.CaseValid)})
}

// seen gives a case as its customer sees it: nothing internal.
func (c *Cases) seen(t *ticket.Ticket, v *policy.View, at instant.Time) Progress {
	p := Progress{ID: t.ID, Kind: t.KindName, Title: t.Title, Status: t.Status, StatusName: ticket.Statuses[t.Status], Owner: c.name(t.Owner), ReportedAt: t.ReportedAt,
		Resolution: t.Says, Entries: []ProgressLine{}, MayReply: len(t.Talk) < ticket.MaxTalk}
	switch t.Status {
	case catalogue.CaseNew:
		p.AnswerDue, p.SolvedDue = t.Response.Due, t.Solution.Due
	case catalogue.CaseWorking:
		p.SolvedDue = t.Solution.Due
	case catalogue.CaseResolved, catalogue.CaseClosed:
		trial := *t
		p.MayReply = p.MayReply && trial.Reopen(v, at) == nil
	}
	if t.Outcome != nil && !t.Outcome.Told.IsZero() {
		p.Outcome, p.Reason = &t.Outcome.Name, t.Outcome.Reason
	}
	for _, e := range t.Talk {
		if e.Side != catalogue.CaseNote {
			p.Entries = append(p.Entries, ProgressLine{At: e.At, Ours: e.Side == catalogue.CaseOutbound, By: c.name(e.By), Text: e.Text})
		}
	}
	return p
}

func (c *Cases) name(person string) string {
	if p, ok := c.People.Person(person); ok {
		return p.Name
	}
	return ""
}

// ByLink gives a case's progress to whoever holds its link.
func (c *Cases) ByLink(ctx context.Context, link signedlink.Link) (Progress, error) {
	d, err := c.docs.Get(ctx, link.Subject)
	if errors.Is(err, store.ErrNotFound) {
		return Progress{}, problem.Missing("工单", "case", link.Subject)
	}
	if err != nil {
		return Progress{}, err
	}
	at, v, err := c.now()
	return c.seen(&d.Body, v, at), err
}

// Reply adds the customer's word to a case: it ends the waiting, and opens again
// what was thought solved.
func (c *Cases) Reply(ctx context.Context, link signedlink.Link, text string) (Progress, error) {
	var p Progress
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "link:" + link.Purpose, Kind: catalogue.ActorPublic})
	for range 8 {
		d, err := c.docs.Get(ctx, link.Subject)
		if errors.Is(err, store.ErrNotFound) {
			return p, problem.Missing("工单", "case", link.Subject)
		}
		if err != nil {
			return p, err
		}
		at, v, err := c.now()
		if err != nil {
			return p, err
		}
		view := c.on(v, &d.Body)
		if d.Did(httpx.Command(ctx)) || again(&d.Body, text, at) {
			return c.seen(&d.Body, view, at), nil
		}
		data, err := say(&d.Body, catalogue.CaseEntry{Side: catalogue.CaseInbound, Channel: "web", Text: text}, false, view, at)
		if err != nil {
			return p, err
		}
		if err = c.commit(ctx, d, at, v, data...); !errors.Is(err, store.ErrConflict) {
			return c.seen(&d.Body, view, at), err
		}
	}
	return p, store.ErrConflict
}

// twice is how soon the same words are the same click and not said again, in milliseconds.
const twice = instant.Time(60_000)

func again(t *ticket.Ticket, text string, at instant.Time) bool {
	n := len(t.Talk)
	return n > 0 && t.Talk[n-1].Side == catalogue.CaseInbound && t.Talk[n-1].Text == text && at-t.Talk[n-1].At < twice
}

type linkInput struct{ links.Path }

type replyInput struct {
	links.Path
	Body struct {
		Text string `json:"text" maxLength:"4000"`
	}
}

type progressOutput struct{ Body Progress }

func (c *Cases) registerProgress(s *httpx.Server) {
	path := links.Route(purpose, "{token}")
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: path, ID: "case-progress", Tag: links.Tag, Public: true, Summary: "The progress of a case, for its customer (R-142)"},
		func(ctx context.Context, in *linkInput) (*progressOutput, error) {
			link, err := c.Links.Open(ctx, purpose, in.Path)
			if err != nil {
				return nil, err
			}
			p, err := c.ByLink(ctx, link)
			return &progressOutput{p}, err
		})
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: path + "/replies", ID: "reply-to-case", Tag: links.Tag, Public: true, MaxBody: links.MaxBody, Status: http.StatusOK,
		Summary: "The customer's word in a case"}, func(ctx context.Context, in *replyInput) (*progressOutput, error) {
		link, err := c.Links.Open(ctx, purpose, in.Path)
		if err != nil {
			return nil, err
		}
		p, err := c.Reply(ctx, link, in.Body.Text)
		return &progressOutput{p}, err
	})
	c.Links.Page(s, purpose, "The progress of a case as a page (R-142)", func(r links.Reader) (links.Page, error) {
		p, err := c.ByLink(r.Request.Context(), r.Link)
		return c.page(p, lang.Text{}, "", nil), err
	}, func(r links.Reader) (links.Page, error) {
		ctx, text := r.Request.Context(), r.PostForm("text")
		p, err := c.Reply(ctx, r.Link, text)
		var wrong *problem.Error
		if errors.As(err, &wrong) && len(wrong.Fields) > 0 {
			seen, err := c.ByLink(ctx, r.Link)
			page := c.page(seen, lang.Text{}, text, wrong.Fields)
			page.Status = wrong.Status()
			return page, err
		}
		return c.page(p, lang.T("已收到您的回复。", "We have received your reply."), "", nil), err
	})
}

// page shows a case's progress to its customer.
func (c *Cases) page(p Progress, notice lang.Text, text string, wrong []problem.Field) links.Page {
	v, err := c.Policy.At(c.Clock())
	when := func(at instant.Time) lang.Text {
		if err != nil || at.IsZero() {
			return lang.Text{}
		}
		return lang.T(v.Local(at), v.Local(at))
	}
	page := links.Page{Title: lang.T("服务进度："+p.Title, "Progress: "+p.Title), Notice: notice, Heading: lang.T("沟通记录", "What was said")}
	add := func(zh, en string, value lang.Text) {
		if !value.IsZero() {
			page.Facts = append(page.Facts, links.Fact{Name: lang.T(zh, en), Value: value})
		}
	}
	same := func(s string) lang.Text { return lang.T(s, s) }
	add("编号", "Number", same(p.ID))
	add("类型", "Kind", p.Kind)
	add("状态", "Status", p.StatusName)
	add("负责人", "Responsible", same(p.Owner))
	add("提交时间", "Received", when(p.ReportedAt))
	add("最晚答复", "Answer by", when(p.AnswerDue))
	add("预计解决", "Solved by", when(p.SolvedDue))
	add("处理结果", "Solution", same(p.Resolution))
	if p.Outcome != nil {
		add("采纳情况", "Outcome", lang.T(p.Outcome.Zh+"："+p.Reason, p.Outcome.En+": "+p.Reason))
	}
	for _, e := range p.Entries {
		who := lang.T("您", "You")
		if e.Ours {
			who = lang.T("我们 "+e.By, "We "+e.By)
		}
		page.Entries = append(page.Entries, links.Entry{When: when(e.At).Zh, Who: who, Text: e.Text})
	}
	if p.MayReply {
		page.Form = &links.Form{Title: lang.T("补充或回复", "Add or reply"), Submit: lang.T("提交", "Send"), Fields: []links.Field{{Name: "text", Kind: links.Long,
			Label: lang.T("内容", "Text"), Value: text, Required: true, MaxLength: ticket.MaxText}}}
		page.Form.Named(wrong, "")
	}
	return page
}
