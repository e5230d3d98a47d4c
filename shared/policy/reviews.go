package policy

import (
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Reviews rules how the company learns: from every lost customer, and on a calendar.
type Reviews struct {
	Churn   ChurnReviews `json:"churn" doc:"Reviews of lost customers (R-121 to R-128)"`
	Rhythms []Rhythm     `json:"rhythms" doc:"Scheduled reviews (R-111, R-129, C-15)" minItems:"1"`
	Targets []Target     `json:"targets" doc:"Stage targets and outside figures that reports show beside the company's own (R-182)"`
}

// ChurnReviews rules the review of a lost customer.
type ChurnReviews struct {
	Reasons         []LossReason `json:"reasons" doc:"Why customers are lost (R-122)" minItems:"1"`
	Roles           []string     `json:"roles" doc:"Departments that take part: sales, technical, product, service (R-125)" minItems:"1"`
	FindingsWithin  Duration     `json:"findings_within" doc:"Confirmation to the findings of each participant"`
	InterviewWithin Duration     `json:"interview_within" doc:"Confirmation to the interview of the lost customer (R-124)"`
	CloseWithin     Duration     `json:"close_within" doc:"Confirmation to the closing of the review"`
	Overdue         []Step       `json:"overdue" doc:"Ladder after what a review waits for is due"`
	KeyTiers        []string     `json:"key_tiers" doc:"Tiers of key accounts, whose losses are sampled for one-to-one interviews (R-124)"`
	SampleOneIn     int          `json:"sample_one_in" doc:"Of so many lost key accounts one is interviewed one to one; 1: every one (R-124)" minimum:"1" maximum:"1000"`
	LinkValid       Duration     `json:"link_valid" doc:"How long the link to the anonymous questionnaire is good"`
	AnswersShown    int          `json:"answers_shown" doc:"Anonymous answers of a month are shown once there are so many" minimum:"1" maximum:"100"`
	Questions       []Option     `json:"questions" doc:"Of the questionnaire, each rated 1 to 5" minItems:"1"`
	LookBack        Duration     `json:"look_back" doc:"How far before the loss the journey map and the attribution look"`
	ReplyWithin     Duration     `json:"reply_within" doc:"An inquiry or complaint without an answer for longer is a broken promise (R-128)"`
	QuoteWithin     Duration     `json:"quote_within" doc:"A quote that nobody came back to for longer is a broken promise (R-128)"`
	GapAfter        Duration     `json:"gap_after" doc:"Silence of both sides for longer is a gap of the journey map (R-126)"`
	CycleBands      []int        `json:"cycle_bands" doc:"Upper bounds, in days, of the bands of time between orders (R-123)" minItems:"1"`
	AmountBands     []int64      `json:"amount_bands" doc:"Upper bounds, in minor units, of the bands of order amounts (R-123)" minItems:"1"`
	FewAre          int          `json:"few_are" doc:"A figure that rests on fewer customers is marked as too few to tell (R-123)" minimum:"1" maximum:"1000"`
}

// LossReason is why a customer is lost.
type LossReason struct {
	ID           string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name         lang.Text `json:"name"`
	Controllable bool      `json:"controllable" doc:"true: we could have acted (可控); false: external (外部因素)"`
}

// Rhythm is a scheduled review.
type Rhythm struct {
	ID       string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name     lang.Text `json:"name"`
	Covers   string    `json:"covers" enum:"funnel,departments,process,churn_risk" doc:"What is reviewed"`
	Every    string    `json:"every" enum:"week,month,quarter"`
	Day      int       `json:"day" doc:"Day of the week (1 Monday) or of the month or quarter; the last one where there are fewer" minimum:"1" maximum:"92"`
	At       string    `json:"at" doc:"Local time of the company's calendar" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	OpensIn  Duration  `json:"opens_in" doc:"How long before it is due its task is given"`
	Owner    string    `json:"owner,omitempty" doc:"Person who holds it; empty: the first active person of the role"`
	Role     string    `json:"role" doc:"Role that holds it where no person is named"`
	Invites  []string  `json:"invites" doc:"Roles that take part"`
	Evidence []string  `json:"evidence" doc:"What must be recorded before it counts as held: minutes, figures, list, attendance" minItems:"1"`
	Overdue  []Step    `json:"overdue" doc:"Ladder after it was due and not held"`
}

// Target is a figure that a report shows beside the company's own.
type Target struct {
	ID     string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name   lang.Text `json:"name"`
	Kind   string    `json:"kind" enum:"industry_average,competitor,stage_target"`
	Metric string    `json:"metric" enum:"churn_rate,retention,repurchase" doc:"What it is about"`
	// Permille is the level, or the change that is aimed at where Change is set.
	Permille int    `json:"permille" doc:"In thousandths: a level, or a change of it" minimum:"-1000" maximum:"1000"`
	Change   bool   `json:"change" doc:"It is a change against the period before: -100 is 10 % less"`
	Period   string `json:"period" doc:"For which time: 2026-Q4, 2026; empty: any" pattern:"^([0-9]{4}(-(Q[1-4]|[0-9]{2}))?)?$"`
	Source   string `json:"source" doc:"Where the figure comes from" maxLength:"400"`
}

// The rhythms' periods.
const (
	EveryWeek    = "week"
	EveryMonth   = "month"
	EveryQuarter = "quarter"
)

func shippedReviews() Reviews {
	reason := func(id, zh, en string, controllable bool) LossReason {
		return LossReason{id, lang.T(zh, en), controllable}
	}
	overdue := []Step{{D("0m"), ActRemind}, {D("1d"), ActWarn}, {D("3d"), ActEscalate}}
	return Reviews{
		Churn: ChurnReviews{
			Reasons: []LossReason{
				reason("slow_service", "服务迟缓", "Slow service", true), reason("price", "价格不优", "Price", true), reason("slow_response", "响应不及时", "Slow response", true),
				reason("product", "产品问题", "Product", true), reason("competitor", "竞争对手入场", "Competitor", false), reason("budget", "客户预算或业务变化", "Customer's budget or business changed", false),
				reason("contact_left", "关键联系人离职", "Key contact left", false), reason("other", "其他", "Other", false),
			},
			Roles:          []string{"sales", "technical", "product", "service"},
			FindingsWithin: D("5wd"), InterviewWithin: D("7wd"), CloseWithin: D("10wd"), Overdue: overdue,
			KeyTiers: []string{"key", "a"}, SampleOneIn: 2, LinkValid: D("30d"), AnswersShown: 3,
			Questions: []Option{option("product", "产品是否满足需要", "The product met our needs"), option("service", "服务是否及时", "Service was prompt"),
				option("price", "价格是否合理", "The price was fair"), option("people", "对接人是否专业", "People knew their trade"), option("return", "是否可能再合作", "We might come back")},
			LookBack: D("365d"), ReplyWithin: D("24h"), QuoteWithin: D("72h"), GapAfter: D("30d"),
			CycleBands: []int{30, 60, 90, 180, 365}, AmountBands: []int64{100_000, 1_000_000, 5_000_000, 20_000_000}, FewAre: 10,
		},
		Rhythms: []Rhythm{
			{ID: "weekly_funnel", Name: lang.T("每周漏斗与跟进健康复盘", "Weekly review of funnel and follow-up"), Covers: "funnel", Every: EveryWeek, Day: 1, At: "10:00", OpensIn: D("2d"),
				Role: string(auth.SalesManager), Invites: []string{string(auth.Salesperson)}, Evidence: []string{"minutes", "figures"}, Overdue: overdue},
			{ID: "churn_risk_list", Name: lang.T("每周流失风险客户清单审阅", "Weekly review of the churn-risk list"), Covers: "churn_risk", Every: EveryWeek, Day: 3, At: "10:00", OpensIn: D("1d"),
				Role: string(auth.SalesDirector), Invites: []string{string(auth.Success), string(auth.Service)}, Evidence: []string{"minutes", "list"}, Overdue: overdue},
			{ID: "monthly_departments", Name: lang.T("每月跨部门会议", "Monthly cross-department meeting"), Covers: "departments", Every: EveryMonth, Day: 5, At: "14:00", OpensIn: D("5d"),
				Role: string(auth.SalesDirector), Invites: []string{string(auth.Service), string(auth.Success), string(auth.Product), string(auth.Technical), string(auth.Operations)},
				Evidence: []string{"minutes", "attendance"}, Overdue: overdue},
			{ID: "quarterly_process", Name: lang.T("每季度流程复盘", "Quarterly process review"), Covers: "process", Every: EveryQuarter, Day: 10, At: "14:00", OpensIn: D("10d"),
				Role: string(auth.Management), Invites: []string{string(auth.SalesDirector), string(auth.Operations)}, Evidence: []string{"minutes"}, Overdue: overdue},
		},
		Targets: []Target{{ID: "next_quarter", Name: lang.T("下季度流失率降低10%", "10 % less churn next quarter"), Kind: "stage_target", Metric: "churn_rate", Permille: -100, Change: true}},
	}
}

// Reason gives a reason of the list.
func (r ChurnReviews) Reason(id string) (LossReason, bool) {
	i := slices.IndexFunc(r.Reasons, func(l LossReason) bool { return l.ID == id })
	if i < 0 {
		return LossReason{}, false
	}
	return r.Reasons[i], true
}

// Rhythm gives a rhythm of the book.
func (r Reviews) Rhythm(id string) (Rhythm, bool) {
	i := slices.IndexFunc(r.Rhythms, func(x Rhythm) bool { return x.ID == id })
	if i < 0 {
		return Rhythm{}, false
	}
	return r.Rhythms[i], true
}

// Occasion gives the first occasion of the rhythm that is due after an instant,
// in a zone (C-15). A day that a month or quarter does not have is its last.
func (r Rhythm) Occasion(after instant.Time, zone *time.Location) instant.Time {
	at, err := time.Parse("15:04", r.At)
	if err != nil {
		return 0
	}
	t := after.Std().In(zone)
	for n := 0; ; n++ {
		start, days := r.period(t, n)
		due := time.Date(start.Year(), start.Month(), start.Day()+min(r.Day, days)-1, at.Hour(), at.Minute(), 0, 0, zone)
		if o := instant.Of(due); o > after {
			return o
		}
	}
}

// turn is about how long a period of the rhythm is.
func (r Rhythm) turn() time.Duration {
	days := map[string]int{EveryWeek: 7, EveryMonth: 30}[r.Every]
	if days == 0 {
		days = 91
	}
	return time.Duration(days) * 24 * time.Hour
}

// Occasion gives the first occasion of a rhythm that is due after an instant, in the
// company's zone. At a review speed it is a period later by the demo's clock: a
// calendar of days that pass in a second has no Mondays.
func (v *View) Occasion(r Rhythm, after instant.Time) instant.Time {
	if v.ReviewSpeed > 1 {
		return after.Add(r.turn() / time.Duration(v.ReviewSpeed))
	}
	return r.Occasion(after, v.Zone())
}

// Opens gives when an occasion that is due at an instant opens.
func (v *View) Opens(r Rhythm, due instant.Time) instant.Time {
	return due.Add(-r.OpensIn.Elapsed() / time.Duration(max(v.ReviewSpeed, 1)))
}

// OccasionID names an occasion: by its day, and where a day passes in seconds by its time.
func (v *View) OccasionID(r Rhythm, due instant.Time) string {
	layout := "2006-01-02"
	if v.ReviewSpeed > 1 {
		layout += "T150405.000"
	}
	return r.ID + "." + due.Std().In(v.Zone()).Format(layout)
}

// period gives the beginning of the nth period from that of t on, and its days.
func (r Rhythm) period(t time.Time, n int) (start time.Time, days int) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
	switch r.Every {
	case EveryWeek:
		monday := t.Day() - (int(t.Weekday())+6)%7
		return day(t.Year(), t.Month(), monday+7*n), 7
	case EveryMonth:
		start = day(t.Year(), t.Month()+time.Month(n), 1)
		return start, int(day(start.Year(), start.Month()+1, 1).Sub(start).Hours() / 24)
	}
	first := (t.Month()-1)/3*3 + 1
	start = day(t.Year(), first+time.Month(3*n), 1)
	return start, int(day(start.Year(), start.Month()+3, 1).Sub(start).Hours() / 24)
}

var (
	churnRoles    = []string{"sales", "technical", "product", "service"}
	evidenceKinds = []string{"minutes", "figures", "list", "attendance"}
)

func (c *checker) reviews(v Reviews) {
	c.churnReviews(v.Churn)
	seen := map[string]bool{}
	for i, r := range v.Rhythms {
		at := fmt.Sprintf("reviews.rhythms[%d]", i)
		if seen[r.ID] {
			c.add(at+".id", "duplicate", "编号重复："+r.ID, "this id is used twice: "+r.ID)
		}
		seen[r.ID] = true
		c.named(at, r.Name)
		c.rhythm(at, r)
	}
	for i, t := range v.Targets {
		c.named(fmt.Sprintf("reviews.targets[%d]", i), t.Name)
	}
}

func (c *checker) rhythm(at string, r Rhythm) {
	most := map[string]int{EveryWeek: 7, EveryMonth: 31, EveryQuarter: 92}[r.Every]
	if r.Day > most {
		c.add(at+".day", "maximum", fmt.Sprintf("不能大于 %d", most), fmt.Sprintf("must be at most %d", most))
	}
	if !role(r.Role) {
		c.add(at+".role", "one_of", "没有这个角色："+r.Role, "no such role: "+r.Role)
	}
	c.roles(at+".invites", r.Invites)
	c.known(at+".evidence", r.Evidence, evidenceKinds)
	c.ladder(at+".overdue", r.Overdue)
	if period := map[string]Duration{EveryWeek: D("7d"), EveryMonth: D("28d"), EveryQuarter: D("90d")}[r.Every]; r.OpensIn.Elapsed() >= period.Elapsed() {
		c.add(at+".opens_in", "maximum", "不能长于复盘周期", "must be shorter than the time between two of them")
	}
}

// role tells whether people can have the role.
func role(name string) bool { return slices.Contains(auth.Roles, auth.Role(name)) }

func (c *checker) roles(at string, list []string) {
	for i, r := range list {
		if !role(r) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "one_of", "没有这个角色："+r, "no such role: "+r)
		}
	}
}

func (c *checker) churnReviews(v ChurnReviews) {
	seen := map[string]bool{}
	for i, r := range v.Reasons {
		at := fmt.Sprintf("reviews.churn.reasons[%d]", i)
		if seen[r.ID] {
			c.add(at+".id", "duplicate", "编号重复："+r.ID, "this id is used twice: "+r.ID)
		}
		seen[r.ID] = true
		c.named(at, r.Name)
	}
	c.known("reviews.churn.roles", v.Roles, churnRoles)
	c.options("reviews.churn.questions", v.Questions)
	for _, d := range []struct {
		name string
		is   Duration
	}{{"findings_within", v.FindingsWithin}, {"interview_within", v.InterviewWithin}, {"close_within", v.CloseWithin}, {"link_valid", v.LinkValid},
		{"look_back", v.LookBack}, {"reply_within", v.ReplyWithin}, {"quote_within", v.QuoteWithin}, {"gap_after", v.GapAfter}} {
		c.positive("reviews.churn."+d.name, d.is)
	}
	c.ladder("reviews.churn.overdue", v.Overdue)
	c.rising("reviews.churn.cycle_bands", v.CycleBands)
	amounts := make([]int, len(v.AmountBands))
	for i, a := range v.AmountBands {
		amounts[i] = int(a)
	}
	c.rising("reviews.churn.amount_bands", amounts)
}

// rising checks that bounds grow from above zero.
func (c *checker) rising(at string, bounds []int) {
	for i, b := range bounds {
		if b <= 0 || i > 0 && b <= bounds[i-1] {
			c.add(fmt.Sprintf("%s[%d]", at, i), "ascending", "必须大于前一个界限", "must be greater than the bound before it")
		}
	}
}
