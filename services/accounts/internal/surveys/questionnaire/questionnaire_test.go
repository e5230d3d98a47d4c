package questionnaire_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/surveys/questionnaire"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

func template(id string) *policy.SurveyTemplate {
	s := policy.Defaults().Surveys
	return s.Template(id)
}

func fields(err error) []string {
	var p *problem.Error
	if !errors.As(err, &p) {
		return nil
	}
	var out []string
	for _, f := range p.Fields {
		out = append(out, f.Field+" "+f.Rule)
	}
	slices.Sort(out)
	return out
}

// an answer is whole or refused, with every field named.
func TestAnswersAreWhole(t *testing.T) {
	for name, c := range map[string]struct {
		template string
		given    map[string]any
		wrong    []string
	}{
		"whole":            {"after_sales", map[string]any{"handled": 4.0, "solved": "yes", "why": " 快 "}, nil},
		"as a form sends":  {"after_sales", map[string]any{"handled": "4", "solved": "partly", "why": ""}, nil},
		"nothing":          {"after_sales", nil, []string{"answers.handled required", "answers.solved required"}},
		"partial":          {"after_sales", map[string]any{"handled": 4.0}, []string{"answers.solved required"}},
		"off the scale":    {"after_sales", map[string]any{"handled": 6.0, "solved": "maybe"}, []string{"answers.handled range", "answers.solved one_of"}},
		"below":            {"after_sales", map[string]any{"handled": 0.0, "solved": "no"}, []string{"answers.handled range"}},
		"half a point":     {"after_sales", map[string]any{"handled": 3.5, "solved": "no"}, []string{"answers.handled type"}},
		"words for points": {"after_sales", map[string]any{"handled": "good", "solved": "no"}, []string{"answers.handled range"}},
		"another type":     {"after_sales", map[string]any{"handled": []any{4.0}, "solved": "no"}, []string{"answers.handled type"}},
		"a stranger":       {"nps", map[string]any{"recommend": 10.0, "age": 40.0}, []string{"answers.age unknown_field"}},
		"too long":         {"nps", map[string]any{"recommend": 10.0, "why": string(make([]rune, questionnaire.MaxText+1))}, []string{"answers.why max_length"}},
	} {
		got, err := questionnaire.Read(template(c.template).Questions, c.given)
		if !slices.Equal(fields(err), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && c.template == "after_sales" && (got[0].Scale == nil || got[0].Scale.Value != 4) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// C-07: satisfaction is normalised to 0 to 100 and low below 70, exactly 70 is
// not; an NPS keeps its own scale and never becomes a satisfaction.
func TestScoresAndLowAnswers(t *testing.T) {
	p := policy.Defaults().Surveys
	scale := func(v, low, high int) []catalogue.SurveyAnswer {
		return []catalogue.SurveyAnswer{{Question: "why", Text: "x"}, {Question: "q", Scale: &catalogue.ScaleAnswer{Value: v, Min: low, Max: high}}, {Question: "r", Scale: &catalogue.ScaleAnswer{Value: 1, Min: 1, Max: 5}}}
	}
	for _, c := range []struct {
		kind        string
		v, min, max int
		score       int
		low         bool
		nps         string
	}{
		{"csat", 69, 0, 100, 69, true, ""}, {"csat", 70, 0, 100, 70, false, ""}, {"csat", 71, 0, 100, 71, false, ""},
		{"csat", 7, 0, 10, 70, false, ""}, {"csat", 6, 0, 10, 60, true, ""}, {"csat", 1, 1, 5, 0, true, ""}, {"rating", 3, 1, 5, 50, true, ""}, {"rating", 4, 1, 5, 75, false, ""},
		{"rating", 5, 1, 5, 100, false, ""},
		{"nps", 6, 0, 10, -1, true, questionnaire.Detractor}, {"nps", 7, 0, 10, -1, false, questionnaire.Passive}, {"nps", 8, 0, 10, -1, false, questionnaire.Passive},
		{"nps", 9, 0, 10, -1, false, questionnaire.Promoter}, {"nps", 0, 0, 10, -1, true, questionnaire.Detractor},
	} {
		s := catalogue.Survey{Kind: c.kind, Answers: scale(c.v, c.min, c.max)}
		questionnaire.Judge(&s, p)
		score := -1
		if s.Score != nil {
			score = *s.Score
		}
		if score != c.score || s.Low != c.low || s.NPS != c.nps || s.Raw == nil || s.Raw.Value != c.v || s.Raw.Max != c.max {
			t.Errorf("%s %d of %d to %d: score %d, low %v, %q", c.kind, c.v, c.min, c.max, score, s.Low, s.NPS)
		}
	}
	open := catalogue.Survey{Kind: "needs", Answers: []catalogue.SurveyAnswer{{Text: "x"}}}
	if questionnaire.Judge(&open, p); open.Low || open.Score != nil || open.Raw != nil {
		t.Errorf("open questions have no score: %+v", open)
	}
}

// the net promoter score is the share of promoters less that of detractors.
func TestNetPromoterScore(t *testing.T) {
	for _, c := range [][4]int{{0, 0, 0, 0}, {1, 0, 0, 100}, {0, 0, 1, -100}, {1, 1, 1, 0}, {5, 3, 2, 30}, {2, 1, 0, 67}, {0, 1, 2, -67}} {
		if got := questionnaire.Net(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%v: %d", c, got)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, 1000)
		p, m, d := n.Draw(r, "p"), n.Draw(r, "m"), n.Draw(r, "d")
		if got := questionnaire.Net(p, m, d); got < -100 || got > 100 || got != -questionnaire.Net(d, m, p) {
			r.Fatal(got)
		}
		a := catalogue.ScaleAnswer{Min: rapid.IntRange(0, 10).Draw(r, "min")}
		a.Max = a.Min + rapid.IntRange(1, 90).Draw(r, "span")
		a.Value = rapid.IntRange(a.Min, a.Max).Draw(r, "value")
		if s := questionnaire.Normalise(a); s < 0 || s > 100 || a.Value == a.Max && s != 100 || a.Value == a.Min && s != 0 {
			r.Fatal(a, s)
		}
	})
}
