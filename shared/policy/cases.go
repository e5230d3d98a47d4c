package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/calendar"
	"liuke.dev/shared/lang"
)

// Cases rules how what customers ask, complain of and suggest is answered: who
// answers, how fast, who is told before and after a clock runs down.
type Cases struct {
	Kinds       []CaseKind   `json:"kinds" doc:"Kinds of cases with their service nodes (R-137 to R-139)" minItems:"1"`
	Channels    []Option     `json:"channels" doc:"Ways on which cases come in (R-144)" minItems:"1"`
	Complaint   string       `json:"complaint" doc:"Kind of what comes by the complaint path (R-144)"`
	TakeUp      Duration     `json:"take_up" doc:"A complaint that another department's system tells on the timeline becomes a case if it happened no longer ago than this; empty: none does (R-074)"`
	RemindAfter []Duration   `json:"remind_after" doc:"A case that waits for the customer this long reminds the customer"`
	CloseWait   Duration     `json:"close_wait" doc:"A case that waits for the customer this long is closed; empty: never"`
	CloseSolved Duration     `json:"close_solved" doc:"A solved case that nobody objects to is closed after this; empty: never"`
	Reopen      Duration     `json:"reopen" doc:"How long after its end a case can be opened again; empty: always"`
	Outcomes    []CaseAnswer `json:"outcomes" doc:"What becomes of a suggestion (R-145)" minItems:"1"`
}

// CaseKind is a kind of cases: a service node with its owner, content and clocks.
type CaseKind struct {
	ID      string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name    lang.Text `json:"name"`
	Content lang.Text `json:"content" doc:"What is to be recorded"`
	Role    string    `json:"role" doc:"Role that answers: the customer's owner if they have it, else who leads them, else whoever has the fewest open cases" enum:"salesperson,sales_manager,sales_director,service,product,operations,marketing,implementation,account_manager,customer_success,technical,management"`
	// Priority of cases that are given none.
	Priority string      `json:"priority" enum:"low,normal,high,urgent"`
	Clocks   []CaseClock `json:"clocks" doc:"Response and resolution clocks; the first that fits tier and priority counts" minItems:"1"`
	Calendar string      `json:"calendar,omitempty" doc:"Working calendar of the clocks; empty: that of the owner"`
	WarnAt   []int       `json:"warn_at" doc:"Warn the owner when so many percent of a clock have passed (R-141)"`
	Late     []Step      `json:"late" doc:"Ladder after a clock ran down (R-141)"`
	Confirm  bool        `json:"confirm" doc:"Tell the customer that the case is open, with the link to its progress (R-142)"`
	Outcome  bool        `json:"outcome" doc:"It cannot be closed without an outcome that the customer was told (R-145)"`
}

// CaseClock holds the clocks of a case; an empty tier or priority fits any.
type CaseClock struct {
	Tier     string   `json:"tier,omitempty"`
	Priority string   `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Response Duration `json:"response" doc:"First response"`
	Solution Duration `json:"solution" doc:"Resolution"`
}

// CaseAnswer is what becomes of a suggestion; Final ones end it.
type CaseAnswer struct {
	ID    string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name  lang.Text `json:"name"`
	Final bool      `json:"final"`
}

// Kind gives a kind of cases, nil if the book does not have it.
func (c Cases) Kind(id string) *CaseKind {
	for i := range c.Kinds {
		if c.Kinds[i].ID == id {
			return &c.Kinds[i]
		}
	}
	return nil
}

// Outcome gives what can become of a suggestion, nil if the book does not have it.
func (c Cases) Outcome(id string) *CaseAnswer {
	for i := range c.Outcomes {
		if c.Outcomes[i].ID == id {
			return &c.Outcomes[i]
		}
	}
	return nil
}

// Clock gives the clocks of a case of the kind.
func (k *CaseKind) Clock(tier, priority string) CaseClock {
	for _, c := range k.Clocks {
		if (c.Tier == "" || c.Tier == tier) && (c.Priority == "" || c.Priority == priority) {
			return c
		}
	}
	return CaseClock{}
}

// Priorities of cases, from the least.
var Priorities = []string{"low", "normal", "high", "urgent"}

func shippedCases() Cases {
	late := []Step{{D("0wh"), ActWarn}, {D("2wh"), ActEscalate}}
	kind := func(id, zh, en, contentZh, contentEn string, role auth.Role, priority string, clocks ...CaseClock) CaseKind {
		return CaseKind{ID: id, Name: lang.T(zh, en), Content: lang.T(contentZh, contentEn), Role: string(role), Priority: priority, Clocks: clocks,
			WarnAt: []int{75}, Late: late, Confirm: true}
	}
	clock := func(tier, priority, response, solution string) CaseClock {
		return CaseClock{Tier: tier, Priority: priority, Response: D(response), Solution: D(solution)}
	}
	suggestion := kind("suggestion", "建议", "Suggestion", "建议内容与处理结果", "Suggestion and what became of it", auth.Product, "low", clock("", "", "2wd", "20wd"))
	suggestion.Outcome = true
	return Cases{
		Kinds: []CaseKind{
			kind("inquiry", "售前咨询", "Pre-sale inquiry", "初步需求收集", "Initial needs", auth.SalesManager, "normal", clock("", "", "1wd", "3wd")),
			kind("alignment", "业务对接", "Business alignment", "方案细节", "Detail of the solution", auth.Implementation, "normal", clock("", "", "2wd", "10wd")),
			kind("support", "售后支持", "After-sales support", "问题处理记录", "How the problem was handled", auth.AccountManager, "normal",
				clock("", "urgent", "1wh", "4wh"), clock("vip", "", "2wh", "8wh"), clock("", "", "4wh", "3wd")),
			kind("complaint", "投诉", "Complaint", "投诉内容与处理", "Complaint and how it was handled", auth.Service, "high",
				clock("vip", "", "1wh", "1wd"), clock("", "", "2wh", "2wd")),
			suggestion,
		},
		Channels: []Option{option("phone", "电话", "Telephone"), option("mail", "邮件", "Mail"), option("wechat", "微信", "WeChat"), option("web", "网页", "Web"),
			option("app", "应用内", "In the product"), option("visit", "当面", "In person"), option("survey", "满意度调查", "Survey"), option("other", "其他", "Other")},
		Complaint: "complaint", TakeUp: D("3d"),
		RemindAfter: []Duration{D("2wd"), D("4wd")}, CloseWait: D("10d"), CloseSolved: D("5d"), Reopen: D("30d"),
		Outcomes: []CaseAnswer{{"accepted", lang.T("采纳", "Accepted"), false}, {"planned", lang.T("已排期", "Planned"), false},
			{"done", lang.T("已落实", "Done"), true}, {"rejected", lang.T("未采纳", "Rejected"), true}},
	}
}

func (c *checker) cases(s Sections) {
	v := s.Cases
	c.options("cases.channels", v.Channels)
	seen := map[string]bool{}
	for i, k := range v.Kinds {
		at := fmt.Sprintf("cases.kinds[%d]", i)
		if seen[k.ID] {
			c.add(at+".id", "duplicate", "编号重复："+k.ID, "this id is used twice: "+k.ID)
		}
		seen[k.ID] = true
		c.caseKind(at, k, s)
	}
	if !seen[v.Complaint] {
		c.add("cases.complaint", "exists", "没有这个工单类型："+v.Complaint, "no kind of cases has this id: "+v.Complaint)
	}
	for i, d := range v.RemindAfter {
		at := fmt.Sprintf("cases.remind_after[%d]", i)
		c.positive(at, d)
		if i > 0 && d.Elapsed() <= v.RemindAfter[i-1].Elapsed() {
			c.add(at, "ascending", "必须晚于上一次", "must be later than the one before it")
		}
	}
	final := false
	for i, o := range v.Outcomes {
		c.named(fmt.Sprintf("cases.outcomes[%d]", i), o.Name)
		final = final || o.Final
	}
	if !final {
		c.add("cases.outcomes", "final", "至少要有一个终结结果，否则建议永远无法关闭", "needs a final one, else no suggestion could ever be closed")
	}
}

func (c *checker) caseKind(at string, k CaseKind, s Sections) {
	c.named(at, k.Name)
	c.ladder(at+".late", k.Late)
	last := len(k.Clocks) - 1
	for i, clock := range k.Clocks {
		field := fmt.Sprintf("%s.clocks[%d]", at, i)
		c.positive(field+".response", clock.Response)
		c.positive(field+".solution", clock.Solution)
		if anybody := clock.Tier == "" && clock.Priority == ""; anybody != (i == last) {
			c.add(field, "last", "最后一条且仅最后一条适用于所有等级和优先级", "the last one, and only that, fits any tier and priority")
		}
		if clock.Tier != "" && !Has(s.Customers.Tiers, clock.Tier) {
			c.add(field+".tier", "exists", "没有这个客户等级："+clock.Tier, "no tier has this id: "+clock.Tier)
		}
	}
	if k.Calendar != "" && !slices.ContainsFunc(s.Calendars.Calendars, func(x calendar.Calendar) bool { return x.ID == k.Calendar }) {
		c.add(at+".calendar", "exists", "没有这个日历："+k.Calendar, "no calendar has this id: "+k.Calendar)
	}
	for i, p := range k.WarnAt {
		if p < 1 || p > 99 || i > 0 && p <= k.WarnAt[i-1] {
			c.add(fmt.Sprintf("%s.warn_at[%d]", at, i), "percent", "应为 1 到 99 之间递增的百分比", "takes percentages from 1 to 99, each above the one before")
		}
	}
}
