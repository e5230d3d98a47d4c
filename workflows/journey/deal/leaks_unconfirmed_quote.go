package deal

import (
	"slices"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// unconfirmedQuote is leak 2: a quote was sent and nobody confirmed that the
// customer received and understood it. It is judged after 48 hours, the
// task to do it was due after 24 (C-04).
func unconfirmedQuote() []journey.Rule[State] {
	return pursuit.Leak[State]{
		Name: "unconfirmed_quote", Of: care, Path: "risk.quote_confirmed_within", Remind: true,
		Says: lang.T("报价发出后没有确认客户收到并理解", "nobody confirmed that the quote was received and understood"),
		Raise: func(s *State, v *policy.View) (journey.Moment, instant.Time, bool) {
			sent := s.Quote.Value.SentAt
			return journey.Moment{Ref: s.Quote.Ref, At: sent}, v.After(sent, v.Sections.Risk.QuoteConfirmedWithin), sent >= s.Begun.At && s.Begun.Set()
		},
		Holds: func(s *State) bool { return s.open() && s.Quote.Value.ID != "" && !s.agreed(s.Quote.Value.ID) },
	}.Rules()
}

func (s *State) agreed(quote string) bool {
	return slices.ContainsFunc(s.Agreed, func(a Agreed) bool { return a.Quote == quote })
}
