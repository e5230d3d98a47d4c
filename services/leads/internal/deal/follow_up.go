package deal

import (
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// RecordFollowUp records a follow-up on the deal and plans the next touch
// . One that counts counts in its stage too.
func RecordFollowUp(d catalogue.Deal, r Rules, id string, in followup.Input, by followup.By, assignee string, now instant.Time) (Change, error) {
	s := followup.Subject{Ref: Subject(d), Open: d.Outcome == catalogue.DealOpen, Owner: d.Owner, Stage: d.Stage, Trail: followup.TrailOfDeal(d)}
	record, err := followup.Record(id, in, s, by, r.InForce, now)
	if err != nil {
		return Change{}, err
	}
	trail := s.Trail.Apply(record, d.Stage)
	trail.IntoDeal(&d)
	if record.Counts {
		d.StageFollowUps++
	}
	if assignee == "" {
		assignee = d.Owner
	}
	return changed(d, followup.Facts(record, trail, d.Owner, assignee, d.Company)...), nil
}
