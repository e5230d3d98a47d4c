package keyaccounts

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// mostPlans bounds the plans of one sheet.
const mostPlans = 200

// Appointment says who keeps a key account.
type Appointment struct {
	Manager string `json:"manager" minLength:"1" maxLength:"200" doc:"Dedicated account manager (R-048)"`
	Success string `json:"success,omitempty" maxLength:"200" doc:"Who of customer success answers for its growth in value (R-158)"`
	Goal    string `json:"goal,omitempty" maxLength:"2000" doc:"What growth in value is agreed"`
	Reason  string `json:"reason,omitempty" maxLength:"2000"`
}

// Designate makes a customer a key account, or changes who keeps it.
func (k *KeyAccounts) Designate(ctx context.Context, p auth.Principal, id string, ch Change, a Appointment) (Seen, bool, error) {
	f, _, err := k.Files.Permitted(ctx, p, access.KeyAccountDesignate, id)
	if err != nil {
		return Seen{}, false, err
	}
	if err := k.check(a); err != nil {
		return Seen{}, false, err
	}
	d, err := k.of(ctx, f.ID)
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		s, err := k.begin(ctx, f.ID, ch.Command, a)
		return s, true, err
	}
	if err != nil {
		return Seen{}, false, err
	}
	o := &d.Body.Account
	if d.Did(ch.Command) {
		return Seen{*o, d.Version}, false, nil
	}
	if err := ch.Match(d.Version); err != nil {
		return Seen{}, false, err
	}
	v, now, err := k.view()
	if err != nil {
		return Seen{}, false, err
	}
	what := "manager"
	switch {
	case !o.EndedAt.IsZero():
		what, o.EndedAt, o.Since = "designated", 0, now
	case o.Manager == a.Manager && o.Success != a.Success:
		what = "success"
	}
	o.Manager, o.Success, o.Goal, o.Reason = a.Manager, a.Success, strings.TrimSpace(a.Goal), strings.TrimSpace(a.Reason)
	s, err := k.commit(ctx, d, ch.Command, v, now, &catalogue.KeyAccountChanged{After: *o, Changed: what})
	return s, false, err
}

func (k *KeyAccounts) check(a Appointment) error {
	var wrong []problem.Field
	for _, c := range []struct {
		field, id string
		role      auth.Role
	}{{"manager", a.Manager, auth.AccountManager}, {"success", a.Success, auth.Success}} {
		person, ok := k.People.Person(c.id)
		if c.id != "" && (!ok || !person.Active || !slices.Contains(person.Roles, string(c.role))) {
			wrong = append(wrong, problem.FieldError(c.field, "role", "必须是在职且有此角色的人："+string(c.role), "must be somebody active with the role "+string(c.role)))
		}
	}
	return problem.InvalidFields(wrong...)
}

func (k *KeyAccounts) begin(ctx context.Context, customerID, command string, a Appointment) (Seen, error) {
	v, now, err := k.view()
	if err != nil {
		return Seen{}, err
	}
	o := catalogue.KeyAccount{Customer: customerID, Manager: a.Manager, Success: a.Success, Goal: strings.TrimSpace(a.Goal), Reason: strings.TrimSpace(a.Reason), Since: now}
	s := v.Sections.KeyAccounts
	for _, g := range s.Gaps {
		o.Gaps = append(o.Gaps, catalogue.KeyAccountGap{ID: g.ID, Name: g.Name, State: "unchecked"})
	}
	for _, i := range s.Indicators {
		o.Indicators = append(o.Indicators, indicator(i))
	}
	return k.commit(ctx, store.New(customerID, Body{Belonging: holdings.Belonging{Customer: customerID}, Account: o}), command, v, now,
		&catalogue.KeyAccountChanged{After: o, Changed: "designated"})
}

func indicator(i policy.Indicator) catalogue.KeyAccountIndicator {
	return catalogue.KeyAccountIndicator{ID: i.ID, Name: i.Name, Frequency: i.Frequency.String(), Threshold: i.Threshold, When: i.When, Action: i.Action}
}

// End makes a key account a customer like others; what was kept stays.
func (k *KeyAccounts) End(ctx context.Context, p auth.Principal, id string, ch Change, reason string) (Seen, error) {
	return k.change(ctx, p, access.KeyAccountDesignate, id, ch, func(o *catalogue.KeyAccount, _ *policy.View, now instant.Time) (string, string, error) {
		o.EndedAt, o.Reason = now, strings.TrimSpace(reason)
		return "ended", "", nil
	})
}

// Check is what somebody found about a gap.
type Check struct {
	State    string       `json:"state" enum:"closed,open,in_progress"`
	Evidence string       `json:"evidence,omitempty" maxLength:"4000" doc:"Required to close it"`
	Owner    string       `json:"owner,omitempty" maxLength:"200" doc:"Required while it is not closed"`
	Due      instant.Time `json:"due,omitempty" doc:"Required while it is not closed"`
}

// Gap records what a check of a gap found.
func (k *KeyAccounts) Gap(ctx context.Context, p auth.Principal, id, gap string, ch Change, c Check) (Seen, error) {
	return k.change(ctx, p, access.KeyAccountKeep, id, ch, func(o *catalogue.KeyAccount, _ *policy.View, now instant.Time) (string, string, error) {
		i := slices.IndexFunc(o.Gaps, func(g catalogue.KeyAccountGap) bool { return g.ID == gap })
		if i < 0 {
			return "", "", problem.Missing("漏洞", "gap", gap)
		}
		var wrong []problem.Field
		evidence := strings.TrimSpace(c.Evidence)
		if c.State == "closed" && evidence == "" {
			wrong = append(wrong, problem.FieldError("evidence", "R-153", "关闭须有证据", "is required to close a gap"))
		}
		if c.State != "closed" {
			if person, ok := k.People.Person(c.Owner); !ok || !person.Active {
				wrong = append(wrong, problem.FieldError("owner", "R-153", "未关闭的须有在职的负责人", "must be somebody active while the gap is not closed"))
			}
			if !now.Before(c.Due) {
				wrong = append(wrong, problem.FieldError("due", "R-153", "未关闭的须有将来的期限", "must lie in the future while the gap is not closed"))
			}
		}
		g := &o.Gaps[i]
		g.State, g.Evidence, g.Owner, g.Due, g.CheckedBy, g.CheckedAt = c.State, evidence, c.Owner, c.Due, p.ID, now
		g.AskedAt, g.LateAt = 0, 0 // the next check is asked for anew
		return "gap", gap, problem.InvalidFields(wrong...)
	})
}

// Plan is something that adds value for the customer.
type Plan struct {
	Kind  string       `json:"kind" enum:"industry_insight,custom_report,training,workshop,other"`
	Title string       `json:"title" minLength:"1" maxLength:"300"`
	Owner string       `json:"owner" minLength:"1" maxLength:"200"`
	Due   instant.Time `json:"due"`
}

// Plan adds an item to the value-add plan.
func (k *KeyAccounts) Plan(ctx context.Context, p auth.Principal, id, planID string, ch Change, pl Plan) (Seen, error) {
	return k.change(ctx, p, access.KeyAccountKeep, id, ch, func(o *catalogue.KeyAccount, _ *policy.View, now instant.Time) (string, string, error) {
		var wrong []problem.Field
		if person, ok := k.People.Person(pl.Owner); !ok || !person.Active {
			wrong = append(wrong, problem.FieldError("owner", "active", "必须是在职的人", "must be somebody active"))
		}
		if !now.Before(pl.Due) {
			wrong = append(wrong, problem.FieldError("due", "in_future", "必须在将来", "must lie in the future"))
		}
		if strings.TrimSpace(pl.Title) == "" {
			wrong = append(wrong, problem.Required("title"))
		}
		if len(o.Plans) >= mostPlans {
			wrong = append(wrong, problem.FieldError("title", "max_items", "计划过多", "the sheet has too many plans"))
		}
		o.Plans = append(o.Plans, catalogue.ValuePlan{ID: planID, Kind: pl.Kind, Title: strings.TrimSpace(pl.Title), Owner: pl.Owner, Due: pl.Due, State: "planned", At: now})
		return "plan", planID, problem.InvalidFields(wrong...)
	})
}

// Deliver ends an item of the plan: delivered with its outcome, or dropped with why.
func (k *KeyAccounts) Deliver(ctx context.Context, p auth.Principal, id, planID string, ch Change, state, outcome string) (Seen, error) {
	return k.change(ctx, p, access.KeyAccountKeep, id, ch, func(o *catalogue.KeyAccount, _ *policy.View, now instant.Time) (string, string, error) {
		i := slices.IndexFunc(o.Plans, func(x catalogue.ValuePlan) bool { return x.ID == planID })
		if i < 0 {
			return "", "", problem.Missing("增值计划", "plan", planID)
		}
		if o.Plans[i].State != "planned" {
			return "", "", problem.Refuse("key_account.plan", "该计划已结束", "the plan has ended already")
		}
		if strings.TrimSpace(outcome) == "" {
			return "", "", problem.InvalidFields(problem.Required("outcome"))
		}
		o.Plans[i].State, o.Plans[i].Outcome, o.Plans[i].At = state, strings.TrimSpace(outcome), now
		return "plan", planID, nil
	})
}

// Learnt is what the manager learnt.
type Learnt struct {
	Kind   string `json:"kind" enum:"industry_news,need_change,other"`
	Title  string `json:"title" minLength:"1" maxLength:"300"`
	Text   string `json:"text,omitempty" maxLength:"8000"`
	Source string `json:"source,omitempty" maxLength:"500"`
}

// Note keeps industry news and changes of need.
func (k *KeyAccounts) Note(ctx context.Context, p auth.Principal, id, noteID string, l Learnt) (catalogue.KeyAccountNote, error) {
	d, err := k.permitted(ctx, p, access.KeyAccountKeep, id)
	if err != nil {
		return catalogue.KeyAccountNote{}, err
	}
	if err := running(d.Body.Account); err != nil {
		return catalogue.KeyAccountNote{}, err
	}
	now := k.Clock()
	n := catalogue.KeyAccountNote{ID: noteID, Customer: d.Body.Customer, Kind: l.Kind, Title: strings.TrimSpace(l.Title), Text: strings.TrimSpace(l.Text), Source: l.Source, By: p.ID, At: now}
	if n.Title == "" {
		return n, problem.InvalidFields(problem.Required("title"))
	}
	f, err := facts.Record(ctx, facts.Stamp{Source: source, At: now, Customer: n.Customer}, 1, &catalogue.KeyAccountNoted{Note: n})
	if err != nil {
		return n, err
	}
	err = k.notes.Commit(ctx, store.New(noteID, Note{Belonging: holdings.Belonging{Customer: n.Customer}, Note: n}), "", f)
	if errors.Is(err, store.ErrExists) {
		err = nil // the same command again
	}
	return n, err
}

// Observe takes what is known of where a customer stands into its indicator table.
// An indicator is checked as often as the policy says; below its threshold its
// action is due.
func (k *KeyAccounts) Observe(ctx context.Context, st catalogue.Standing) error {
	d, err := k.of(ctx, st.Customer)
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		return nil
	}
	if err != nil || !d.Body.Account.EndedAt.IsZero() {
		return err
	}
	v, now, err := k.view()
	if err != nil {
		return err
	}
	turned, changed := judge(&d.Body.Account, v, st, now)
	if !changed {
		return nil
	}
	var told []catalogue.Data
	for _, id := range turned {
		told = append(told, &catalogue.KeyAccountChanged{After: d.Body.Account, Changed: "indicator", ID: id})
	}
	_, err = k.commit(ctx, d, "", v, now, told...)
	return err
}

// judge brings the table up to date; turned are indicators that fell below their
// threshold or came back.
func judge(o *catalogue.KeyAccount, v *policy.View, st catalogue.Standing, now instant.Time) (turned []string, changed bool) {
	table := make([]catalogue.KeyAccountIndicator, 0, len(v.Sections.KeyAccounts.Indicators))
	for _, rule := range v.Sections.KeyAccounts.Indicators {
		row := indicator(rule)
		if i := slices.IndexFunc(o.Indicators, func(r catalogue.KeyAccountIndicator) bool { return r.ID == rule.ID }); i >= 0 {
			before := o.Indicators[i]
			row.Known, row.Value, row.Evidence, row.ValueAt, row.CheckedAt, row.NextCheck, row.Breached = before.Known, before.Value, before.Evidence, before.ValueAt, before.CheckedAt, before.NextCheck, before.Breached
			changed = changed || before != row
		} else {
			changed = true
		}
		if value, says, ok := valueOf(st, rule.From); ok {
			if !row.Known || row.Value != value {
				row.Known, row.Value, row.Evidence, row.ValueAt, changed = true, value, says, now, true
			}
			if !now.Before(row.NextCheck) {
				if check(&row, v.Sections.KeyAccounts, v, now) {
					turned = append(turned, row.ID)
				}
				changed = true
			}
		}
		table = append(table, row)
	}
	o.Indicators = table
	return turned, changed
}

func valueOf(st catalogue.Standing, from string) (int, string, bool) {
	if from == "health" {
		return st.Health, st.LifecycleWhy.Zh, true
	}
	for _, p := range st.Parts {
		if p.Input == from {
			return p.Score, p.Says.Zh + " / " + p.Says.En, true
		}
	}
	// What standing measures of orders, use and cases, and the signs that it sees in
	// contracts, prices and people.
	for _, i := range st.Indicators {
		if i.ID == from && i.Link == "" && i.Product == "" && i.At == 0 {
			return int(math.Round(i.Value)), i.Name.Zh + " / " + i.Name.En, true
		}
	}
	if rule, ok := strings.CutPrefix(from, policy.FromSignal); ok {
		for _, s := range st.Signals {
			if s.Rule == rule {
				return signalValue[s.Severity], s.Says.Zh + " / " + s.Says.En, true
			}
		}
		return 0, "", true
	}
	return 0, "", false
}

// signalValue is what an early sign counts as an indicator.
var signalValue = map[string]int{catalogue.SignalWarning: 50, catalogue.SignalSevere: 100}
