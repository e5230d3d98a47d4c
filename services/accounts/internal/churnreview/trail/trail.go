// Package trail draws the journey of a lost customer from what was recorded, and
// says from it at which steps promises were broken and whose they were (R-126,
// It is pure: timeline entries in, a map and attributions out. It knows no
// opinion: what is not an entry is not in the map, and an attribution that no
// entry shows does not exist.
package trail

import (
	"slices"
	"strconv"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of a touchpoint.
const (
	Fine       = "fine"       // nothing was owed, or it was given in time
	Late       = "late"       // an answer came, too late
	Unanswered = "unanswered" // no answer came at all
	Silent     = "silent"     // we spoke, and the customer did not
	Broken     = "broken"     // something promised was not done
)

// Feedback of a touchpoint.
const (
	Praise = "praise"
	Blame  = "blame"
)

// The steps of a customer's journey, in their order.
var Steps = []Step{
	{"inquiry", lang.T("咨询", "Inquiry"), catalogue.PhaseBefore}, {"quote", lang.T("报价", "Quote"), catalogue.PhaseBefore}, {"negotiation", lang.T("商谈", "Negotiation"), catalogue.PhaseBefore},
	{"contract", lang.T("签约", "Contract"), catalogue.PhaseDuring}, {"order", lang.T("下单", "Order"), catalogue.PhaseDuring}, {"payment", lang.T("付款", "Payment"), catalogue.PhaseDuring},
	{"usage", lang.T("使用", "Use"), catalogue.PhaseAfter}, {"service", lang.T("售后服务", "After-sales service"), catalogue.PhaseAfter},
	{"care", lang.T("维护关怀", "Care"), catalogue.PhaseAfter},
}

// Step of the journey.
type Step struct {
	ID    string
	Name  lang.Text
	Phase string
}

// StepOf gives a step by its id.
func StepOf(id string) Step {
	if i := slices.IndexFunc(Steps, func(s Step) bool { return s.ID == id }); i >= 0 {
		return Steps[i]
	}
	return Step{ID: id, Name: lang.T(id, id), Phase: catalogue.PhaseAfter}
}

// Settings are the policy's.
type Settings struct {
	From        instant.Time // what came before is not looked at
	ReplyWithin time.Duration
	QuoteWithin time.Duration
	GapAfter    time.Duration
	LowRating   int // a rating of 100 below this is blame
}

// Touchpoint is one thing that happened, as it stands on the map.
type Touchpoint struct {
	Entry     string       `json:"entry" doc:"Timeline entry"`
	Kind      string       `json:"kind"`
	Step      string       `json:"step"`
	Phase     string       `json:"phase" enum:"before,during,after"`
	At        instant.Time `json:"at"`
	Direction string       `json:"direction" enum:"inbound,outbound,none"`
	By        string       `json:"by,omitempty"`
	Owner     string       `json:"owner,omitempty" doc:"Whose customer it was then, as far as recorded"`
	Says      lang.Text    `json:"says"`
	State     string       `json:"state" enum:"fine,late,unanswered,silent,broken"`
	Feedback  string       `json:"feedback,omitempty" enum:"praise,blame"`
	Escalated bool         `json:"escalated,omitempty" doc:"It was so late that a superior was told"`
	Answer    string       `json:"answer,omitempty" doc:"Entry that answered it"`
	AnswerAt  instant.Time `json:"answer_at,omitempty"`
	AnswerBy  string       `json:"answer_by,omitempty" doc:"Who of ours answered"`
	Owed      lang.Text    `json:"owed" doc:"What was owed and not given, in words; empty where nothing was"`
}

// Gap is a time in which neither side said anything.
type Gap struct {
	After string       `json:"after" doc:"Entry before the silence"`
	From  instant.Time `json:"from"`
	To    instant.Time `json:"to"`
	Days  int          `json:"days"`
	Step  string       `json:"step"`
}

// Map is the customer's journey (客户旅程地图).
type Map struct {
	From        instant.Time        `json:"from"`
	ChurnedOn   instant.Time        `json:"churned_on"`
	Touchpoints []Touchpoint        `json:"touchpoints"`
	Gaps        []Gap               `json:"gaps"`
	LostAt      catalogue.ChurnStep `json:"lost_at"`
}

// internal entries say nothing of what went on with the customer.
var internal = []string{catalogue.EntryOwnership, catalogue.EntryContact, catalogue.EntryStanding, catalogue.EntryReview, catalogue.EntryNote, catalogue.EntryIntervention}

var steps = map[string]string{
	catalogue.EntryInquiry: "inquiry", catalogue.EntryQuote: "quote", catalogue.EntryDeal: "negotiation", catalogue.EntryNeed: "negotiation", catalogue.EntryContract: "contract",
	catalogue.EntryOrder: "order", catalogue.EntryPayment: "payment", catalogue.EntryLogin: "usage", catalogue.EntryUsage: "usage", catalogue.EntryComplaint: "service",
	catalogue.EntryFeedback: "service", catalogue.EntryCase: "service", catalogue.EntrySurvey: "service", catalogue.EntryCare: "care", catalogue.EntryEvent: "care",
	catalogue.EntryOutreach: "care",
}

// Draw makes the map of what happened up to the loss.
func Draw(entries []catalogue.TimelineEntry, churnedOn instant.Time, s Settings) Map {
	all := slices.DeleteFunc(slices.Clone(entries), func(e catalogue.TimelineEntry) bool {
		return e.SameAs != "" || e.OccurredAt > churnedOn || e.OccurredAt < s.From
	})
	slices.SortStableFunc(all, func(a, b catalogue.TimelineEntry) int {
		if a.OccurredAt != b.OccurredAt {
			return int(min(max(a.OccurredAt-b.OccurredAt, -1), 1))
		}
		return compare(a.ID, b.ID)
	})
	d := drawing{Settings: s, all: all, churnedOn: churnedOn}
	m := Map{From: s.From, ChurnedOn: churnedOn, Touchpoints: []Touchpoint{}, Gaps: []Gap{}}
	for i := range all {
		if e := &all[i]; e.Kind == catalogue.EntryOwnership && e.Data["after"] != "" {
			d.owner = e.Data["after"]
		}
		if slices.Contains(internal, all[i].Kind) || unsent(all[i]) {
			continue
		}
		m.Touchpoints = append(m.Touchpoints, d.touchpoint(i))
	}
	m.Gaps = gaps(m.Touchpoints, churnedOn, s.GapAfter)
	m.LostAt = lostAt(m)
	return m
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

type drawing struct {
	Settings
	all       []catalogue.TimelineEntry
	churnedOn instant.Time
	owner     string // at the entry that is drawn
	bought    bool
}

func (d *drawing) touchpoint(i int) Touchpoint {
	e := &d.all[i]
	t := Touchpoint{Entry: e.ID, Kind: e.Kind, Step: d.step(e), At: e.OccurredAt, Direction: e.Direction, By: e.By, Owner: d.owner, Says: e.Says, State: Fine, Feedback: d.feedback(e)}
	t.Phase = StepOf(t.Step).Phase
	if e.Kind == catalogue.EntryOrder || e.Kind == catalogue.EntryDeal && e.Data["status"] == catalogue.DealWon {
		d.bought = true
	}
	switch {
	case e.Kind == catalogue.EntryQuote && e.Direction == catalogue.Outbound:
		d.answered(i, &t, d.QuoteWithin, cameBack,
			lang.T("报价后无人跟进", "nobody came back to the quote"))
	case escalated(e):
		t.State, t.Escalated, t.Owed = Broken, true, lang.T("逾期未办，已升级给上级："+e.Says.Zh, "not done in time and escalated: "+e.Says.En)
	case e.Kind == catalogue.EntryTask && e.Data["overdue"] != "":
		t.State, t.Owed = Broken, lang.T("任务超时完成", "the task was done after it was due")
	case d.asks(e, t.Feedback):
		d.answered(i, &t, d.ReplyWithin, func(o *catalogue.TimelineEntry) bool { return o.Direction == catalogue.Outbound }, lang.T("客户没有得到答复", "the customer got no answer"))
	case e.Direction == catalogue.Outbound && spoken(e):
		d.replied(i, &t)
	}
	d.promised(i, &t)
	return t
}

// unsent tells a contact that never left: the customer knows nothing of it.
func unsent(e catalogue.TimelineEntry) bool {
	return e.Kind == catalogue.EntryOutreach && e.Data["outreach_status"] != ""
}

// escalated tells that something promised was so late that a superior was told.
func escalated(e *catalogue.TimelineEntry) bool {
	return e.Kind == catalogue.EntryTask && e.Data["escalated"] != ""
}

// escalatedAt are the steps at which what was escalated was promised, by what it is about.
var escalatedAt = map[string]string{catalogue.KindLead: "inquiry", catalogue.KindDeal: "negotiation", catalogue.KindContract: "contract", catalogue.KindCase: "service", catalogue.KindCustomer: "care"}

// step of an entry: who talks before anything was bought negotiates, who talks afterwards is cared for.
func (d *drawing) step(e *catalogue.TimelineEntry) string {
	if escalated(e) && e.Ref != nil && escalatedAt[e.Ref.Kind] != "" {
		return escalatedAt[e.Ref.Kind]
	}
	if s := steps[e.Kind]; s != "" && (s != "inquiry" || !d.bought) {
		return s
	}
	if d.bought {
		return "care"
	}
	return "negotiation"
}

// asks tells whether the customer is owed an answer.
func (d *drawing) asks(e *catalogue.TimelineEntry, feedback string) bool {
	return e.Direction == catalogue.Inbound && (e.Kind == catalogue.EntryInquiry || e.Kind == catalogue.EntryComplaint || feedback == Blame || spokenKind(e.Kind))
}

// answered looks for what answers an entry, in time or late.
func (d *drawing) answered(i int, t *Touchpoint, within time.Duration, answers func(*catalogue.TimelineEntry) bool, owed lang.Text) {
	for j := i + 1; j < len(d.all); j++ {
		if o := &d.all[j]; answers(o) {
			t.Answer, t.AnswerAt, t.AnswerBy = o.ID, o.OccurredAt, o.By
			break
		}
	}
	switch {
	case t.Answer != "" && t.AnswerAt.Sub(t.At) <= within:
	case t.Answer != "":
		t.State = Late
		h := strconv.FormatFloat(t.AnswerAt.Sub(t.At).Hours(), 'f', 0, 64)
		t.Owed = lang.T("过了"+h+"小时才答复", "answered after "+h+" hours")
	case d.churnedOn.Sub(t.At) > within:
		t.State, t.Owed = Unanswered, owed
	}
}

// replied tells whether the customer spoke before we did again.
func (d *drawing) replied(i int, t *Touchpoint) {
	t.State = Silent
	for j := i + 1; j < len(d.all); j++ {
		switch o := &d.all[j]; {
		case o.Direction == catalogue.Inbound:
			t.State, t.Answer, t.AnswerAt = Fine, o.ID, o.OccurredAt
			return
		case o.Direction == catalogue.Outbound && spoken(o):
			return
		}
	}
}

// promised looks whether the next touch that a follow-up promised was kept: on the day that it was promised for, at the latest.
func (d *drawing) promised(i int, t *Touchpoint) {
	at, err := instant.Parse(d.all[i].Data["next_touch_at"])
	if err != nil || !at.Add(day).Before(d.churnedOn) {
		return
	}
	for j := i + 1; j < len(d.all) && d.all[j].OccurredAt <= at.Add(day); j++ {
		if d.all[j].Direction == catalogue.Outbound {
			return
		}
	}
	t.State = Broken
	t.Owed = lang.T("约定的下次跟进没有做："+at.String()[:10], "the next touch promised for "+at.String()[:10]+" was not made")
}

const day = 24 * time.Hour

func spokenKind(kind string) bool {
	return slices.Contains([]string{catalogue.EntryCall, catalogue.EntryMail, catalogue.EntryWeChat, catalogue.EntryVisit, catalogue.EntryMeeting, catalogue.EntryFollowUp}, kind)
}

func spoken(e *catalogue.TimelineEntry) bool { return spokenKind(e.Kind) }

// cameBack tells whether somebody of ours came back to a quote, or nobody had to: the customer confirmed or bought.
func cameBack(e *catalogue.TimelineEntry) bool {
	switch e.Kind {
	case catalogue.EntryOrder, catalogue.EntryContract:
		return true
	case catalogue.EntryQuote:
		return e.Direction == catalogue.Inbound
	}
	return e.Direction == catalogue.Outbound && spoken(e)
}

// feedback reads what the customer thought of it; a rating is on the scale of 100.
func (d *drawing) feedback(e *catalogue.TimelineEntry) string {
	if e.Kind == catalogue.EntryComplaint {
		return Blame
	}
	rating, told := e.Numbers["normalised"]
	if !told {
		score, has := e.Numbers["score"]
		top := e.Numbers["max"]
		if !has || top <= 0 {
			return ""
		}
		rating = 100 * score / top
	}
	if rating < float64(d.LowRating) {
		return Blame
	}
	return Praise
}
