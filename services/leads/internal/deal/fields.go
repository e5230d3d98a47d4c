package deal

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Bounds of a deal's fields.
const (
	shortText   = 200
	longText    = 2000
	maxList     = 50
	MaxQuotes   = 200
	maxMinor    = 9_000_000_000_000_000
	earliestYMD = instant.Time(-2208988800000) // 1900-01-01
)

// Fields are the fields of a deal that people edit; nil leaves one as it is,
// an empty value clears it.
type Fields struct {
	Title           *string
	Company         *string
	Source          *string
	Product         *string
	Need            *string
	CustomerType    *string
	BudgetBand      *string
	KeyPerson       *string
	KeyNeed         *string
	DecisionMaker   *string
	ProcurementNode *string
	Competitors     *[]string
	Objections      *[]string
	Amount          *money.Amount
	ExpectedClose   *instant.Time
	FollowOnContact *string
	ServiceNodes    *[]string
	RevisitCadence  *catalogue.Cadence
}

// apply writes the fields onto a deal and names those that changed.
func (f Fields) apply(d *catalogue.Deal) []string {
	var names []string
	text := func(name string, to *string, v *string) {
		if v == nil {
			return
		}
		if s := strings.TrimSpace(*v); s != *to {
			*to, names = s, append(names, name)
		}
	}
	list := func(name string, to *[]string, v *[]string) {
		if v == nil {
			return
		}
		if l := tidy(*v); !slices.Equal(l, *to) {
			*to, names = l, append(names, name)
		}
	}
	text("title", &d.Title, f.Title)
	text("company", &d.Company, f.Company)
	text("source", &d.Source, f.Source)
	text("product", &d.Product, f.Product)
	text("need", &d.Need, f.Need)
	text("customer_type", &d.CustomerType, f.CustomerType)
	text("budget_band", &d.BudgetBand, f.BudgetBand)
	text("key_person", &d.KeyPerson, f.KeyPerson)
	text("key_need", &d.KeyNeed, f.KeyNeed)
	text("decision_maker", &d.DecisionMaker, f.DecisionMaker)
	text("procurement_node", &d.ProcurementNode, f.ProcurementNode)
	list("competitors", &d.Competitors, f.Competitors)
	list("objections", &d.Objections, f.Objections)
	if f.Amount != nil && (d.Amount == nil || *d.Amount != *f.Amount) {
		a := *f.Amount
		d.Amount, names = &a, append(names, "amount")
	}
	if f.ExpectedClose != nil && *f.ExpectedClose != d.ExpectedClose {
		d.ExpectedClose, names = *f.ExpectedClose, append(names, "expected_close")
	}
	text("follow_on_contact", &d.FollowOnContact, f.FollowOnContact)
	list("service_nodes", &d.ServiceNodes, f.ServiceNodes)
	if f.RevisitCadence != nil && (d.RevisitCadence == nil || *d.RevisitCadence != *f.RevisitCadence) {
		c := *f.RevisitCadence
		d.RevisitCadence, names = &c, append(names, "revisit_cadence")
	}
	return names
}

// tidy trims entries and drops empty and repeated ones; nil if none is left.
func tidy(in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// check collects what is wrong with a deal's fields.
func check(d catalogue.Deal, v *policy.View) []problem.Field {
	var c checks
	c.text("title", d.Title, shortText)
	c.text("company", d.Company, shortText)
	c.text("product", d.Product, shortText)
	c.text("need", d.Need, longText)
	c.text("key_person", d.KeyPerson, shortText)
	c.text("key_need", d.KeyNeed, longText)
	c.text("decision_maker", d.DecisionMaker, shortText)
	c.text("procurement_node", d.ProcurementNode, shortText)
	c.text("lost_remark", d.LostRemark, longText)
	c.option("source", d.Source, v.Sections.Intake.Sources)
	c.option("customer_type", d.CustomerType, v.Sections.FollowUp.CustomerTypes)
	c.option("budget_band", d.BudgetBand, v.Sections.FollowUp.BudgetBands)
	for i, o := range d.Objections {
		c.option(fmt.Sprintf("objections[%d]", i), o, v.Sections.FollowUp.Objections)
	}
	if len(d.Competitors) > maxList {
		c.add("competitors", "max_items", fmt.Sprintf("最多 %d 项", maxList), fmt.Sprintf("at most %d items", maxList))
	}
	for i, o := range d.Competitors {
		c.text(fmt.Sprintf("competitors[%d]", i), o, shortText)
	}
	c.amount("amount", d.Amount)
	c.care(d, v.Sections.Maintenance)
	if !d.ExpectedClose.IsZero() && d.ExpectedClose < earliestYMD {
		c.add("expected_close", "too_old", "日期过早", "is implausibly long ago")
	}
	return c
}

type checks []problem.Field

func (c *checks) add(field, rule, zh, en string) {
	*c = append(*c, problem.FieldError(field, rule, zh, en))
}

func (c *checks) text(field, v string, limit int) {
	switch {
	case !utf8.ValidString(v):
		c.add(field, "utf8", "不是有效的文本", "is not valid text")
	case utf8.RuneCountInString(v) > limit:
		c.add(field, "max_length", fmt.Sprintf("最多 %d 个字", limit), fmt.Sprintf("has more than %d characters", limit))
	}
}

func (c *checks) option(field, v string, options []policy.Option) {
	if v == "" || slices.ContainsFunc(options, func(o policy.Option) bool { return o.ID == v }) {
		return
	}
	ids := make([]string, 0, len(options))
	for _, o := range options {
		ids = append(ids, o.ID)
	}
	all := strings.Join(ids, ", ")
	c.add(field, "one_of", "只能选："+all, "must be one of "+all)
}

func (c *checks) amount(field string, a *money.Amount) {
	if a == nil {
		return
	}
	if a.Minor < 0 || a.Minor > maxMinor {
		c.add(field+".minor", "range", "金额超出范围", "is out of range")
	}
	if !money.Known(a.Currency) {
		c.add(field+".currency", "currency", "不是 ISO 4217 中现行的货币代码", "is not the ISO 4217 code of a currency in use")
	}
}

// FieldName gives a field that a stage can require in words.
func FieldName(field string) lang.Text {
	if t, ok := fieldNames[field]; ok {
		return t
	}
	return lang.T(field, field)
}

var fieldNames = map[string]lang.Text{
	"objections": lang.T("异议标签", "Objection tags"), "competitors": lang.T("竞争对手信息", "Competitor information"),
	"decision_maker": lang.T("关键决策人", "Key decision maker"), "procurement_node": lang.T("采购流程节点", "Procurement-process node"),
	"amount": lang.T("金额", "Amount"), "quote": lang.T("已发送的报价", "A quote that was sent"), "lost_reason": lang.T("流失原因", "Reason for the loss"),
	"need": lang.T("需求", "Need"), "product": lang.T("产品", "Product"), "key_person": lang.T("关键人", "Key person"), "key_need": lang.T("关键需求", "Key need"),
	"customer": lang.T("客户", "Customer"), "expected_close": lang.T("预计成交日", "Expected close"), "customer_type": lang.T("客户类型", "Customer type"),
	"budget_band": lang.T("预算等级", "Budget band"), "follow_on_contact": lang.T("后续联系人", "Follow-on contact"),
	"service_nodes": lang.T("服务节点", "Service nodes"), "revisit_cadence": lang.T("回访节奏", "Revisit cadence"),
}
