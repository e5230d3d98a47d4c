package lead

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/followup"
)

// next says which status may follow which. A lead becomes contacted by a
// recorded follow-up alone; a nurtured one may be taken up again.
var next = map[string][]string{
	catalogue.LeadNew:       {catalogue.LeadContacted, catalogue.LeadNurturing, catalogue.LeadConverted, catalogue.LeadFolded, catalogue.LeadClosed},
	catalogue.LeadContacted: {catalogue.LeadNurturing, catalogue.LeadConverted, catalogue.LeadFolded, catalogue.LeadClosed},
	catalogue.LeadNurturing: {catalogue.LeadContacted, catalogue.LeadConverted, catalogue.LeadFolded, catalogue.LeadClosed},
}

// Open tells whether somebody still has to care for a lead in the status.
func Open(status string) bool { return len(next[status]) > 0 }

// Move gives the lead the status, or the refusal that names why not.
func Move(l *catalogue.Lead, to string) error {
	if !slices.Contains(next[l.Status], to) {
		return problem.Refuse("lead.status", "状态不能从 "+l.Status+" 变为 "+to, "the status cannot go from "+l.Status+" to "+to)
	}
	l.Status = to
	Judge(l)
	return nil
}

// Judge computes whether follow-up is done, and what is missing.
func Judge(l *catalogue.Lead) {
	t := followup.TrailOfLead(*l)
	t.Judge(l.Status)
	t.IntoLead(l)
}

// Follow applies a follow-up to the lead and tells whether its status changed:
// the first outbound touch gives the first response time and makes a
// new lead contacted.
func Follow(l *catalogue.Lead, f catalogue.FollowUp) (statusChanged bool) {
	if f.Direction == followup.Outbound && l.FirstTouchAt.IsZero() {
		l.FirstTouchAt = f.OccurredAt
		l.ResponseMS = max(f.OccurredAt.Sub(l.ArrivedAt).Milliseconds(), 0)
	}
	if f.Direction == followup.Outbound && l.Status == catalogue.LeadNew {
		l.Status, statusChanged = catalogue.LeadContacted, true
	}
	followup.TrailOfLead(*l).Apply(f, l.Status).IntoLead(l)
	return statusChanged
}

// NoNextTouch tells whether a lead belongs to those without a next touch.
func NoNextTouch(l catalogue.Lead) bool { return Open(l.Status) && l.NextTouchAt.IsZero() }

// CheckNurture refuses a nurture date that does not lie ahead.
func CheckNurture(at, now instant.Time) error {
	if at.IsZero() {
		return problem.InvalidFields(problem.FieldError("next_at", "R-026", "长期培育须有下次日期", "nurturing needs a next date"))
	}
	if at <= now {
		return problem.InvalidFields(problem.FieldError("next_at", "in_past", "须在未来", "must be in the future"))
	}
	return nil
}
