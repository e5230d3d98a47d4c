package policy

import (
	"fmt"
	"slices"
)

// RequiredFields are what a gate can ask of a deal.
var RequiredFields = []string{"objections", "competitors", "decision_maker", "procurement_node", "amount", "quote", "lost_reason", "need"}

// Reference is the pipeline that all others map to in cross-team reports (C-01).
const Reference = "p7"

// Final tells whether a deal ends in a stage of this type.
func (t StageType) Final() bool { return t == StageWon || t == StageLost }

func (c *checker) pipelines(v Pipelines) {
	seen := map[string]bool{}
	var reference *Pipeline
	for i := range v.Pipelines {
		if v.Pipelines[i].ID == Reference {
			reference = &v.Pipelines[i]
		}
	}
	for i, p := range v.Pipelines {
		at := fmt.Sprintf("pipelines.pipelines[%d]", i)
		if seen[p.ID] {
			c.add(at+".id", "duplicate", "编号重复："+p.ID, "this id is used twice: "+p.ID)
		}
		seen[p.ID] = true
		c.named(at, p.Name)
		c.stages(at+".stages", p, reference)
	}
	if !seen[v.Default] {
		c.add("pipelines.default", "exists", "没有这个流程："+v.Default, "no pipeline has this id: "+v.Default)
	}
}

func (c *checker) stages(at string, p Pipeline, reference *Pipeline) {
	types := map[StageType]int{}
	ids := map[string]int{}
	for i, s := range p.Stages {
		field := fmt.Sprintf("%s[%d]", at, i)
		if _, twice := ids[s.ID]; twice {
			c.add(field+".id", "duplicate", "编号重复："+s.ID, "this id is used twice: "+s.ID)
		}
		ids[s.ID] = i
		types[s.Type]++
		c.named(field, s.Name)
		c.stage(field, s, p.ID, reference)
	}
	for _, t := range []StageType{StageWon, StageLost} {
		if types[t] == 0 {
			c.add(at, "final_stage", "缺少终点阶段："+string(t), "a stage of type "+string(t)+" is missing")
		}
	}
	if len(p.Stages) > 0 && p.Stages[0].Type.Final() {
		c.add(at+"[0].type", "first_stage", "第一个阶段不能是终点", "the first stage cannot be a final one")
	}
	c.exits(at, p, ids)
}

func (c *checker) stage(at string, s Stage, pipeline string, reference *Pipeline) {
	if s.Type == "" {
		c.add(at+".type", "required", "必填", "is required")
	}
	c.known(at+".requires", s.Requires, RequiredFields)
	c.ladder(at+".idle", s.Idle)
	c.ladder(at+".dwell", s.Dwell)
	if len(s.Dwell) > 0 && s.DwellClock == "" {
		c.add(at+".dwell_clock", "required", "必填：停留时间从何时算起", "is required: what the dwell ladder counts")
	}
	if s.Maps != "" && pipeline != Reference && reference != nil &&
		!slices.ContainsFunc(reference.Stages, func(r Stage) bool { return r.ID == s.Maps }) {
		c.add(at+".maps", "exists", "对照流程中没有这个阶段："+s.Maps, "the reference pipeline has no stage "+s.Maps)
	}
	seen := map[string]bool{}
	for i, q := range s.Questions {
		field := fmt.Sprintf("%s.questions[%d]", at, i)
		if seen[q.ID] {
			c.add(field+".id", "duplicate", "编号重复："+q.ID, "this id is used twice: "+q.ID)
		}
		seen[q.ID] = true
		if q.Text.Zh == "" || q.Text.En == "" {
			c.add(field+".text", "required", "两种语言都必须填写", "is required in both languages")
		}
	}
}

// exits checks that every stage leads on, that every exit exists, that every
// stage can be reached and that none is a trap.
func (c *checker) exits(at string, p Pipeline, ids map[string]int) {
	if len(p.Stages) == 0 {
		return
	}
	forward, back := map[string][]string{}, map[string][]string{}
	var ends []string
	for i, s := range p.Stages {
		field := fmt.Sprintf("%s[%d].exits", at, i)
		if s.Type.Final() {
			ends = append(ends, s.ID)
		} else if len(s.Exits) == 0 {
			c.add(field, "R-011", "阶段没有出口，客户会停在这里", "a stage without an exit: customers would stay here for ever")
		}
		c.distinct(field, s.Exits)
		for j, e := range s.Exits {
			switch _, exists := ids[e]; {
			case !exists:
				c.add(fmt.Sprintf("%s[%d]", field, j), "exists", "没有这个阶段："+e, "no stage has this id: "+e)
			case e == s.ID:
				c.add(fmt.Sprintf("%s[%d]", field, j), "self", "阶段不能指向自己", "a stage cannot lead to itself")
			default:
				forward[s.ID], back[e] = append(forward[s.ID], e), append(back[e], s.ID)
			}
		}
	}
	reached, leading := closure(forward, p.Stages[0].ID), closure(back, ends...)
	for i, s := range p.Stages {
		if !reached[s.ID] {
			c.add(fmt.Sprintf("%s[%d]", at, i), "unreachable", "从第一阶段无法到达："+s.ID, "cannot be reached from the first stage: "+s.ID)
		}
		if !leading[s.ID] && len(s.Exits) > 0 {
			c.add(fmt.Sprintf("%s[%d].exits", at, i), "R-011", "从这里永远到不了成交或流失："+s.ID, "neither won nor lost can be reached from "+s.ID)
		}
	}
}

// closure gives everything that can be reached from the starts.
func closure(edges map[string][]string, starts ...string) map[string]bool {
	seen := map[string]bool{}
	for queue := starts; len(queue) > 0; {
		next := queue[0]
		queue = queue[1:]
		if seen[next] {
			continue
		}
		seen[next] = true
		queue = append(queue, edges[next]...)
	}
	return seen
}
