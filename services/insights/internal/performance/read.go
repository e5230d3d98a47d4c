package performance

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

// proactive are the tasks that serve customers who did not ask.
var proactive = []string{catalogue.TaskRevisit, catalogue.TaskServiceStep, catalogue.TaskRenewalTalk, catalogue.TaskNurture}

// read gives what a fact counts for, or who owns a customer by it.
func read(e facts.Event) (*Point, *holding, error) {
	switch e.Type {
	case typeOf(&catalogue.OwnerChanged{}):
		d, err := facts.Decode[catalogue.OwnerChanged](e)
		return nil, &holding{d.After.Owner, cmp.Or(d.After.Since, e.Time), e.Version}, err
	case typeOf(&catalogue.CustomerClaimed{}):
		d, err := facts.Decode[catalogue.CustomerClaimed](e)
		return nil, &holding{d.After.Owner, cmp.Or(d.After.Since, e.Time), e.Version}, err
	case typeOf(&catalogue.CustomerPooled{}):
		return nil, &holding{"", e.Time, e.Version}, nil
	case typeOf(&catalogue.DealClosed{}):
		d, err := facts.Decode[catalogue.DealClosed](e)
		if d.Outcome != catalogue.DealWon || d.State.Owner == "" {
			return nil, nil, err
		}
		return &Point{Person: d.State.Owner, Customer: d.State.Customer, Counts: won, At: e.Time, Amount: d.State.Amount}, nil, err
	case typeOf(&catalogue.ContractSignedFact{}):
		d, err := facts.Decode[catalogue.ContractSignedFact](e)
		return &Point{Person: d.After.Owner, Counts: signed, At: cmp.Or(d.After.SignedAt, e.Time), Amount: &d.After.Total}, nil, err
	case typeOf(&catalogue.ContractEnded{}):
		d, err := facts.Decode[catalogue.ContractEnded](e)
		counts := map[string]string{catalogue.ContractRenewed: renewed, catalogue.ContractExpired: expired}[d.After.Status]
		if counts == "" || d.After.Kind == catalogue.ContractAmendment {
			return nil, nil, err
		}
		return &Point{Person: d.After.Owner, Counts: counts, At: cmp.Or(d.After.EndedAt, e.Time)}, nil, err
	case typeOf(&catalogue.SurveyAnswered{}):
		return answered(e)
	case typeOf(&catalogue.FollowUpRecorded{}):
		d, err := facts.Decode[catalogue.FollowUpRecorded](e)
		if d.FollowUp.Direction != "outbound" {
			return nil, nil, err
		}
		return &Point{Person: d.FollowUp.By, Counts: contacted, At: d.FollowUp.OccurredAt}, nil, err
	case typeOf(&catalogue.CareRecorded{}):
		d, err := facts.Decode[catalogue.CareRecorded](e)
		if d.Change != "done" || d.After.By == "" {
			return nil, nil, err
		}
		return &Point{Person: d.After.By, Counts: cared, At: d.After.At}, nil, err
	case typeOf(&catalogue.TaskEnded{}):
		d, err := facts.Decode[catalogue.TaskEnded](e)
		t := d.After
		if t.Status != catalogue.TaskDone || !slices.Contains(proactive, t.Kind) {
			return nil, nil, err
		}
		p := &Point{Person: t.Assignee, Customer: t.Customer, Counts: served, At: cmp.Or(t.EndedAt, e.Time)}
		if t.Overdue {
			p.Kind = "late"
		}
		return p, nil, err
	}
	return nil, nil, nil
}

// answered takes a customer's rating: it counts for whoever owned the customer. An
// NPS is no satisfaction (C-07).
func answered(e facts.Event) (*Point, *holding, error) {
	d, err := facts.Decode[catalogue.SurveyAnswered](e)
	s := d.After
	p := &Point{Customer: s.Customer, At: cmp.Or(s.Answered, e.Time), Low: s.Low, Owned: true}
	switch {
	case s.NPS != "":
		p.Counts, p.Kind = nps, s.NPS
	case s.Score != nil:
		p.Counts, p.Score = satisfaction, *s.Score
	default:
		return nil, nil, err
	}
	return p, nil, err
}

func typeOf(d catalogue.Data) string { return d.Kind().Type }
