package board

import (
	"cmp"
	"maps"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

// journeyFolds are the decisions of journeys: what comes next, and why.
var journeyFolds = map[string]Fold{typeOf(&catalogue.Decided{}): on(decided)}

func decided(b *Board, d catalogue.Decided, _ facts.Event) {
	if d.Ended || len(d.Pending) == 0 {
		delete(b.Next, d.Journey)
	} else {
		pending := slices.SortedFunc(slices.Values(d.Pending), func(x, y catalogue.Obligation) int { return cmp.Compare(x.Due, y.Due) })
		var list []Next
		for _, o := range pending[:min(len(pending), maxNext)] {
			list = append(list, Next{Journey: d.Journey, Rule: o.Rule, Due: o.Due, Does: o.Does, Because: o.Because, Policy: o.Policy})
		}
		if b.Next == nil {
			b.Next = map[string][]Next{}
		}
		b.Next[d.Journey] = list
	}
	if r, ok := b.Running[d.Journey]; ok { // things and their journeys have one name
		r.Says = brief(d.Says)
		b.Running[d.Journey] = r
	}
}

// Upcoming lists what journeys will do, the earliest first.
func (b Board) Upcoming(most int) []Next {
	all := make([]Next, 0, len(b.Next))
	for _, list := range b.Next {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(x, y Next) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), cmp.Compare(x.Journey, y.Journey), cmp.Compare(x.Rule, y.Rule))
	})
	return all[:min(len(all), most)]
}

// Items lists what runs: deals first, then what is due first.
func (b Board) Items() []Running {
	order := []string{catalogue.KindIntervention, catalogue.KindDeal, catalogue.KindLead, catalogue.KindCase, catalogue.KindContract, catalogue.KindTransfer, catalogue.KindSurvey, catalogue.KindChurnReview}
	all := slices.AppendSeq(make([]Running, 0, len(b.Running)), maps.Values(b.Running))
	slices.SortFunc(all, func(x, y Running) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Subject.Kind), slices.Index(order, y.Subject.Kind)), cmp.Compare(x.Begun, y.Begun), cmp.Compare(x.Subject.ID, y.Subject.ID))
	})
	return all
}

// Latest gives the newest entry of a direction among kinds that are said to one another.
func (b Board) Latest(direction string, kinds []string) (Touch, bool) {
	var newest Touch
	found := false
	for _, k := range kinds {
		if t, ok := b.Touches[k+"/"+direction]; ok && (!found || t.At > newest.At) {
			newest, found = t, true
		}
	}
	return newest, found
}

// Spoken are the kinds of entries in which somebody turns to the other side; using a
// product is none.
var Spoken = []string{catalogue.EntryCall, catalogue.EntryMail, catalogue.EntryWeChat, catalogue.EntryVisit, catalogue.EntryMeeting, catalogue.EntryFollowUp, catalogue.EntryInquiry,
	catalogue.EntryQuote, catalogue.EntryOrder, catalogue.EntryPayment, catalogue.EntryContract, catalogue.EntryComplaint, catalogue.EntryFeedback, catalogue.EntryCase, catalogue.EntrySurvey}
