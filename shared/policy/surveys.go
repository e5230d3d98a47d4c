package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/lang"
)

// Surveys rules what customers are asked, when, how often at most, and what
// answer is too low to wait.
type Surveys struct {
	Templates []SurveyTemplate `json:"templates" doc:"What can be asked" minItems:"1"`
	Occasions []SurveyOccasion `json:"occasions" doc:"Turning points of the life cycle and the survey that each sends (R-148)"`
	Links     []Option         `json:"links" doc:"Life-cycle links that surveys are sent at and reported by (R-148)" minItems:"1"`
	AtMost    int              `json:"at_most" doc:"Surveys that a customer gets within the window" minimum:"1" maximum:"100"`
	Window    Duration         `json:"window" doc:"Window of at_most"`
	CSATLow   int              `json:"csat_low" doc:"A satisfaction below this many points of 100 is low (C-07)" minimum:"1" maximum:"100"`
	NPSLow    int              `json:"nps_low" doc:"A likelihood to recommend of this or less is low (detractors)" minimum:"0" maximum:"10"`
	// LowCase is the kind of the case that a low answer opens; empty: none.
	LowCase string `json:"low_case,omitempty" doc:"Kind of the case that a low answer opens at once (R-149); empty: none"`
	Channel string `json:"channel" doc:"Channel that surveys are sent on; empty: the customer's first"`
}

// The kinds of surveys.
const (
	SurveyNPS    = "nps"    // would you recommend us, 0 to 10
	SurveyCSAT   = "csat"   // how satisfied are you
	SurveyRating = "rating" // of after-sales service
	SurveyNeeds  = "needs"  // open questions only
)

// The kinds of questions.
const (
	QuestionScale  = "scale"
	QuestionChoice = "choice"
	QuestionText   = "text"
)

// SurveyTemplate is a survey that can be sent.
type SurveyTemplate struct {
	ID        string           `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Kind      string           `json:"kind" enum:"nps,csat,rating,needs"`
	Name      lang.Text        `json:"name"`
	Intro     lang.Text        `json:"intro"`
	Questions []SurveyQuestion `json:"questions" minItems:"1" doc:"The first scale question gives the score"`
}

// SurveyQuestion is a question of a survey.
type SurveyQuestion struct {
	ID       string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Kind     string    `json:"kind" enum:"scale,choice,text"`
	Text     lang.Text `json:"text"`
	Required bool      `json:"required"`
	Min      int       `json:"min,omitempty" doc:"Of a scale"`
	Max      int       `json:"max,omitempty" doc:"Of a scale"`
	Options  []Option  `json:"options,omitempty" doc:"Of a choice"`
}

// SurveyOccasion is a turning point that sends a survey.
type SurveyOccasion struct {
	ID       string   `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40" doc:"case_closed, implementation_finished, product_upgraded, quarterly, or one of the company's own"`
	Template string   `json:"template"`
	Link     string   `json:"link" doc:"Life-cycle link that it belongs to"`
	Kinds    []string `json:"kinds,omitempty" doc:"Kinds of cases, for case_closed; empty: all"`
}

// Template gives a survey, nil if the book does not have it.
func (s Surveys) Template(id string) *SurveyTemplate {
	for i := range s.Templates {
		if s.Templates[i].ID == id {
			return &s.Templates[i]
		}
	}
	return nil
}

// Occasion gives a turning point, nil if the book does not have it.
func (s Surveys) Occasion(id string) *SurveyOccasion {
	for i := range s.Occasions {
		if s.Occasions[i].ID == id {
			return &s.Occasions[i]
		}
	}
	return nil
}

func shippedSurveys() Surveys {
	scale := func(id, zh, en string, low, high int) SurveyQuestion {
		return SurveyQuestion{ID: id, Kind: QuestionScale, Text: lang.T(zh, en), Required: true, Min: low, Max: high}
	}
	why := SurveyQuestion{ID: "why", Kind: QuestionText, Text: lang.T("主要原因是什么？", "What is the main reason?")}
	return Surveys{
		Templates: []SurveyTemplate{
			{ID: "nps", Kind: SurveyNPS, Name: lang.T("推荐意愿调查", "Would you recommend us"), Intro: lang.T("只需一分钟，帮助我们改进。", "It takes a minute and helps us improve."),
				Questions: []SurveyQuestion{scale("recommend", "您有多大可能把我们推荐给同行或朋友？（0 不可能，10 非常可能）", "How likely are you to recommend us? (0 not at all, 10 very)", 0, 10), why}},
			{ID: "csat", Kind: SurveyCSAT, Name: lang.T("满意度调查", "Satisfaction"), Intro: lang.T("请评价我们的产品与服务。", "Please rate our product and service."),
				Questions: []SurveyQuestion{scale("satisfied", "您对我们总体满意吗？（1 很不满意，5 很满意）", "How satisfied are you overall? (1 not at all, 5 very)", 1, 5), why}},
			{ID: "after_sales", Kind: SurveyRating, Name: lang.T("售后评分", "After-sales rating"), Intro: lang.T("请评价这次售后服务。", "Please rate how we handled this."),
				Questions: []SurveyQuestion{scale("handled", "您对这次处理满意吗？（1 很不满意，5 很满意）", "How satisfied are you with how it was handled? (1 not at all, 5 very)", 1, 5),
					{ID: "solved", Kind: QuestionChoice, Text: lang.T("问题解决了吗？", "Is the problem solved?"), Required: true,
						Options: []Option{option("yes", "已解决", "Yes"), option("partly", "部分解决", "Partly"), option("no", "没有解决", "No")}}, why}},
			{ID: "needs", Kind: SurveyNeeds, Name: lang.T("季度需求调研", "Quarterly survey of needs"), Intro: lang.T("请告诉我们接下来您需要什么。", "Please tell us what you will need."),
				Questions: []SurveyQuestion{{ID: "needs", Kind: QuestionText, Text: lang.T("下个季度您最需要我们做什么？", "What do you need most from us next quarter?"), Required: true}}},
		},
		Occasions: []SurveyOccasion{{ID: "case_closed", Template: "after_sales", Link: "after_sales", Kinds: []string{"support", "complaint"}},
			{ID: "implementation_finished", Template: "csat", Link: "implementation"}, {ID: "product_upgraded", Template: "csat", Link: "after_sales"},
			{ID: "quarterly", Template: "needs", Link: "after_sales"}, {ID: "half_yearly", Template: "nps", Link: "repurchase"}},
		Links:  []Option{option("signing", "签约", "Signing"), option("implementation", "实施", "Implementation"), option("after_sales", "售后", "After-sales"), option("repurchase", "复购", "Repurchase")},
		AtMost: 2, Window: D("30d"), CSATLow: 70, NPSLow: 6, LowCase: "complaint",
	}
}

func (c *checker) surveys(s Sections) {
	v := s.Surveys
	c.options("surveys.links", v.Links)
	c.positive("surveys.window", v.Window)
	seen := map[string]bool{}
	for i, t := range v.Templates {
		at := fmt.Sprintf("surveys.templates[%d]", i)
		if seen[t.ID] {
			c.add(at+".id", "duplicate", "编号重复："+t.ID, "this id is used twice: "+t.ID)
		}
		seen[t.ID] = true
		c.named(at, t.Name)
		c.survey(at, t)
	}
	for i, o := range v.Occasions {
		at := fmt.Sprintf("surveys.occasions[%d]", i)
		if !seen[o.Template] {
			c.add(at+".template", "exists", "没有这个调查模板："+o.Template, "no template has this id: "+o.Template)
		}
		if !Has(v.Links, o.Link) {
			c.add(at+".link", "exists", "没有这个环节："+o.Link, "no link has this id: "+o.Link)
		}
	}
	if v.LowCase != "" && s.Cases.Kind(v.LowCase) == nil {
		c.add("surveys.low_case", "exists", "没有这个工单类型："+v.LowCase, "no kind of cases has this id: "+v.LowCase)
	}
}

func (c *checker) survey(at string, t SurveyTemplate) {
	ids, scales := []string{}, 0
	for i, q := range t.Questions {
		field := fmt.Sprintf("%s.questions[%d]", at, i)
		if slices.Contains(ids, q.ID) {
			c.add(field+".id", "duplicate", "编号重复："+q.ID, "this id is used twice: "+q.ID)
		}
		ids = append(ids, q.ID)
		switch q.Kind {
		case QuestionScale:
			scales++
			if q.Max <= q.Min || q.Min < 0 || q.Max > 100 {
				c.add(field+".max", "scale", "量表应在 0 到 100 之间且上限大于下限", "a scale lies between 0 and 100, its max above its min")
			}
			if t.Kind == SurveyNPS && scales == 1 && (q.Min != 0 || q.Max != 10) {
				c.add(field+".max", "scale", "NPS 的量表是 0 到 10", "the scale of NPS is 0 to 10")
			}
			if scales == 1 && !q.Required {
				c.add(field+".required", "required", "给出分数的问题必须必答", "the question that gives the score must be required")
			}
		case QuestionChoice:
			c.options(field+".options", q.Options)
			if len(q.Options) < 2 {
				c.add(field+".options", "min_items", "至少两个选项", "needs at least two options")
			}
		}
	}
	if scales == 0 && t.Kind != SurveyNeeds {
		c.add(at+".questions", "scale", "需要一个量表问题给出分数", "needs a scale question that gives the score")
	}
}
