package surveys

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/surveys/questionnaire"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// purpose of the links by which surveys are answered.
const purpose = "survey"

// Asked is a survey as whoever answers it sees it.
type Asked struct {
	Name      lang.Text               `json:"name"`
	Intro     lang.Text               `json:"intro"`
	Questions []policy.SurveyQuestion `json:"questions"`
}

// byLink gives the survey that a link opens, while it can be answered.
func (s *Surveys) byLink(ctx context.Context, link signedlink.Link) (*Doc, error) {
	d, err := s.docs.Get(ctx, link.Subject)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("调查", "survey", link.Subject)
	}
	if err != nil {
		return nil, err
	}
	switch d.Body.Status {
	case catalogue.SurveyDone:
		return nil, signedlink.Used()
	case catalogue.SurveyPassed:
		return nil, signedlink.Withdrawn()
	}
	return d, nil
}

// Answer takes the answers of whoever holds the link, whole and once.
func (s *Surveys) Answer(ctx context.Context, link signedlink.Link, given map[string]any) (*Doc, error) {
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "link:" + purpose, Kind: catalogue.ActorPublic})
	for range 8 {
		d, err := s.byLink(ctx, link)
		if err != nil {
			return nil, err
		}
		at, v, err := s.now()
		if err != nil {
			return nil, err
		}
		if d.Body.Answers, err = questionnaire.Read(d.Body.Questions, given); err != nil {
			return nil, err
		}
		d.Body.Status, d.Body.Answered = catalogue.SurveyDone, at
		questionnaire.Judge(&d.Body.Survey, v.Sections.Surveys)
		if err = s.commit(ctx, d, at, &catalogue.SurveyAnswered{After: d.Body.Survey}); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}

type linkInput struct{ links.Path }

type answerInput struct {
	links.Path
	Body struct {
		Answers map[string]any `json:"answers" maxProperties:"100" doc:"By question: a number on a scale, an option's id, or text"`
	}
}

type thanks struct {
	Received bool `json:"received"`
}

func (s *Surveys) registerLinks(r *httpx.Server) {
	path := links.Route(purpose, "{token}")
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: path, ID: "read-survey", Tag: links.Tag, Public: true, Summary: "The questions of a survey, for whoever was sent it (R-148)"},
		func(ctx context.Context, in *linkInput) (*struct{ Body Asked }, error) {
			link, err := s.Links.Open(ctx, purpose, in.Path)
			if err != nil {
				return nil, err
			}
			d, err := s.byLink(ctx, link)
			if err != nil {
				return nil, err
			}
			return &struct{ Body Asked }{Asked{d.Body.Name, d.Body.Intro, d.Body.Questions}}, nil
		})
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: path, ID: "answer-survey", Tag: links.Tag, Public: true, MaxBody: links.MaxBody, Status: http.StatusOK,
		Summary: "Answer a survey, whole and once (R-148)"}, func(ctx context.Context, in *answerInput) (*struct{ Body thanks }, error) {
		link, err := s.Links.Open(ctx, purpose, in.Path)
		if err != nil {
			return nil, err
		}
		_, err = s.Answer(ctx, link, in.Body.Answers)
		return &struct{ Body thanks }{thanks{err == nil}}, err
	})
	s.Links.Page(r, purpose, "A survey as a page (R-148)", func(reader links.Reader) (links.Page, error) {
		d, err := s.byLink(reader.Request.Context(), reader.Link)
		if err != nil {
			return links.Page{}, err
		}
		return page(d, nil, nil), nil
	}, s.posted)
}

// posted takes the answers of a page.
func (s *Surveys) posted(r links.Reader) (links.Page, error) {
	ctx := r.Request.Context()
	given := map[string]any{}
	for id := range r.Request.PostForm {
		given[id] = r.PostForm(id)
	}
	_, err := s.Answer(ctx, r.Link, given)
	var wrong *problem.Error
	if errors.As(err, &wrong) && len(wrong.Fields) > 0 {
		d, err := s.byLink(ctx, r.Link)
		if err != nil {
			return links.Page{}, err
		}
		p := page(d, given, wrong.Fields)
		p.Status = wrong.Status()
		return p, nil
	}
	return links.Page{Title: lang.T("谢谢您的反馈", "Thank you"), Notice: lang.T("我们已收到您的回答。", "We have received your answers.")}, err
}

// page shows the questions.
func page(d *Doc, given map[string]any, wrong []problem.Field) links.Page {
	f := &links.Form{Submit: lang.T("提交", "Send")}
	for _, q := range d.Body.Questions {
		field := links.Field{Name: q.ID, Label: q.Text, Required: q.Required, Kind: links.Long, MaxLength: questionnaire.MaxText}
		field.Value, _ = given[q.ID].(string)
		switch q.Kind {
		case policy.QuestionScale:
			field.Kind = links.Choice
			for n := q.Min; n <= q.Max; n++ {
				field.Options = append(field.Options, links.Option{Value: strconv.Itoa(n), Label: lang.T(strconv.Itoa(n), strconv.Itoa(n))})
			}
		case policy.QuestionChoice:
			field.Kind = links.Choice
			for _, o := range q.Options {
				field.Options = append(field.Options, links.Option{Value: o.ID, Label: o.Name})
			}
		}
		f.Fields = append(f.Fields, field)
	}
	f.Named(wrong, "answers.")
	return links.Page{Title: d.Body.Name, Notice: d.Body.Intro, Form: f}
}
