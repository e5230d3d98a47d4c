// Package questionnaire holds the rules of surveys: what an answer must have, what
// score it gives, and what is too low to wait (R-146 to R-149, C-07). It is pure.
package questionnaire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// MaxText bounds what is answered in words, in characters.
const MaxText = 2000

// The groups of an NPS (C-07): 9 and 10 promote, 0 to 6 detract.
const (
	Promoter  = "promoter"
	Passive   = "passive"
	Detractor = "detractor"
)

// Read gives the answers to the questions, or names all that is wrong: an answer
// is whole or it is not taken. given holds numbers, or text as forms send it.
func Read(questions []policy.SurveyQuestion, given map[string]any) ([]catalogue.SurveyAnswer, error) {
	var out []catalogue.SurveyAnswer
	var wrong []problem.Field
	known := map[string]bool{}
	for _, q := range questions {
		known[q.ID] = true
		a, answered, f := read(q, given[q.ID])
		switch {
		case f != nil:
			wrong = append(wrong, *f)
		case answered:
			out = append(out, a)
		case q.Required:
			wrong = append(wrong, problem.Required("answers."+q.ID))
		}
	}
	for id := range given {
		if !known[id] {
			wrong = append(wrong, problem.FieldError("answers."+id, "unknown_field", "没有这个问题", "is no question of this survey"))
		}
	}
	return out, problem.InvalidFields(wrong...)
}

func read(q policy.SurveyQuestion, given any) (catalogue.SurveyAnswer, bool, *problem.Field) {
	a := catalogue.SurveyAnswer{Question: q.ID, Asked: q.Text}
	text, ok := words(given)
	field := "answers." + q.ID
	refuse := func(rule, zh, en string) (catalogue.SurveyAnswer, bool, *problem.Field) {
		f := problem.FieldError(field, rule, zh, en)
		return a, false, &f
	}
	switch {
	case !ok:
		return refuse("type", "应为数字或文本", "takes a number or text")
	case text == "":
		return a, false, nil
	}
	switch q.Kind {
	case policy.QuestionScale:
		n, err := strconv.Atoi(text)
		if err != nil || n < q.Min || n > q.Max {
			return refuse("range", fmt.Sprintf("应为 %d 到 %d 的整数", q.Min, q.Max), fmt.Sprintf("takes a whole number from %d to %d", q.Min, q.Max))
		}
		a.Scale = &catalogue.ScaleAnswer{Value: n, Min: q.Min, Max: q.Max}
	case policy.QuestionChoice:
		if !policy.Has(q.Options, text) {
			return refuse("one_of", "不是给出的选项", "is not one of the options")
		}
		a.Choice = text
	default:
		if utf8.RuneCountInString(text) > MaxText || !utf8.ValidString(text) {
			return refuse("max_length", "最多 2000 个字", "has more than 2000 characters")
		}
		a.Text = text
	}
	return a, true, nil
}

// words gives what was given as text; false: it is neither a whole number nor text.
func words(given any) (string, bool) {
	switch v := given.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(v), true
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1e6 {
			return "", false
		}
		return strconv.Itoa(int(v)), true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
}

// Judge writes down the score of an answered survey: a satisfaction from 0 to
// 100, or the group of an NPS, which has another scale and is never mixed with it
// (C-07); and whether it is low.
func Judge(s *catalogue.Survey, p policy.Surveys) {
	for _, a := range s.Answers {
		if a.Scale == nil {
			continue
		}
		s.Raw = a.Scale
		if s.Kind == policy.SurveyNPS {
			s.NPS = Group(a.Scale.Value)
			s.Low = a.Scale.Value <= p.NPSLow
			return
		}
		score := Normalise(*a.Scale)
		s.Score, s.Low = &score, score < p.CSATLow
		return
	}
}

// Normalise gives a point on a scale as a satisfaction from 0 to 100, rounded.
func Normalise(a catalogue.ScaleAnswer) int {
	return int(math.Round(float64(a.Value-a.Min) * 100 / float64(a.Max-a.Min)))
}

// Group gives the group of a likelihood to recommend.
func Group(v int) string {
	switch {
	case v >= 9:
		return Promoter
	case v >= 7:
		return Passive
	}
	return Detractor
}

// Net gives the net promoter score from −100 to 100, rounded: the share of
// promoters less that of detractors.
func Net(promoters, passives, detractors int) int {
	n := promoters + passives + detractors
	if n == 0 {
		return 0
	}
	return int(math.Round(float64(promoters-detractors) * 100 / float64(n)))
}
