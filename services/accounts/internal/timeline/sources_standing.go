package timeline

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// standingSources are the facts of where customers stand.
var standingSources = map[string]Source{
	typeOf(&catalogue.StandingAssessed{}):    of(standingAssessed),
	typeOf(&catalogue.LifecycleOverridden{}): of(lifecycleOverridden),
}

// standingAssessed keeps turns that people talk about: another life-cycle state,
// red or no longer, in or out of a risk group. A score that moves is not one.
func standingAssessed(d catalogue.StandingAssessed, _ facts.Event) catalogue.TimelineEntry {
	was, is := d.Before, d.After
	if was == nil {
		was = &catalogue.Standing{Lifecycle: is.Lifecycle}
	}
	if was.Lifecycle == is.Lifecycle && was.Red == is.Red && slices.Equal(was.Groups, is.Groups) {
		return catalogue.TimelineEntry{}
	}
	red := ""
	if is.Red {
		red = "true"
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryStanding, Customer: is.Customer, OccurredAt: is.AsOf, Direction: catalogue.Neither,
		Says:    says("客户状态：%[1]s，健康分%[2]d。%[3]s", "Stands: %[1]s, health %[2]d. %[4]s", is.Lifecycle, is.Health, is.LifecycleWhy.Zh, is.LifecycleWhy.En),
		Data:    words("status", is.Lifecycle, "before", was.Lifecycle, "red", red, "groups", strings.Join(is.Groups, ","), "version", is.HealthVersion),
		Numbers: map[string]float64{"health": float64(is.Health)}}
}

func lifecycleOverridden(d catalogue.LifecycleOverridden, e facts.Event) catalogue.TimelineEntry {
	of := catalogue.TimelineEntry{Kind: catalogue.EntryStanding, OccurredAt: e.Time, Direction: catalogue.Neither, By: d.Actor.ID,
		Says: lang.T("取消手工设置的状态："+d.Reason, "State set by hand taken back: "+d.Reason), Data: words("reason", d.Reason)}
	if d.After != nil {
		of.Says = lang.T("手工设置状态 "+d.After.State+"："+d.Reason, "State set by hand to "+d.After.State+": "+d.Reason)
		of.Data["status"], of.Data["until"] = d.After.State, d.After.Until.String()
	}
	return of
}
