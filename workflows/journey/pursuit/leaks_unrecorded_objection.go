package pursuit

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// UnrecordedObjection is leak 3: an objection was raised and no tag recorded, or
// the customer had to ask the same question twice. Recording objection
// tags mends it.
func UnrecordedObjection[S any](of func(*S) *Care) []journey.Rule[S] {
	return Leak[S]{
		Name: "unrecorded_objection", Of: of, Path: "risk.leaks", Remind: true,
		Says: lang.T("客户提了异议但没有记录异议标签，或同一问题问了两次", "an objection was raised without a tag, or the same question was asked twice"),
		Raise: func(s *S, _ *policy.View) (journey.Moment, instant.Time, bool) {
			raised := of(s).Talk.leak()
			return raised, raised.At, of(s).Begun.Set()
		},
		Holds: func(s *S) bool { return !of(s).Closed && of(s).Talk.leak().Set() },
		Proof: func(s *S) []string {
			c := of(s)
			leak, aggregate := c.Talk.leak(), c.Kind+"/"+c.ID
			if leak.Ref == c.Talk.Again.Ref {
				return []string{c.Talk.First.In(aggregate), leak.In(aggregate)}
			}
			return []string{leak.In(aggregate)}
		},
	}.Rules()
}

// leak gives what was raised or asked again since tags were last recorded.
func (t *Talk) leak() journey.Moment {
	latest := t.Raised
	if t.Again.After(latest.Ref) || t.Again.Ref == latest.Ref {
		latest = t.Again
	}
	if t.Tagged.After(latest.Ref) || t.Tagged == latest.Ref {
		return journey.Moment{}
	}
	return latest
}
