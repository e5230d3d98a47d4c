package pursuit

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// recyclable gives from when recycling counts, and whether it applies.
func (c *Care) recyclable(v *policy.View) (journey.Moment, bool) {
	return c.Since(), c.Open() && !c.Parked && !v.Sections.Ownership.RecycleAfter.IsZero()
}

// RecycleWarn warns the owner before the customer goes back to the public pool.
func RecycleWarn[S any](of func(*S) *Care) journey.Rule[S] {
	says := func(rung int, v *policy.View) lang.Text {
		left := Span(v.Sections.Ownership.WarnBefore[rung])
		return lang.T("再过"+left.Zh+"不跟进将被回收到公共资源", "it goes back to the public pool in "+left.En+" unless somebody follows up")
	}
	return journey.Rule[S]{
		Name: "recycle_warn", Ladder: true,
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			base, ok := of(s).recyclable(v)
			if !ok {
				return
			}
			at := v.After(base.At, v.Sections.Ownership.RecycleAfter)
			for i, before := range v.Sections.Ownership.WarnBefore {
				if due := at - (v.After(base.At, before) - base.At); due > base.At {
					p.Rung(i, base, due)
				}
			}
		},
		Fire: func(s *S, f *journey.Firing) { of(s).Remind(f, catalogue.LevelWarn, says(f.Rung, f.View)) },
		Does: func(_ *S, o journey.Obligation, v *policy.View) lang.Text {
			return join(lang.T("预警", "warn"), says(o.Rung, v))
		},
		Policy: func(_ *S, o journey.Obligation) string { return "ownership.warn_before[" + strconv.Itoa(o.Rung) + "]" },
	}
}

// Recycle gives the customer back to the public pool when nobody has followed up
// for too long. The service makes it void if a newer follow-up exists on
// anything of the customer's.
func Recycle[S any](of func(*S) *Care) journey.Rule[S] {
	return journey.Rule[S]{
		Name: "recycle",
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			if base, ok := of(s).recyclable(v); ok {
				p.Add(base, v.After(base.At, v.Sections.Ownership.RecycleAfter))
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			d := Span(f.View.Sections.Ownership.RecycleAfter)
			of(s).Recycle(f, lang.T(d.Zh+"没有跟进", "no follow-up for "+d.En))
		},
		Does:   func(*S, journey.Obligation, *policy.View) lang.Text { return actions[policy.ActRecycle] },
		Policy: func(*S, journey.Obligation) string { return "ownership.recycle_after" },
	}
}
