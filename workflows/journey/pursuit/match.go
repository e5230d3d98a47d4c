package pursuit

import (
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Match asks which customer this is, or makes its file, and links the answer.
func Match[S any](of func(*S) *Care, known func(*S) effects.MatchCustomer) journey.Rule[S] {
	return journey.Rule[S]{
		Name: "match",
		Arm: func(s *S, _ *policy.View, p *journey.Pending) {
			if c := of(s); c.Begun.Set() && !c.Closed && c.Customer.Value == "" && known(s).Name != "" {
				p.Add(c.Begun, c.Begun.Known)
			}
		},
		Fire: func(s *S, f *journey.Firing) { f.Ask(journey.LinkCustomer, of(s).Subject(), known(s)) },
		Does: func(*S, journey.Obligation, *policy.View) lang.Text {
			return lang.T("查重并关联客户主档", "match the customer and link its file")
		},
	}
}
