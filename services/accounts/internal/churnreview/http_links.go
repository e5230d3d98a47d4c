package churnreview

import (
	"context"
	"net/http"
	"strconv"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/service"
)

// Run keeps what customers are compared by, and hears what became of invitations, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.churn", Topics: []string{catalogue.TopicAccounts}, Types: Types, HandleBatch: p.Observe})
		},
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.churn.invitations", Topics: []string{catalogue.TopicAccounts}, Types: unsentTypes, Handle: p.Unsent})
		})
}

func (p Part) registerLinks(s *httpx.Server) {
	if p.Links == nil {
		return
	}
	public := func(method, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: links.Route(Purpose, "{token}"), ID: id, Summary: summary, Tag: links.Tag, Public: true, MaxBody: links.MaxBody,
			Description: "Anonymous: what is answered is not kept with who was asked (R-124)."}
	}
	ballot := public(http.MethodPost, "open-churn-invitation", "Change an invitation for the questionnaire, once")
	ballot.Path, ballot.Status = links.Route(Invitation, "{token}"), http.StatusOK
	httpx.Handle(s, ballot, p.postBallot)
	p.Links.Page(s, Invitation, "The invitation to the anonymous questionnaire as a page", p.showInvitation, p.openInvitation)
	httpx.Handle(s, public(http.MethodGet, "get-churn-questionnaire", "The questionnaire"), p.getQuestionnaire)
	httpx.Handle(s, public(http.MethodPost, "answer-churn-questionnaire", "Answer the questionnaire"), p.postAnswer)
	p.Links.Page(s, Purpose, "The anonymous questionnaire as a page", p.showPage, p.answerPage)
}

// Ballot is where an invitation leads.
type Ballot struct {
	Address string `json:"address" doc:"The questionnaire: told this once, and kept nowhere"`
}

func (r *Reviews) postBallot(ctx context.Context, in *links.Path) (*output[Ballot], error) {
	l, err := r.Links.Open(ctx, Invitation, *in)
	if err != nil {
		return nil, err
	}
	address, err := r.Ballot(ctx, l)
	return &output[Ballot]{Ballot{address}}, err
}

func (r *Reviews) showInvitation(links.Reader) (links.Page, error) {
	return links.Page{Title: lang.T("请告诉我们原因", "Please tell us why"), Form: &links.Form{Submit: lang.T("开始填写", "Begin")},
		Notice: lang.T("问卷匿名：点击开始后，您会得到一个仅您可见、无人记录的问卷地址，只能打开一次，请随即填写。",
			"It is anonymous: when you begin you get an address of the questionnaire that only you see and nobody keeps. It is given once: please answer right away.")}, nil
}

func (r *Reviews) openInvitation(reader links.Reader) (links.Page, error) {
	address, err := r.Ballot(reader.Request.Context(), reader.Link)
	return links.Page{Elsewhere: address}, err
}

// Questionnaire is what is asked.
type Questionnaire struct {
	Reasons   []policy.Option `json:"reasons" doc:"Any of them"`
	Questions []policy.Option `json:"questions" doc:"Each rated from 1 to 5"`
}

func (r *Reviews) questionnaire() (Questionnaire, error) {
	_, v, err := r.settings()
	if err != nil {
		return Questionnaire{}, err
	}
	q := Questionnaire{Questions: v.Sections.Reviews.Churn.Questions}
	for _, reason := range v.Sections.Reviews.Churn.Reasons {
		q.Reasons = append(q.Reasons, policy.Option{ID: reason.ID, Name: reason.Name})
	}
	return q, nil
}

func (r *Reviews) getQuestionnaire(ctx context.Context, in *links.Path) (*output[Questionnaire], error) {
	if _, err := r.Links.Open(ctx, Purpose, *in); err != nil {
		return nil, err
	}
	q, err := r.questionnaire()
	return &output[Questionnaire]{q}, err
}

// Taken says that an answer was kept.
type Taken struct {
	Taken bool `json:"taken"`
}

func (r *Reviews) postAnswer(ctx context.Context, in *struct {
	links.Path
	Body struct {
		Reasons []string       `json:"reasons,omitempty" maxItems:"20"`
		Ratings map[string]int `json:"ratings,omitempty" doc:"By question, 1 to 5"`
		Text    string         `json:"text,omitempty" maxLength:"4000"`
	}
}) (*output[Taken], error) {
	l, err := r.Links.Open(ctx, Purpose, in.Path)
	if err != nil {
		return nil, err
	}
	if err := r.Answer(ctx, l, Answer{Reasons: in.Body.Reasons, Ratings: in.Body.Ratings, Text: in.Body.Text}); err != nil {
		return nil, err
	}
	return &output[Taken]{Taken{true}}, nil
}

func (r *Reviews) showPage(links.Reader) (links.Page, error) {
	q, err := r.questionnaire()
	if err != nil {
		return links.Page{}, err
	}
	return links.Page{Title: lang.T("请告诉我们原因", "Please tell us why"), Notice: lang.T("本问卷匿名：我们不会记录是谁回答的。", "This is anonymous: we do not keep who answered."), Form: q.form()}, nil
}

func (q Questionnaire) form() *links.Form {
	f := &links.Form{Submit: lang.T("提交", "Send")}
	reasons := links.Field{Name: "reasons", Label: lang.T("不再合作的原因（可多选）", "Why we lost you (any of them)"), Kind: links.Many}
	for _, o := range q.Reasons {
		reasons.Options = append(reasons.Options, links.Option{Value: o.ID, Label: o.Name})
	}
	f.Fields = append(f.Fields, reasons)
	for _, o := range q.Questions {
		field := links.Field{Name: "rate_" + o.ID, Label: o.Name, Hint: lang.T("1 最差，5 最好", "1 is worst, 5 is best"), Kind: links.Choice}
		for n := 1; n <= 5; n++ {
			field.Options = append(field.Options, links.Option{Value: strconv.Itoa(n), Label: lang.T(strconv.Itoa(n), strconv.Itoa(n))})
		}
		f.Fields = append(f.Fields, field)
	}
	f.Fields = append(f.Fields, links.Field{Name: "text", Label: lang.T("还想说的话", "Anything else"), Kind: links.Long, MaxLength: 1000})
	return f
}

func (r *Reviews) answerPage(reader links.Reader) (links.Page, error) {
	q, err := r.questionnaire()
	if err != nil {
		return links.Page{}, err
	}
	a := Answer{Reasons: reader.PostFormArray("reasons"), Text: reader.PostForm("text"), Ratings: map[string]int{}}
	for _, o := range q.Questions {
		if n, err := strconv.Atoi(reader.PostForm("rate_" + o.ID)); err == nil {
			a.Ratings[o.ID] = n
		}
	}
	err = r.Answer(reader.Request.Context(), reader.Link, a)
	if err == nil {
		return links.Page{Title: lang.T("谢谢", "Thank you"), Notice: lang.T("您的回答已匿名保存。", "Your answer was kept without your name.")}, nil
	}
	if e := httpx.Classify(err); e.Code == problem.Invalid {
		page, err := r.showPage(reader)
		page.Status, page.Notice = e.Status(), e.Text
		if len(e.Fields) > 0 {
			page.Notice = e.Fields[0].Text
		}
		return page, err
	}
	return links.Page{}, err
}
