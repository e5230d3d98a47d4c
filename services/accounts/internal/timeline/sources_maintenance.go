package timeline

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

// maintenanceSources are the facts of how a customer is looked after: that it
// began, the steps that ended with their outcome, links and referrals.
var maintenanceSources = map[string]Source{
	typeOf(&catalogue.MaintenanceBegan{}):   of(maintenanceBegan),
	typeOf(&catalogue.MaintenanceChanged{}): of(maintenanceChanged),
}

func maintenanceBegan(d catalogue.MaintenanceBegan, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryNote, Direction: catalogue.Neither, By: d.After.Success, OccurredAt: d.After.BeganAt,
		Says: says("客户维护开始，由%s负责", "maintenance began, looked after by %s", d.After.Success), Data: words("began_by", d.After.BeganBy)}
}

func maintenanceChanged(d catalogue.MaintenanceChanged, _ facts.Event) catalogue.TimelineEntry {
	switch d.Change {
	case "step":
		return stepEnded(d)
	case "link":
		return catalogue.TimelineEntry{Kind: catalogue.EntryNote, Direction: catalogue.Neither, By: d.Actor.ID, OccurredAt: d.After.LinkSince,
			Says: says("售后环节：%s（%s）", "post-sale link: %s (%s)", d.After.Link, d.Reason), Data: words("link", d.After.Link)}
	case "referral":
		if n := len(d.After.Referred); n > 0 {
			r := d.After.Referred[n-1]
			return catalogue.TimelineEntry{Kind: catalogue.EntryNote, Direction: catalogue.Inbound, By: r.By, OccurredAt: r.At,
				Says: says("客户转介绍了%s", "the customer referred %s", r.Name), Data: words("referral", r.ID)}
		}
	}
	return catalogue.TimelineEntry{}
}

// stepEnded tells a step that was done or skipped, with its evidence.
func stepEnded(d catalogue.MaintenanceChanged) catalogue.TimelineEntry {
	all := d.After.Running
	if d.Ended != nil {
		all = append(all, *d.Ended)
	}
	for _, p := range all {
		for _, st := range p.Steps {
			if p.ID != d.Process || st.ID != d.Step || st.EndedAt.IsZero() {
				continue
			}
			return catalogue.TimelineEntry{Kind: catalogue.EntryTask, Direction: catalogue.Neither, By: st.By, OccurredAt: st.EndedAt,
				Says: says("%[1]s · %[3]s：%[5]s", "%[2]s · %[4]s: %[5]s", p.Name.Zh, p.Name.En, st.Name.Zh, st.Name.En, st.Outcome), Data: words("process", p.Process, "step", st.ID, "status", st.Status, "proof", strings.Join(st.Proof, " "))}
		}
	}
	return catalogue.TimelineEntry{}
}
