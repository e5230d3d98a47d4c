package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/lang"
)

// HealthScore holds the models of the health score. A customer
// is scored by the first model that names the customer's sector, otherwise by
// the first that names none.
type HealthScore struct {
	Models []HealthModel `json:"models" doc:"Models by industry (R-103)" minItems:"1"`
}

// HealthModel is a transparent model: the score is the weighted mean of its inputs' scores.
type HealthModel struct {
	ID       string        `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Version  int           `json:"version" doc:"Grows with every change; scores keep the version that they were made by (R-104)" minimum:"1" maximum:"100000"`
	Name     lang.Text     `json:"name"`
	Sectors  []string      `json:"sectors,omitempty" doc:"Industries it is for; empty: every other"`
	Inputs   []HealthInput `json:"inputs" minItems:"1"`
	LowBelow int           `json:"low_below" doc:"A score below this is low: high risk of churn (R-105)" minimum:"0" maximum:"100"`
}

// Inputs of a health score, and more that a company may choose.
const (
	InputActivity    = "activity"        // 客户活跃度: active days, percent of own baseline
	InputOrders      = "order_frequency" // 成交频次: orders, percent of own baseline
	InputAmount      = "purchase_amount" // 购买金额: amount ordered, percent of own baseline
	InputRecency     = "order_recency"   // 最近一次下单: days since, percent of the usual gap
	InputPayment     = "payment_cycle"   // 支付周期: mean days late
	InputComplaints  = "complaints"      // 投诉记录: complaints, open ones count twice
	InputSatisfied   = "satisfaction"    // 满意度: mean rating of 100
	InputInteraction = "interaction"     // 互动频次: what came from the customer, percent of own baseline
	InputUsage       = "usage_depth"     // 使用深度: core features used, percent
	InputResponse    = "response_speed"  // 需求响应速度: mean hours until we answered
)

// HealthInputs lists the inputs that there are.
var HealthInputs = []string{InputActivity, InputOrders, InputAmount, InputRecency, InputPayment, InputComplaints, InputSatisfied, InputInteraction, InputUsage, InputResponse}

// HealthInput is one dimension with its weight. What is measured becomes a score
// on the straight line from zero (none) to full (100), cut off at both ends; zero
// may be the greater one. An input of which a customer has no data does not count.
type HealthInput struct {
	Input    string    `json:"input" enum:"activity,order_frequency,purchase_amount,order_recency,payment_cycle,complaints,satisfaction,interaction,usage_depth,response_speed"`
	Name     lang.Text `json:"name"`
	Weight   int       `json:"weight" minimum:"0" maximum:"1000"`
	Window   Duration  `json:"window" doc:"What is looked at"`
	Baseline Duration  `json:"baseline,omitempty" doc:"The customer's own time before, for inputs that are compared with it"`
	Least    int       `json:"least,omitempty" doc:"Cases that the baseline must hold for the input to count" minimum:"0" maximum:"1000"`
	Zero     int       `json:"zero" doc:"Measure that scores 0" minimum:"0" maximum:"100000"`
	Full     int       `json:"full" doc:"Measure that scores 100" minimum:"0" maximum:"100000"`
}

// Label names the model and its version as scores keep it.
func (m HealthModel) Label() string { return fmt.Sprintf("%s.%d", m.ID, m.Version) }

// For gives the model of a sector.
func (h HealthScore) For(sector string) HealthModel {
	rest := h.Models[0]
	found := false
	for _, m := range h.Models {
		if sector != "" && slices.Contains(m.Sectors, sector) {
			return m
		}
		if len(m.Sectors) == 0 && !found {
			rest, found = m, true
		}
	}
	return rest
}

func healthDefaults() HealthScore {
	compared := func(input, zh, en string, weight int, window, baseline string, least int) HealthInput {
		return HealthInput{Input: input, Name: lang.T(zh, en), Weight: weight, Window: D(window), Baseline: D(baseline), Least: least, Zero: 0, Full: 90}
	}
	plain := func(input, zh, en string, weight int, window string, zero, full int) HealthInput {
		return HealthInput{Input: input, Name: lang.T(zh, en), Weight: weight, Window: D(window), Zero: zero, Full: full}
	}
	return HealthScore{Models: []HealthModel{{ID: "general", Version: 1, Name: lang.T("通用健康模型", "General model"), LowBelow: 40, Inputs: []HealthInput{
		compared(InputActivity, "客户活跃度", "Activity", 20, "56d", "168d", 4),
		compared(InputOrders, "成交频次", "Order frequency", 20, "84d", "252d", 3),
		compared(InputAmount, "购买金额", "Purchase amount", 10, "84d", "252d", 3),
		plain(InputPayment, "支付周期", "Payment cycle", 10, "180d", 45, 0),
		plain(InputComplaints, "投诉记录", "Complaints", 15, "90d", 4, 0),
		plain(InputSatisfied, "满意度", "Satisfaction", 15, "180d", 30, 90),
		compared(InputInteraction, "互动频次", "Interaction", 10, "56d", "168d", 4),
	}}}}
}

func (c *checker) health(v HealthScore) {
	ids, general := map[string]bool{}, 0
	var sectors []string
	for i, m := range v.Models {
		at := fmt.Sprintf("health.models[%d]", i)
		if ids[m.ID] {
			c.add(at+".id", "duplicate", "编号重复："+m.ID, "this id is used twice: "+m.ID)
		}
		ids[m.ID] = true
		c.named(at, m.Name)
		if len(m.Sectors) == 0 {
			general++
		}
		for j, s := range m.Sectors {
			if slices.Contains(sectors, s) {
				c.add(fmt.Sprintf("%s.sectors[%d]", at, j), "duplicate", "这个行业已有模型："+s, "this industry has a model already: "+s)
			}
			sectors = append(sectors, s)
		}
		c.healthInputs(at, m)
	}
	if general != 1 {
		c.add("health.models", "general", "必须恰有一个不限行业的模型", "exactly one model must name no industry, for every other")
	}
}

func (c *checker) healthInputs(at string, m HealthModel) {
	total := 0
	var seen []string
	for i, in := range m.Inputs {
		field := fmt.Sprintf("%s.inputs[%d]", at, i)
		if slices.Contains(seen, in.Input) {
			c.add(field+".input", "duplicate", "维度重复："+in.Input, "this input is there twice: "+in.Input)
		}
		seen = append(seen, in.Input)
		total += in.Weight
		c.named(field, in.Name)
		c.positive(field+".window", in.Window)
		c.plainTime(field+".window", in.Window)
		c.plainTime(field+".baseline", in.Baseline)
		if in.Zero == in.Full {
			c.add(field+".full", "distinct", "满分值与零分值不能相同", "must differ from zero")
		}
		if slices.Contains([]string{InputActivity, InputOrders, InputAmount, InputInteraction}, in.Input) {
			c.positive(field+".baseline", in.Baseline)
		}
	}
	if total == 0 && len(m.Inputs) > 0 {
		c.add(at+".inputs", "positive", "权重之和必须大于零", "the weights must not all be zero")
	}
}
