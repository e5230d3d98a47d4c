package plan_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
)

const start = instant.Time(1_772_416_800_000) // Monday 2026-03-02 10:00 in Shanghai

type house struct{ alone bool }

func (house) Of(who string, m catalogue.Maintenance, _ instant.Time) string {
	return map[string]string{"owner": m.Owner, "success": "su", "implementation": "im"}[who]
}
func (house) View(v *policy.View, _ string) *policy.View { return v }
func (h house) Have(string) bool                         { return !h.alone }
func (house) Name(id string) string                      { return "先生" + id }

func now(t policyT, at instant.Time, change ...func(*policy.Sections)) plan.Now {
	return plan.Now{At: at, Policy: policytest.View(t, change...), People: house{}}
}

type policyT interface {
	Helper()
	Fatalf(string, ...any)
}

func customer() catalogue.Customer {
	return catalogue.Customer{ID: "c1", Name: "华兴", Kind: "company", Tier: "vip", CareDates: []catalogue.CareDate{{ID: "x", Kind: catalogue.CareAnniversary, Name: "周年", Date: catalogue.Yearly{Calendar: catalogue.Solar, Month: 5, Day: 1}}},
		Contacts: []catalogue.Contact{{ID: "k1", Name: "刘总", Birthday: &catalogue.Yearly{Calendar: catalogue.Lunar, Month: 5, Day: 5}}, {ID: "k2", Name: "走了", LeftAt: start, Birthday: &catalogue.Yearly{Calendar: catalogue.Solar, Month: 1, Day: 1}}}}
}

// days of the customer and of its contacts that are still there.
func TestCareDates(t *testing.T) {
	m := plan.Begin(now(t, start), customer(), "wang", catalogue.BeganByHand)
	var ids []string
	for _, d := range m.CareDates {
		ids = append(ids, d.ID)
	}
	if !slices.Equal(ids, []string{"contact.k1", "x"}) {
		t.Errorf("%v", ids)
	}
	if plan.File(&m, customer()) {
		t.Error("the same file changes something")
	}
}

func begin(t *testing.T, m *catalogue.Maintenance, n plan.Now, id, process string) {
	t.Helper()
	if _, err := plan.BeginProcess(n, m, plan.Beginning{ID: id, Process: process, Occasion: "care:contact.k1", For: start}); err != nil {
		t.Fatal(err)
	}
}

// without a customer-success department nobody takes the customer over.
func TestNoHandOverToNobody(t *testing.T) {
	for _, alone := range []bool{false, true} {
		n := now(t, start)
		n.People = house{alone}
		m := plan.Begin(n, customer(), "wang", catalogue.BeganByWin)
		plan.Win(n, &m, catalogue.Deal{ID: "d1", Owner: "wang"})
		if (m.HandOver == nil) != alone {
			t.Errorf("alone %v: %+v", alone, m.HandOver)
		}
	}
}

// a process under way keeps the version of the book it began with:
// people, texts, times. A later version does not reach it.
func TestAProcessKeepsItsVersion(t *testing.T) {
	n := now(t, start)
	m := plan.Begin(n, customer(), "wang", catalogue.BeganByHand)
	begin(t, &m, n, "p1", "implementation")
	p := m.Running[0]
	if p.Steps[0].Due != n.Policy.After(start, policy.D("3wd")) || p.Steps[0].Assignee != "im" || p.Steps[1].Status != catalogue.TakenWaiting {
		t.Fatalf("%+v", p.Steps)
	}
	later := now(t, start.Add(24*time.Hour), func(s *policy.Sections) {
		for i := range s.Processes.Processes {
			s.Processes.Processes[i].Steps = s.Processes.Processes[i].Steps[:1]
			s.Processes.Processes[i].Steps[0].Due = policy.D("1h")
		}
	})
	if _, err := plan.Complete(later, &m, "p1", plan.Ending{Step: "kick_off", By: "im", Outcome: "ok", Proof: []string{"doc/1"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := m.Running[0].Steps[1].Due, later.Policy.After(later.At, policy.D("20wd")); got != want {
		t.Errorf("the second step is due %s, want %s by the version it began with", got, want)
	}
}

// the names that a text speaks of are filled in, each language by itself.
func TestTextsSpeakOfTheCustomer(t *testing.T) {
	n := now(t, start)
	m := plan.Begin(n, customer(), "wang", catalogue.BeganByHand)
	begin(t, &m, n, "p1", "birthday_greeting")
	if got := m.Running[0].Steps[0].Text; *got != lang.T("刘总：祝您生日快乐，万事顺意！", "刘总: happy birthday, and all the best!") {
		t.Errorf("%+v", got)
	}
	begin(t, &m, n, "p2", "welcome")
	if got := m.Running[1].Steps[0].Text.Zh; got != "华兴您好：感谢您的信任。从现在起由先生su负责您的服务，先生wang与您保持联系。有任何需要，请随时告诉我们。" {
		t.Errorf("%s", got)
	}
}

// While one of a process runs, the book says whether another waits, runs
// alongside, or takes its place.
func TestWhileOneRuns(t *testing.T) {
	for again, want := range map[string]struct{ running, ended int }{"once_ended": {1, 0}, "alongside": {2, 0}, "replaces": {1, 1}} {
		n := now(t, start, func(s *policy.Sections) {
			for i := range s.Processes.Processes {
				s.Processes.Processes[i].Again = again
			}
		})
		m := plan.Begin(n, customer(), "wang", catalogue.BeganByHand)
		begin(t, &m, n, "p1", "monthly_revisit")
		ended, err := plan.BeginProcess(n, &m, plan.Beginning{ID: "p2", Process: "monthly_revisit"})
		var p *problem.Error
		if refused := errors.As(err, &p) && p.Code == problem.Refused; refused != (again == "once_ended") || len(m.Running) != want.running || len(ended) != want.ended {
			t.Errorf("%s: %v, %d run, %d ended", again, err, len(m.Running), len(ended))
		}
	}
}

// the order in which parties confirm does not matter; two never are enough.
func TestAnyTwoPartiesAreNotEnough(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := now(r, start)
		m := plan.Begin(n, customer(), "wang", catalogue.BeganByWin)
		plan.Win(n, &m, catalogue.Deal{ID: "d1", Owner: "wang"})
		if _, err := plan.BeginProcess(n, &m, plan.Beginning{ID: "h", Process: plan.HandOverProcess}); err != nil {
			r.Fatal(err)
		}
		for i, party := range rapid.Permutation(plan.Parties).Draw(r, "order") {
			if !m.HandOver.ConfirmedAt.IsZero() {
				r.Fatalf("in effect after %d", i)
			}
			if _, err := plan.Complete(n, &m, "h", plan.Ending{Step: party, By: party, Outcome: "确认"}); err != nil {
				r.Fatal(err)
			}
		}
		if m.HandOver.ConfirmedAt != start || m.HandOver.Sales.By != "sales" || m.Link != catalogue.LinkAfterSales {
			r.Fatalf("%+v", m.HandOver)
		}
	})
}

// Whatever is done with the steps of a process, it ends exactly when none is left
// to do, a step opens only once the one before it has ended, and what has ended stays so.
func TestStepsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := now(r, start)
		m := plan.Begin(n, customer(), "wang", catalogue.BeganByHand)
		id := rapid.SampledFrom([]string{"implementation", "welcome", "state_silent", "state_churn_risk"}).Draw(r, "process")
		if _, err := plan.BeginProcess(n, &m, plan.Beginning{ID: "p", Process: id}); err != nil {
			r.Fatal(err)
		}
		steps := m.Running[0].Steps
		var ended *catalogue.ProcessInstance
		for range 40 {
			e := plan.Ending{Step: steps[rapid.IntRange(0, len(steps)-1).Draw(r, "step")].ID, By: "im", Outcome: "ok", Proof: []string{"x"}}
			do := plan.Complete
			if rapid.Bool().Draw(r, "skip") {
				do = plan.Skip
			}
			was := slices.Clone(m.Running)
			done, err := do(n, &m, "p", e)
			if ended != nil && err == nil {
				r.Fatal("a process that has ended goes on")
			}
			if done != nil {
				ended = done
			}
			if err != nil && len(was) == 1 && !slices.EqualFunc(was[0].Steps, m.Running[0].Steps, func(a, b catalogue.TakenStep) bool { return a.Status == b.Status }) {
				r.Fatal("a refusal changes something")
			}
			if len(m.Running) == 1 {
				check(r, m.Running[0])
			}
		}
		if ended != nil && slices.ContainsFunc(ended.Steps, func(s catalogue.TakenStep) bool {
			return s.Status != catalogue.TakenDone && s.Status != catalogue.TakenSkipped
		}) {
			r.Fatalf("ended with %+v", ended.Steps)
		}
	})
}

func check(r *rapid.T, p catalogue.ProcessInstance) {
	left := false
	for _, st := range p.Steps {
		before := slices.IndexFunc(p.Steps, func(o catalogue.TakenStep) bool { return o.ID == st.After })
		open := st.Status == catalogue.TakenOpen
		left = left || open || st.Status == catalogue.TakenWaiting
		if open && before >= 0 && (p.Steps[before].Status == catalogue.TakenOpen || p.Steps[before].Status == catalogue.TakenWaiting) {
			r.Fatalf("%s is open before %s has ended", st.ID, st.After)
		}
	}
	if !left {
		r.Fatal("nothing is left to do, and the process runs on")
	}
}
