package intervention

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// The rules of an intervention, over its document alone.

// mostContacts is how many contacts one intervention plans; more is no plan but pressure.
const mostContacts = 12

func roleOf(i *catalogue.Intervention, role string) *catalogue.TeamRole {
	for n := range i.Team {
		if i.Team[n].Role == role {
			return &i.Team[n]
		}
	}
	return nil
}

// missing gives the roles that have not logged their outcome.
func missing(i catalogue.Intervention) []string {
	var out []string
	for _, r := range i.Team {
		if r.Outcome == nil {
			out = append(out, r.Role)
		}
	}
	return out
}

// closable refuses a close while a role has not logged its outcome.
func closable(i catalogue.Intervention) error {
	if i.Status == catalogue.TeamClosed {
		return problem.Refuse("intervention.closed", "干预已经结束", "The intervention is closed")
	}
	if left := missing(i); len(left) > 0 {
		return problem.Refuse("R-119", "以下角色尚未记录结果："+strings.Join(left, "、"), "These roles have not logged their outcome: "+strings.Join(left, ", "))
	}
	return nil
}

// working refuses what is only done while the intervention is open or its
// outcomes are being logged.
func working(i catalogue.Intervention) error {
	if i.Status == catalogue.TeamClosed {
		return problem.Refuse("intervention.closed", "干预已经结束", "The intervention is closed")
	}
	return nil
}

// join adds a further reason to an intervention that is open; it tells whether
// there was anything new.
func join(i *catalogue.Intervention, reason, says string, evidence []string) bool {
	changed := false
	for _, e := range evidence {
		if !slices.Contains(i.Evidence, e) && len(i.Evidence) < 200 {
			i.Evidence, changed = append(i.Evidence, e), true
		}
	}
	if reason != i.Reason && !strings.Contains(i.Says, reason) {
		line := reason
		if says != "" {
			line += ": " + says
		}
		i.Says, changed = strings.TrimPrefix(i.Says+"; "+line, "; "), true
	}
	return changed
}

// comesBack tells whether what the customer did ends an intervention: policy says
// which kinds do, and it happened after the team was opened.
func comesBack(i catalogue.Intervention, e catalogue.TimelineEntry, kinds []string) bool {
	return i.Status == catalogue.TeamOpen && i.Scope == catalogue.ScopeTeam && e.Direction == catalogue.Inbound && e.SameAs == "" &&
		slices.Contains(kinds, e.Kind) && e.OccurredAt > i.OpenedAt
}

// recovered notes what brought the customer back.
func recovered(i *catalogue.Intervention, e catalogue.TimelineEntry) {
	i.Status = catalogue.TeamRecovered
	i.Recovery = &catalogue.Recovery{Entry: e.ID, Kind: e.Kind, At: e.OccurredAt}
}

// plannable gives what is wrong with a contact that is planned.
func plannable(i catalogue.Intervention, c catalogue.PlannedContact, now instant.Time) []problem.Field {
	var wrong []problem.Field
	if roleOf(&i, c.Role) == nil {
		wrong = append(wrong, problem.FieldError("role", "exists", "团队中没有这个角色", "is no role of the team"))
	}
	if strings.TrimSpace(c.Text.Zh+c.Text.En) == "" {
		wrong = append(wrong, problem.Required("text"))
	}
	if c.At != 0 && c.At < now-graceMillis {
		wrong = append(wrong, problem.FieldError("at", "in_past", "不能是过去的时间", "must not lie in the past"))
	}
	if len(i.Steps) >= mostContacts {
		wrong = append(wrong, problem.FieldError("at", "max_items", fmt.Sprintf("一次干预最多计划 %d 次联系", mostContacts), fmt.Sprintf("an intervention plans at most %d contacts", mostContacts)))
	}
	return wrong
}

// graceMillis is how far clocks may differ.
const graceMillis = instant.Time(3_600_000)
