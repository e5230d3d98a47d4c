package board

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

// winFolds are the facts of leads, deals and owners.
var winFolds = map[string]Fold{
	typeOf(&catalogue.LeadRecorded{}):      on(func(b *Board, d catalogue.LeadRecorded, _ facts.Event) { b.lead(d.After) }),
	typeOf(&catalogue.LeadChanged{}):       on(func(b *Board, d catalogue.LeadChanged, _ facts.Event) { b.lead(d.After) }),
	typeOf(&catalogue.LeadLinked{}):        on(func(b *Board, d catalogue.LeadLinked, _ facts.Event) { b.lead(d.After) }),
	typeOf(&catalogue.LeadAssigned{}):      on(leadAssigned),
	typeOf(&catalogue.LeadStatusChanged{}): on(leadStatus),
	typeOf(&catalogue.LeadFoldedIn{}):      on(func(b *Board, d catalogue.LeadFoldedIn, _ facts.Event) { b.end(subject(catalogue.KindLead, d.Lead)) }),
	typeOf(&catalogue.FollowUpRecorded{}):  on(followUp),
	typeOf(&catalogue.NextTouchPlanned{}):  on(nextTouch),
	typeOf(&catalogue.MarkSet{}):           on(markSet),
	typeOf(&catalogue.MarkCleared{}):       on(markCleared),
	typeOf(&catalogue.DealOpened{}):        on(func(b *Board, d catalogue.DealOpened, _ facts.Event) { b.deal(d.After) }),
	typeOf(&catalogue.DealImported{}):      on(func(b *Board, d catalogue.DealImported, _ facts.Event) { b.deal(d.After) }),
	typeOf(&catalogue.DealChanged{}):       on(func(b *Board, d catalogue.DealChanged, _ facts.Event) { b.deal(d.After) }),
	typeOf(&catalogue.StageChanged{}):      on(func(b *Board, d catalogue.StageChanged, _ facts.Event) { b.deal(d.State) }),
	typeOf(&catalogue.DealLinked{}):        on(func(b *Board, d catalogue.DealLinked, _ facts.Event) { b.deal(d.State) }),
	typeOf(&catalogue.DealClosed{}):        on(func(b *Board, d catalogue.DealClosed, _ facts.Event) { b.deal(d.State) }),
	typeOf(&catalogue.DealReopened{}):      on(func(b *Board, d catalogue.DealReopened, _ facts.Event) { b.deal(d.State) }),
	typeOf(&catalogue.DealAssigned{}):      on(dealAssigned),
	typeOf(&catalogue.QuoteSent{}):         on(quoteSent),
	typeOf(&catalogue.QuoteConfirmed{}):    on(quoteConfirmed),
	typeOf(&catalogue.OwnerChanged{}):      on(func(b *Board, d catalogue.OwnerChanged, _ facts.Event) { b.owned(d.After) }),
	typeOf(&catalogue.CustomerPooled{}):    on(func(b *Board, d catalogue.CustomerPooled, _ facts.Event) { b.owned(d.After) }),
	typeOf(&catalogue.CustomerClaimed{}):   on(func(b *Board, d catalogue.CustomerClaimed, _ facts.Event) { b.owned(d.After) }),
	typeOf(&catalogue.TransferStepped{}):   on(transferStepped),
}

// owned keeps who answers for the customer.
func (b *Board) owned(o catalogue.Ownership) {
	if o.Customer == b.Customer {
		b.Owner = o
	}
}

func (b *Board) lead(l catalogue.Lead) {
	s := subject(catalogue.KindLead, l.ID)
	if l.Status == catalogue.LeadConverted || l.Status == catalogue.LeadFolded || l.Status == catalogue.LeadClosed {
		b.end(s)
		return
	}
	if l.NextTouchAt != 0 && l.LastContactAt != 0 { // it may have been promised before the customer was known
		by := l.Owner
		if p := b.Promised; p != nil && p.Subject == s && p.At == l.LastContactAt {
			by = p.By
		}
		b.promise(Promised{What: l.NextAction, Due: l.NextTouchAt, By: by, At: l.LastContactAt, Subject: s})
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Owner, r.Begun, r.Amount = l.Need, l.Status, l.Owner, l.ArrivedAt, l.Value
		r.Need, r.Objections, r.Decides, r.LastContact = firstOf(l.KeyNeed, l.Need), l.Objections, l.KeyPerson, l.LastContactAt
		r.Promise, r.PromiseDue, r.Marks = l.NextAction, l.NextTouchAt, rules(l.Marks)
	})
}

func (b *Board) deal(d catalogue.Deal) {
	s := subject(catalogue.KindDeal, d.ID)
	b.Won, b.Lost = without(b.Won, d.ID), without(b.Lost, d.ID)
	over := Ended{Deal: d.ID, Title: d.Title, At: d.ClosedAt, Opened: d.OpenedAt, Amount: d.Amount, Reason: d.LostReason}
	switch d.Outcome {
	case catalogue.DealWon:
		over.Fulfilled = b.fulfilled(over)
		b.Won = newest(append(b.Won, over))
		b.end(s)
		return
	case catalogue.DealLost:
		b.Lost = newest(append(b.Lost, over))
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Stage, r.StageType, r.Since, r.Begun = d.Title, d.Outcome, d.Stage, d.StageType, d.StageSince, d.OpenedAt
		r.Owner, r.Amount, r.Due, r.Need, r.Objections = d.Owner, d.Amount, d.ExpectedClose, firstOf(d.KeyNeed, d.Need), d.Objections
		r.Decides, r.LastContact, r.Promise, r.PromiseDue, r.Marks = firstOf(d.DecisionMaker, d.KeyPerson), d.LastContactAt, d.NextAction, d.NextTouchAt, rules(d.Marks)
	})
}

func without(list []Ended, deal string) []Ended {
	return slices.DeleteFunc(list, func(e Ended) bool { return e.Deal == deal })
}

func newest(list []Ended) []Ended {
	slices.SortStableFunc(list, func(x, y Ended) int { return cmp.Compare(y.At, x.At) })
	return list[:min(len(list), maxEnded)]
}

func leadAssigned(b *Board, d catalogue.LeadAssigned, _ facts.Event) {
	b.at(subject(catalogue.KindLead, d.Lead), func(r *Running) { r.Owner = d.After })
}

func dealAssigned(b *Board, d catalogue.DealAssigned, _ facts.Event) {
	b.at(subject(catalogue.KindDeal, d.Deal), func(r *Running) { r.Owner = d.After })
}

func leadStatus(b *Board, d catalogue.LeadStatusChanged, _ facts.Event) {
	s := subject(catalogue.KindLead, d.Lead)
	switch d.After {
	case catalogue.LeadConverted, catalogue.LeadFolded, catalogue.LeadClosed:
		b.end(s)
	default:
		b.begin(s, func(r *Running) { r.Status = d.After })
	}
}

// followUp keeps what was promised with it, which objections it met, and what the customer asked.
func followUp(b *Board, d catalogue.FollowUpRecorded, _ facts.Event) {
	f := d.FollowUp
	if f.NextTouchAt != 0 {
		b.promise(Promised{What: f.NextAction, Due: f.NextTouchAt, By: f.By, At: f.OccurredAt, Subject: f.Subject})
	}
	b.at(f.Subject, func(r *Running) {
		r.LastContact = max(r.LastContact, f.OccurredAt)
		for _, o := range f.Objections {
			if !slices.Contains(r.Objections, o) {
				r.Objections = append(slices.Clone(r.Objections), o)
			}
		}
		r.Need, r.Decides = firstOf(f.KeyNeed, r.Need), firstOf(f.KeyPerson, r.Decides)
		if f.NextTouchAt != 0 {
			r.Promise, r.PromiseDue, r.PromisedBy, r.PromisedAt = f.NextAction, f.NextTouchAt, f.By, f.OccurredAt
		}
	})
	if f.Question != "" {
		b.ask(Question{Subject: f.Subject, Question: f.Question, Answer: f.KeyPoints, By: f.By, At: f.OccurredAt})
	}
}

// promise keeps the newest promise.
func (b *Board) promise(p Promised) {
	if b.Promised == nil || p.At >= b.Promised.At {
		b.Promised = &p
	}
}

func (b *Board) ask(q Question) {
	if slices.ContainsFunc(b.Questions, func(k Question) bool { return k.At == q.At && k.Question == q.Question }) {
		return
	}
	b.Questions = append(b.Questions, q)
	slices.SortStableFunc(b.Questions, func(x, y Question) int { return cmp.Compare(y.At, x.At) })
	b.Questions = b.Questions[:min(len(b.Questions), maxQuestions)]
}

func nextTouch(b *Board, d catalogue.NextTouchPlanned, e facts.Event) {
	b.at(d.Subject, func(r *Running) {
		r.Promise, r.PromiseDue = d.Action, d.Due
		if r.PromisedAt == 0 {
			r.PromisedBy, r.PromisedAt = d.Assignee, e.Time
		}
	})
}

func quoteSent(b *Board, d catalogue.QuoteSent, _ facts.Event) {
	q := d.Quote
	b.Quotes = slices.DeleteFunc(b.Quotes, func(k Quoted) bool { return k.Quote == q.ID && k.Deal == d.Deal })
	b.Quotes = append(b.Quotes, Quoted{Quote: q.ID, Deal: d.Deal, Amount: q.Amount, SentAt: q.SentAt, By: q.By, ConfirmedAt: q.ConfirmedAt})
	slices.SortStableFunc(b.Quotes, func(x, y Quoted) int { return cmp.Or(cmp.Compare(y.SentAt, x.SentAt), cmp.Compare(x.Quote, y.Quote)) })
	b.Quotes = b.Quotes[:min(len(b.Quotes), maxPapers)]
}

func quoteConfirmed(b *Board, d catalogue.QuoteConfirmed, _ facts.Event) {
	for i, q := range b.Quotes {
		if q.Quote == d.Quote && q.Deal == d.Deal {
			b.Quotes[i].ConfirmedAt = d.At
		}
	}
}

func markSet(b *Board, d catalogue.MarkSet, _ facts.Event) {
	b.at(d.Subject, func(r *Running) {
		if !slices.Contains(r.Marks, d.Mark.Rule) {
			r.Marks = append(slices.Clone(r.Marks), d.Mark.Rule)
		}
	})
}

func markCleared(b *Board, d catalogue.MarkCleared, _ facts.Event) {
	b.at(d.Subject, func(r *Running) {
		r.Marks = slices.DeleteFunc(slices.Clone(r.Marks), func(rule string) bool { return rule == d.Rule })
	})
}

func transferStepped(b *Board, d catalogue.TransferStepped, e facts.Event) {
	t := d.After
	s := subject(catalogue.KindTransfer, t.ID)
	switch t.Status {
	case catalogue.TransferAccepted, catalogue.TransferRejected, catalogue.TransferCancelled:
		b.end(s)
	default:
		b.begin(s, func(r *Running) {
			r.Title, r.Status, r.Owner, r.Begun, r.Since = t.Reason, t.Status, t.To, t.RequestedAt, e.Time
		})
	}
}

func rules(marks []catalogue.Mark) []string {
	var out []string
	for _, m := range marks {
		out = append(out, m.Rule)
	}
	return out
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
