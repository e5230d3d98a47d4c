package policy

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// Rules are the rules of journeys that can start a link of the chain, each with
// what tells whether the book leaves it switched on.
var rules = map[string]func(Sections) bool{
	"first_touch":   func(s Sections) bool { return !s.Intake.FirstTouchWithin.IsZero() },
	"next_touch":    func(s Sections) bool { return len(s.Tasks.Overdue) > 0 },
	"second_touch":  func(s Sections) bool { return !s.LeadCare.NoReplyAfter.IsZero() },
	"nurture":       func(s Sections) bool { return !s.LeadCare.NurtureEvery.IsZero() },
	"idle":          func(s Sections) bool { return len(s.LeadCare.Idle) > 0 },
	"quote_confirm": func(s Sections) bool { return !s.Tasks.QuoteConfirmWithin.IsZero() || anyRevisit(s.Pipelines) },
	"recycle":       func(s Sections) bool { return !s.Ownership.RecycleAfter.IsZero() },
}

func anyRevisit(p Pipelines) bool {
	return slices.ContainsFunc(p.Pipelines, func(p Pipeline) bool {
		return slices.ContainsFunc(p.Stages, func(s Stage) bool { return !s.RevisitWithin.IsZero() })
	})
}

// chain checks that each link is started by something that can happen.
func (c *checker) chain(s Sections) {
	seen := map[string]bool{}
	for i, l := range s.Chain.Links {
		at := fmt.Sprintf("chain.links[%d]", i)
		if l.ID == "" {
			c.fields = append(c.fields, problem.Required(at+".id"))
		} else if seen[l.ID] {
			c.add(at+".id", "duplicate", "编号重复："+l.ID, "this id is used twice: "+l.ID)
		}
		seen[l.ID] = true
		c.named(at, l.Name)
		c.trigger(at+".trigger", l, s)
	}
}

func (c *checker) trigger(at string, l Link, s Sections) {
	rule, isRule := strings.CutPrefix(l.Trigger, "rule:")
	switch on, exists := rules[rule]; {
	case l.Trigger == "":
		c.add(at, "R-011", "环节没有触发条件："+l.ID, "a link without a trigger: "+l.ID)
	case isRule && !exists:
		c.add(at, "R-011", "没有这条规则："+rule, "no such rule: "+rule)
	case isRule && !on(s):
		c.add(at, "R-011", "触发规则已被关闭："+rule, "the rule that triggers this link is switched off: "+rule)
	case !isRule && !slices.ContainsFunc(catalogue.All(), func(d catalogue.Data) bool { return d.Kind().Type == l.Trigger }):
		c.add(at, "R-011", "没有这类事件："+l.Trigger, "no such fact type: "+l.Trigger)
	}
}
