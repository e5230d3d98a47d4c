package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// KeyAccountTypes are the facts that tell what is to be done for key accounts.
var KeyAccountTypes = []string{(&catalogue.KeyAccountChanged{}).Kind().Type}

// ReactToKeyAccounts gives people the tasks of a key account's sheet: the action of
// an indicator that fell below its threshold to the manager, a gap that is not closed
// and a plan to their owners; what is done, or came back, ends its task.
func (d *Desk) ReactToKeyAccounts(ctx context.Context, e facts.Event) error {
	f, err := facts.Decode[catalogue.KeyAccountChanged](e)
	if err != nil {
		return facts.Final(err)
	}
	ctx = facts.WithCause(ctx, e.ID)
	if f.Changed == "ended" {
		return d.overWith(ctx, e, f.After.Customer, "")
	}
	v, err := d.Policy.At(e.Time)
	if err != nil {
		return problem.Away(err)
	}
	due := v.After(e.Time, v.Sections.KeyAccounts.ActWithin)
	rule := "key_account." + f.Changed + "." + f.ID
	switch f.Changed {
	case "recheck", "recheck_late":
		return d.recheck(ctx, e, f, due)
	case "indicator":
		if i := slices.IndexFunc(f.After.Indicators, func(r catalogue.KeyAccountIndicator) bool { return r.ID == f.ID }); i >= 0 && f.After.Indicators[i].Breached {
			row, side := f.After.Indicators[i], lang.T("低于", "below")
			if row.When == policy.Above {
				side = lang.T("高于", "above")
			}
			return d.sheetTask(ctx, e, f.After, rule, f.After.Manager, due, lang.T(fmt.Sprintf("%s：%s（%d，%s %d）", row.Action.Zh, row.Name.Zh, row.Value, side.Zh, row.Threshold),
				fmt.Sprintf("%s: %s (%d, %s %d)", row.Action.En, row.Name.En, row.Value, side.En, row.Threshold)))
		}
	case "gap":
		if err := d.overWith(ctx, e, f.After.Customer, recheckRule(f.ID)); err != nil { // it was checked
			return err
		}
		if i := slices.IndexFunc(f.After.Gaps, func(g catalogue.KeyAccountGap) bool { return g.ID == f.ID }); i >= 0 && f.After.Gaps[i].State != "closed" {
			g := f.After.Gaps[i]
			return d.sheetTask(ctx, e, f.After, rule, g.Owner, g.Due, lang.T("补上漏洞："+g.Name.Zh, "Close the gap: "+g.Name.En))
		}
	case "plan":
		if i := slices.IndexFunc(f.After.Plans, func(p catalogue.ValuePlan) bool { return p.ID == f.ID }); i >= 0 && f.After.Plans[i].State == "planned" {
			p := f.After.Plans[i]
			return d.sheetTask(ctx, e, f.After, rule, p.Owner, p.Due, lang.T("增值计划："+p.Title, "Value-add plan: "+p.Title))
		}
	default:
		return nil
	}
	return d.overWith(ctx, e, f.After.Customer, rule)
}

func recheckRule(gap string) string { return "key_account.recheck." + gap }

// recheck asks the manager to check a gap again, with a task and a reminder; a check
// that is late is told to the manager's supervisor.
func (d *Desk) recheck(ctx context.Context, e facts.Event, f catalogue.KeyAccountChanged, due instant.Time) error {
	i := slices.IndexFunc(f.After.Gaps, func(g catalogue.KeyAccountGap) bool { return g.ID == f.ID })
	if i < 0 {
		return nil
	}
	g, rule := f.After.Gaps[i], recheckRule(f.ID)
	title, level := lang.T("复查漏洞："+g.Name.Zh, "Check the gap again: "+g.Name.En), catalogue.LevelRemind
	if f.Changed == "recheck_late" {
		level = catalogue.LevelEscalate
		title = lang.T("漏洞复查逾期："+g.Name.Zh, "The check of a gap is late: "+g.Name.En)
	} else if err := d.sheetTask(ctx, e, f.After, rule, f.After.Manager, due, title); err != nil {
		return err
	}
	_, _, err := d.Remind(ctx, catalogue.Reminder{ID: strings.ReplaceAll(e.ID, "/", ":"), Level: level, Rule: rule, Subject: customer(f.After.Customer), Customer: f.After.Customer,
		Text: title, Why: e.ID, Due: due}, f.After.Manager)
	return err
}

// sheetTask opens the task of one fact, once, in place of the one before.
func (d *Desk) sheetTask(ctx context.Context, e facts.Event, a catalogue.KeyAccount, rule, owner string, due instant.Time, title lang.Text) error {
	if err := d.overWith(ctx, e, a.Customer, rule); err != nil {
		return err
	}
	_, _, err := d.Open(ctx, task.Task{Owner: owner, Task: catalogue.Task{ID: strings.ReplaceAll(e.ID, "/", ":"), Kind: catalogue.TaskKeyAccount, Subject: customer(a.Customer), Customer: a.Customer,
		Title: title, Due: due, Rule: rule, Why: e.ID, CreatedAt: e.Time}})
	return err
}

// overWith ends the open tasks of a rule of a customer's sheet that were opened before a fact; without a rule, all.
func (d *Desk) overWith(ctx context.Context, e facts.Event, customerID, rule string) error {
	_, err := d.Cancel(ctx, customer(customerID), e.Time, "step_made", func(t task.Task) bool {
		return t.Kind == catalogue.TaskKeyAccount && (t.Rule == rule || rule == "" && strings.HasPrefix(t.Rule, "key_account."))
	})
	return err
}
