package policy

import (
	"fmt"
	"slices"
)

// judgements are what can make a customer red or put them at risk of churn.
var judgements = []string{"health_fall", "unanswered", "low_score", "no_order", "low_ratings", "haggling"}

var riskGroups = []string{"no_order", "low_ratings", "haggling"}

func (c *checker) standing(v Standing) {
	at := "standing."
	c.positive(at+"lifecycle.new_for", v.Lifecycle.NewFor)
	c.positive(at+"lifecycle.silent_after", v.Lifecycle.SilentAfter)
	c.positive(at+"lifecycle.won_back_for", v.Lifecycle.WonBackFor)
	c.positive(at+"lifecycle.override_at_most", v.Lifecycle.OverrideAtMost)
	c.known(at+"lifecycle.churn_risk_when", v.Lifecycle.ChurnRiskWhen, judgements)
	c.known(at+"red_when", v.RedWhen, judgements)
	c.distinct(at+"proactive", v.Proactive)
	c.positive(at+"groups.no_order_for", v.Groups.NoOrderFor)
	c.positive(at+"groups.ratings_of", v.Groups.RatingsOf)
	c.positive(at+"groups.presses_of", v.Groups.PressesOf)
	c.positive(at+"groups.review_every", v.Groups.ReviewEvery)
	var rules []string
	for i, r := range v.Signals {
		c.signal(fmt.Sprintf("%ssignals[%d]", at, i), r)
		if slices.Contains(rules, r.Rule) {
			c.add(fmt.Sprintf("%ssignals[%d].rule", at, i), "duplicate", "规则重复："+r.Rule, "this rule is there twice: "+r.Rule)
		}
		rules = append(rules, r.Rule)
	}
	c.rootCauses(v.RootCauses)
	c.watch(v.Watch)
}

func (c *checker) signal(at string, r SignalRule) {
	if !slices.Contains(SignalNames, r.Rule) {
		return // the choices have named it
	}
	c.positive(at+".window", r.Window)
	c.plainTime(at+".window", r.Window)
	c.plainTime(at+".baseline", r.Baseline)
	if r.Does.Zh == "" || r.Does.En == "" {
		c.add(at+".does", "required", "必须写明中英文的处理动作", "needs words in both languages")
	}
	if slices.Contains(signalFalls, r.Rule) {
		c.positive(at+".baseline", r.Baseline)
		if r.Warning > 100 || r.Severe > 100 {
			c.add(at+".warning", "maximum", "下降比例不能超过100%", "a fall is at most 100 percent")
		}
	}
	undercut := slices.Contains(signalBelow, r.Rule) || r.Rule == SignalRenewal
	if r.Severe > 0 && (undercut && r.Severe > r.Warning || !undercut && r.Severe < r.Warning) {
		c.add(at+".severe", "order", "严重阈值必须不轻于预警阈值", "severe must not be milder than warning")
	}
	if r.Warning == 0 {
		c.add(at+".warning", "positive", "必须大于零，否则总是触发；不需要的规则请删除", "must be greater than zero, or it always fires; leave the rule out instead")
	}
}

// plainTime demands a clock that runs always: windows into the past are plain time.
func (c *checker) plainTime(at string, d Duration) {
	if d.Working() {
		c.add(at, "one_clock", "回看的时间段必须是自然时间", "what is looked back on is elapsed time")
	}
}

func (c *checker) rootCauses(list []RootCause) {
	known := append(slices.Clone(SignalNames), riskGroups...)
	seen := map[string]bool{}
	for i, r := range list {
		at := fmt.Sprintf("standing.root_causes[%d]", i)
		if seen[r.ID] {
			c.add(at+".id", "duplicate", "编号重复："+r.ID, "this id is used twice: "+r.ID)
		}
		seen[r.ID] = true
		c.named(at, r.Name)
		c.known(at+".signals", r.Signals, known)
	}
}

// watch checks that every chain ends at a supervisor and that nobody falls through (C-11).
func (c *checker) watch(list []Watch) {
	for i, w := range list {
		at := fmt.Sprintf("standing.watch[%d]", i)
		c.known(at+".groups", w.Groups, riskGroups)
		c.known(at+".then", w.Then, WatchRoles)
		last := w.Role
		if len(w.Then) > 0 {
			last = w.Then[len(w.Then)-1]
		}
		if !slices.Contains(watchEnds, last) {
			c.add(at+".then", "supervisor", "盯防链条必须以主管结束", "the chain must end at a supervisor")
		}
	}
	if len(list) > 0 && (len(list[len(list)-1].Tiers) > 0 || len(list[len(list)-1].Groups) > 0) {
		c.add(fmt.Sprintf("standing.watch[%d]", len(list)-1), "catch_all", "最后一行必须适用于所有客户，否则有人无人盯防", "the last row must fit everybody, or some are watched by nobody")
	}
}
