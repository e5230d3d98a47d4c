package policy

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
)

// careKinds are the kinds of care dates that a process can name beside holidays.
var careKinds = []string{catalogue.CareBirthday, catalogue.CareAnniversary, catalogue.CareCustom}

// processes checks that every process can begin, that each step has somebody and
// a due time, and that the steps come to an end.
func (c *checker) processes(v Processes) {
	var ids []string
	for i, h := range v.Holidays {
		at := fmt.Sprintf("processes.holidays[%d]", i)
		c.once(at+".id", h.ID, &ids)
		c.named(at, h.Name)
		if most := daysOf(h.Calendar, h.Month); h.Day > most {
			c.add(at+".day", "maximum", fmt.Sprintf("该月最多 %d 天", most), fmt.Sprintf("this month has at most %d days", most))
		}
	}
	c.positive("processes.care_until", v.CareUntil)
	seen := []string{}
	for i := range v.Processes {
		p, at := &v.Processes[i], fmt.Sprintf("processes.processes[%d]", i)
		c.once(at+".id", p.ID, &seen)
		c.named(at, p.Name)
		c.start(at+".starts", p.Starts, v)
		c.known(at+".only.kinds", p.Only.Kinds, []string{"company", "person"})
		c.known(at+".only.lifecycle", p.Only.Lifecycle, catalogue.Lifecycles)
		c.processSteps(at, p.Steps)
		c.threeParties(at, *p)
	}
}

// threeParties checks that a hand-over asks sales, implementation and success.
func (c *checker) threeParties(at string, p Process) {
	for _, party := range []string{"sales", "implementation", "success"} {
		if p.Starts.On == OnHandOver && !slices.ContainsFunc(p.Steps, func(s ProcessStep) bool { return s.ID == party && s.Action == DoTask }) {
			c.add(at+".steps", "R-049", "交接必须有三方确认步骤，缺少："+party, "a hand-over needs a step of each of the three parties; missing: "+party)
		}
	}
	if p.Starts.On == OnHandOver && p.ID != "hand_over" {
		c.add(at+".id", "R-049", "交接流程的编号必须是 hand_over", "the process of the hand-over must have the id hand_over")
	}
}

func (c *checker) once(at, id string, seen *[]string) {
	if slices.Contains(*seen, id) {
		c.add(at, "duplicate", "编号重复："+id, "this id is used twice: "+id)
	}
	*seen = append(*seen, id)
}

func daysOf(calendar string, month int) int {
	switch {
	case calendar == catalogue.Lunar:
		return 30
	case month == 2:
		return 29
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// start checks what begins a process.
func (c *checker) start(at string, st Start, v Processes) {
	switch st.On {
	case OnLifecycle:
		c.known(at+".values", st.Values, catalogue.Lifecycles)
	case OnSignal:
		c.known(at+".values", st.Values, SignalNames)
	case OnGroup:
		c.known(at+".values", st.Values, catalogue.RiskGroups)
	case OnCareDate:
		days := slices.Clone(careKinds)
		for _, h := range v.Holidays {
			days = append(days, h.ID)
		}
		c.known(at+".values", st.Values, days)
		c.elapsed(at+".before", st.Before)
	case OnContractEnds:
		c.positive(at+".before", st.Before)
		c.elapsed(at+".before", st.Before)
	case OnRhythm:
		if st.Every <= 0 || st.Unit == "" {
			c.add(at+".every", "required", "节奏必须说明每隔多久", "a rhythm must say how often")
		}
	}
	if len(st.Values) > 0 && !slices.Contains([]string{OnLifecycle, OnGroup, OnCareDate, OnSignal}, st.On) {
		c.add(at+".values", "pointless", "这种开始方式没有取值", "what begins this way has no values")
	}
}

func (c *checker) elapsed(at string, d Duration) {
	if d.Working() {
		c.add(at, "elapsed", "只能用自然时间", "must be elapsed time")
	}
}

// processSteps checks who takes each step, until when, and in which order.
func (c *checker) processSteps(at string, steps []ProcessStep) {
	var ids []string
	for i, st := range steps {
		c.once(fmt.Sprintf("%s.steps[%d].id", at, i), st.ID, &ids)
	}
	for i, st := range steps {
		step := fmt.Sprintf("%s.steps[%d]", at, i)
		c.named(step, st.Name)
		c.positive(step+".due", st.Due)
		c.who(step+".who", st)
		switch {
		case st.After != "" && !slices.Contains(ids, st.After):
			c.add(step+".after", "exists", "没有这个步骤："+st.After, "no such step: "+st.After)
		case circles(steps, i):
			c.add(step+".after", "cycle", "步骤互相等待，永远不会开始", "the steps wait for one another and never begin")
		}
		if st.Action == DoReach && (st.Text.Zh == "" || st.Text.En == "") {
			c.add(step+".text", "required", "发送给客户的内容必填（中英文）", "what is sent to the customer is required in both languages")
		}
		if st.Action != DoTask && st.Evidence {
			c.add(step+".evidence", "pointless", "自动步骤的凭证由系统记录", "the evidence of an automatic step is recorded by itself")
		}
	}
}

// opened checks that what automatic steps send and open is in the book: a survey
// or a kind of case that there is not would fail for every customer.
func (c *checker) opened(s Sections) {
	for i, p := range s.Processes.Processes {
		for j, st := range p.Steps {
			at := fmt.Sprintf("processes.processes[%d].steps[%d].detail", i, j)
			switch {
			case st.Action == DoSurvey && s.Surveys.Template(st.Detail) == nil:
				c.add(at, "exists", "没有这个调查模板："+st.Detail, "no template of surveys has this id: "+st.Detail)
			case st.Action == DoCase && s.Cases.Kind(st.Detail) == nil:
				c.add(at, "exists", "没有这个工单类型："+st.Detail, "no kind of cases has this id: "+st.Detail)
			}
		}
	}
}

func (c *checker) who(at string, st ProcessStep) {
	role, isRole := strings.CutPrefix(st.Who, "role:")
	switch {
	case st.Who == "":
		c.add(at, "R-160", "每个步骤都要有负责人："+st.ID, "every step needs somebody who takes it: "+st.ID)
	case isRole && !slices.Contains(auth.Roles, auth.Role(role)):
		c.add(at, "one_of", "没有这个角色："+role, "no such role: "+role)
	case !isRole && !slices.Contains(Relations, st.Who):
		c.add(at, "one_of", fmt.Sprintf("只能是 %v 或 role:角色", Relations), fmt.Sprintf("must be one of %v, or role: and a role", Relations))
	}
}

// circles tells whether following after from a step never comes to an end.
func circles(steps []ProcessStep, from int) bool {
	at := steps[from].After
	for range steps {
		if at == "" {
			return false
		}
		i := slices.IndexFunc(steps, func(s ProcessStep) bool { return s.ID == at })
		if i < 0 {
			return false
		}
		at = steps[i].After
	}
	return at != ""
}
