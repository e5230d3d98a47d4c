package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Contracts rules how contracts are drafted, approved, signed, renewed and paid
//
type Contracts struct {
	Seller          string             `json:"seller" doc:"Name of the company as contracts have it" maxLength:"300"`
	Currency        string             `json:"currency" doc:"Currency of the amounts of this section" pattern:"^[A-Z]{3}$"`
	Templates       []ContractTemplate `json:"templates" doc:"Standard texts (R-131)" minItems:"1"`
	Approvals       []ContractApproval `json:"approvals" doc:"Steps of approval in their order, each with when it is needed; a contract that needs none is approved at once (R-131, R-161)"`
	RenewalTemplate string             `json:"renewal_template" doc:"Template of a renewal" maxLength:"40"`
	UpsellTemplate  string             `json:"upsell_template" doc:"Template of a one-step upsell (R-133)" maxLength:"40"`
	// SignWithin is how long the signing link is good.
	SignWithin       Duration   `json:"sign_within" doc:"How long a signing link is good (R-132)"`
	SigningReminders []Duration `json:"signing_reminders" doc:"When the customer is reminded to sign, counted from the sending (R-132)"`
	SigningOverdue   []Step     `json:"signing_overdue" doc:"Ladder of a contract that was sent and is not signed (R-132)"`
	RenewalTalk      Duration   `json:"renewal_talk" doc:"How long before expiry the renewal talk is due; the first window opens it (R-130)"`
	RenewalWindows   []Duration `json:"renewal_windows" doc:"How long before expiry the owner is reminded while no intent to renew is recorded; the last also escalates and marks the renewal at risk (R-096, R-130)"`
	PaymentOverdue   []Step     `json:"payment_overdue" doc:"Ladder after an installment is due and not paid in full (R-136)"`
}

// ContractTemplate is a standard text with its term and payments.
type ContractTemplate struct {
	ID    string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name  lang.Text `json:"name"`
	Title lang.Text `json:"title" doc:"Title of the document"`
	// Text has placeholders such as {{buyer}}; an empty line begins a new paragraph.
	Text     lang.Text      `json:"text" doc:"Text with placeholders: {{number}} {{seller}} {{buyer}} {{tax_id}} {{from}} {{until}} {{total}} {{items}} {{payments}}; an empty line begins a paragraph"`
	Term     Duration       `json:"term" doc:"How long it runs"`
	Payments []PaymentShare `json:"payments" doc:"What is paid when, in per mille of the total" minItems:"1"`
}

// PaymentShare is a part of a contract's total.
type PaymentShare struct {
	Name      lang.Text `json:"name"`
	PerMille  int       `json:"per_mille" minimum:"1" maximum:"1000"`
	AfterDays int       `json:"after_days" doc:"Days after the signing" minimum:"0" maximum:"3650"`
}

// ContractApproval is a step of approval with when it is needed.
type ContractApproval struct {
	ID     string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name   lang.Text `json:"name"`
	Role   string    `json:"role" doc:"Who decides it"`
	Within Duration  `json:"within" doc:"Its clock"`
	Any    []When    `json:"any" doc:"It is needed if any of these holds; empty: always"`
}

// When says about which contracts: all that is set must hold.
type When struct {
	AmountFrom   int64    `json:"amount_from,omitempty" doc:"Total of at least so many minor units; a contract in another currency counts as above it" minimum:"0"`
	DiscountFrom int      `json:"discount_from,omitempty" doc:"Discount of at least so many per mille off the list" minimum:"0" maximum:"1000"`
	Tiers        []string `json:"tiers,omitempty" doc:"Customers of these tiers"`
	NonStandard  bool     `json:"non_standard,omitempty" doc:"Contracts whose text is not the template's alone"`
}

// Placeholders of a contract's text.
var Placeholders = []string{"number", "seller", "buyer", "tax_id", "from", "until", "total", "items", "payments"}

// demanded must be in every text: a contract without them says nothing.
var demanded = []string{"seller", "buyer", "from", "until", "total"}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Fill puts values for the placeholders of a text.
func Fill(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		return values[placeholder.FindStringSubmatch(p)[1]]
	})
}

// Template gives a contract's template, false if the book does not have it.
func (c Contracts) Template(id string) (ContractTemplate, bool) {
	i := slices.IndexFunc(c.Templates, func(t ContractTemplate) bool { return t.ID == id })
	if i < 0 {
		return ContractTemplate{}, false
	}
	return c.Templates[i], true
}

// Holds tells whether the condition holds for a contract.
func (w When) Holds(total money.Amount, currency string, discount int, tier string, standard bool) bool {
	switch {
	case w.AmountFrom > 0 && total.Currency == currency && total.Minor < w.AmountFrom:
		return false
	case w.DiscountFrom > 0 && discount < w.DiscountFrom:
		return false
	case len(w.Tiers) > 0 && !slices.Contains(w.Tiers, tier):
		return false
	}
	return !w.NonStandard || !standard
}

func shippedContracts() Contracts {
	text := func(service lang.Text) lang.Text {
		return lang.T("甲方（买方）：{{buyer}}，税号：{{tax_id}}\n乙方（卖方）：{{seller}}\n合同编号：{{number}}\n\n"+
			"第一条 标的："+service.Zh+"，明细如下：\n{{items}}\n\n第二条 期限：自 {{from}} 起至 {{until}} 止。\n\n"+
			"第三条 价款：合同总价为 {{total}}，按下列方式支付：\n{{payments}}\n\n"+
			"第四条 续约：乙方应在合同到期前主动与甲方沟通续约意向。\n\n第五条 争议：双方友好协商，协商不成的，提交卖方所在地人民法院。",
			"Party A (buyer): {{buyer}}, tax id {{tax_id}}\nParty B (seller): {{seller}}\nContract number: {{number}}\n\n"+
				"1. Object: "+service.En+", as listed:\n{{items}}\n\n2. Term: from {{from}} until {{until}}.\n\n"+
				"3. Price: {{total}} in all, to be paid as follows:\n{{payments}}\n\n"+
				"4. Renewal: Party B talks with Party A about renewing before the term ends.\n\n5. Disputes are settled amicably, else by the court at the seller's seat.")
	}
	half := []PaymentShare{{lang.T("首付款", "First payment"), 500, 7}, {lang.T("尾款", "Final payment"), 500, 30}}
	once := []PaymentShare{{lang.T("全款", "Full payment"), 1000, 15}}
	return Contracts{Seller: "本公司 / The Company", Currency: "CNY",
		Templates: []ContractTemplate{
			{ID: "standard_year", Name: lang.T("标准年度合同", "Standard yearly contract"), Title: lang.T("产品与服务合同", "Contract for products and services"),
				Text: text(lang.T("产品与服务", "products and services")), Term: D("365d"), Payments: half},
			{ID: "standard_upsell", Name: lang.T("标准增购合同", "Standard upsell contract"), Title: lang.T("增购合同", "Contract for additional products"),
				Text: text(lang.T("在原合同基础上增购的产品与服务", "products and services in addition to the contract in force")), Term: D("365d"), Payments: once},
			{ID: "standard_renewal", Name: lang.T("标准续约合同", "Standard renewal"), Title: lang.T("续约合同", "Renewal contract"),
				Text: text(lang.T("续约的产品与服务", "products and services that are renewed")), Term: D("365d"), Payments: once}},
		Approvals: []ContractApproval{
			{ID: "manager", Name: lang.T("销售主管审批", "Sales manager"), Role: string(auth.SalesManager), Within: D("1wd"),
				Any: []When{{AmountFrom: 5_000_000}, {DiscountFrom: 100}, {NonStandard: true}}},
			{ID: "director", Name: lang.T("销售总监审批", "Sales director"), Role: string(auth.SalesDirector), Within: D("1wd"),
				Any: []When{{AmountFrom: 20_000_000}, {DiscountFrom: 200}}},
			{ID: "management", Name: lang.T("管理层审批", "Management"), Role: string(auth.Management), Within: D("2wd"),
				Any: []When{{AmountFrom: 100_000_000}, {DiscountFrom: 300}, {NonStandard: true}}}},
		RenewalTemplate: "standard_renewal", UpsellTemplate: "standard_upsell",
		SignWithin: D("30d"), SigningReminders: []Duration{D("2d"), D("5d"), D("9d")},
		SigningOverdue: []Step{{D("7d"), ActRemind}, {D("14d"), ActEscalate}},
		RenewalTalk:    D("60d"), RenewalWindows: []Duration{D("90d"), D("60d"), D("30d")},
		PaymentOverdue: []Step{{D("1d"), ActRemind}, {D("7d"), ActWarn}, {D("30d"), ActEscalate}}}
}

func (c *checker) contracts(v Contracts) {
	if !money.Known(v.Currency) {
		c.add("contracts.currency", "currency", "不是有效的货币代码", "is not a currency of ISO 4217")
	}
	ids := make([]string, len(v.Templates))
	for i, t := range v.Templates {
		ids[i] = t.ID
		c.template(fmt.Sprintf("contracts.templates[%d]", i), t)
	}
	c.distinct("contracts.templates", ids)
	for _, r := range [][2]string{{"renewal_template", v.RenewalTemplate}, {"upsell_template", v.UpsellTemplate}} {
		if !slices.Contains(ids, r[1]) {
			c.add("contracts."+r[0], "exists", "没有这个合同模板："+r[1], "no template has this id: "+r[1])
		}
	}
	steps := make([]string, len(v.Approvals))
	for i, a := range v.Approvals {
		at := fmt.Sprintf("contracts.approvals[%d]", i)
		steps[i] = a.ID
		c.named(at, a.Name)
		c.positive(at+".within", a.Within)
		if !slices.Contains(auth.Roles, auth.Role(a.Role)) {
			c.add(at+".role", "one_of", "不是角色："+a.Role, "is not a role: "+a.Role)
		}
	}
	c.distinct("contracts.approvals", steps)
	c.positive("contracts.sign_within", v.SignWithin)
	c.ascending("contracts.signing_reminders", v.SigningReminders)
	if n := len(v.SigningReminders); n > 0 && v.SigningReminders[n-1].Elapsed() >= v.SignWithin.Elapsed() {
		c.add("contracts.signing_reminders", "maximum", "提醒必须早于链接失效", "must come before the link expires (sign_within)")
	}
	c.ladder("contracts.signing_overdue", v.SigningOverdue)
	c.ladder("contracts.payment_overdue", v.PaymentOverdue)
	c.told("contracts.signing_overdue", v.SigningOverdue)
	c.told("contracts.payment_overdue", v.PaymentOverdue)
	c.positive("contracts.renewal_talk", v.RenewalTalk)
	c.closing("contracts.renewal_windows", v.RenewalWindows)
	if len(v.RenewalWindows) > 0 && v.RenewalTalk.Elapsed() > v.RenewalWindows[0].Elapsed() {
		c.add("contracts.renewal_talk", "maximum", "续约沟通的期限不能早于第一个窗口", "must not be due before the first window opens")
	}
}

// template checks that a text names what a contract must, in both languages, and nothing that does not exist.
func (c *checker) template(at string, t ContractTemplate) {
	c.named(at, t.Name)
	c.positive(at+".term", t.Term)
	for _, l := range []struct{ name, title, text string }{{"zh", t.Title.Zh, t.Text.Zh}, {"en", t.Title.En, t.Text.En}} {
		if strings.TrimSpace(l.title) == "" {
			c.add(at+".title."+l.name, "required", "必填", "is required")
		}
		field := at + ".text." + l.name
		var have []string
		for _, m := range placeholder.FindAllStringSubmatch(l.text, -1) {
			have = append(have, m[1])
			if !slices.Contains(Placeholders, m[1]) {
				c.add(field, "placeholder", "没有这个占位符：{{"+m[1]+"}}", "there is no placeholder {{"+m[1]+"}}; there are "+strings.Join(Placeholders, ", "))
			}
		}
		for _, d := range demanded {
			if !slices.Contains(have, d) {
				c.add(field, "placeholder", "缺少占位符：{{"+d+"}}", "lacks the placeholder {{"+d+"}}")
			}
		}
		if rest := placeholder.ReplaceAllString(l.text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
			c.add(field, "placeholder", "占位符的括号没有成对", "has braces of a placeholder that do not match")
		}
	}
	sum := 0
	for i, p := range t.Payments {
		c.named(fmt.Sprintf("%s.payments[%d]", at, i), p.Name)
		sum += p.PerMille
	}
	if sum != 1000 {
		c.add(at+".payments", "sum", fmt.Sprintf("各期比例之和必须为 1000‰，现在是 %d‰", sum), fmt.Sprintf("must sum up to 1000 per mille; they give %d", sum))
	}
}

// told checks that a ladder only tells people: nothing of a contract can be recycled.
func (c *checker) told(at string, steps []Step) {
	for i, s := range steps {
		if !slices.Contains([]string{ActRemind, ActWarn, ActEscalate}, s.Action) {
			c.add(fmt.Sprintf("%s[%d].action", at, i), "one_of", "只能是 remind、warn、escalate", "must be remind, warn or escalate")
		}
	}
}

// ascending checks that times come one after the other.
func (c *checker) ascending(at string, list []Duration) {
	for i, d := range list {
		field := fmt.Sprintf("%s[%d]", at, i)
		c.positive(field, d)
		if i > 0 && d.Elapsed() <= list[i-1].Elapsed() {
			c.add(field, "ascending", "必须晚于前一个", "must be later than the one before it")
		}
	}
}

// closing checks that times before an end come closer to it, in elapsed time.
func (c *checker) closing(at string, list []Duration) {
	for i, d := range list {
		field := fmt.Sprintf("%s[%d]", at, i)
		c.positive(field, d)
		if d.Working() {
			c.add(field, "elapsed", "只能用自然时间", "must be elapsed time, such as 30d")
		}
		if i > 0 && d.Elapsed() >= list[i-1].Elapsed() {
			c.add(field, "descending", "必须由远及近排列", "must come closer one after the other")
		}
	}
}
