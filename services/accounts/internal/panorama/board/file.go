package board

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// fileFolds are the facts of the customer's file and standing.
var fileFolds = map[string]Fold{
	typeOf(&catalogue.CustomerCreated{}):  on(func(b *Board, d catalogue.CustomerCreated, _ facts.Event) { b.file(d.After) }),
	typeOf(&catalogue.CustomerMatched{}):  on(func(b *Board, d catalogue.CustomerMatched, _ facts.Event) { b.file(d.After) }),
	typeOf(&catalogue.CustomerChanged{}):  on(func(b *Board, d catalogue.CustomerChanged, _ facts.Event) { b.file(d.After) }),
	typeOf(&catalogue.StandingAssessed{}): on(standing),

	typeOf(&catalogue.AttachmentStored{}):  on(attached),
	typeOf(&catalogue.AttachmentRemoved{}): on(detached),
	typeOf(&catalogue.NeedChangeStepped{}): on(needChange),
}

// channels say which kind of entry a contact on a channel of the file is.
var channels = map[string]string{"phone": catalogue.EntryCall, "mail": catalogue.EntryMail, "wechat": catalogue.EntryWeChat, "wecom": catalogue.EntryWeChat, "visit": catalogue.EntryVisit}

// file keeps what findings are judged by: who decides, and which channels are closed.
func (b *Board) file(c catalogue.Customer) {
	if c.ID != b.Customer {
		return // a file that was folded into this one speaks for itself no more
	}
	b.Deciders, b.Withdrawn = nil, nil
	for _, k := range c.Contacts {
		if k.Role == catalogue.RoleDecisionMaker {
			b.Deciders = append(b.Deciders, Decider{Contact: k.ID, Name: k.Name, LeftAt: k.LeftAt, Successor: k.Successor})
		} else if k.LeftAt != 0 {
			b.Deciders = append(b.Deciders, Decider{Contact: k.ID, Name: k.Name, LeftAt: k.LeftAt, Successor: firstOf(k.Successor, "-")})
		}
	}
	for _, k := range c.Consent {
		if kind := channels[k.Channel]; kind != "" && k.Status == catalogue.ConsentWithdrawn {
			if b.Withdrawn == nil {
				b.Withdrawn = map[string]instant.Time{}
			}
			b.Withdrawn[kind] = max(b.Withdrawn[kind], k.At)
		}
	}
}

func standing(b *Board, d catalogue.StandingAssessed, _ facts.Event) {
	s := d.After
	if s.Customer != b.Customer {
		return
	}
	b.Standing = &Standing{Lifecycle: s.Lifecycle, Why: s.LifecycleWhy, Health: s.Health, Version: s.HealthVersion, Red: s.Red, Groups: s.Groups, AsOf: s.AsOf}
	for _, g := range s.Signals {
		b.Standing.Signals = append(b.Standing.Signals, Signal{Rule: g.Rule, Severity: g.Severity, Says: g.Says})
	}
}

func attached(b *Board, d catalogue.AttachmentStored, e facts.Event) {
	detached(b, catalogue.AttachmentRemoved{Before: d.After}, e)
	a := d.After
	b.Attachments = append(b.Attachments, Attached{Attachment: a.ID, Name: a.Name, Purpose: a.Purpose, At: a.At, By: a.By})
	slices.SortStableFunc(b.Attachments, func(x, y Attached) int {
		return cmp.Or(cmp.Compare(y.At, x.At), cmp.Compare(x.Attachment, y.Attachment))
	})
	b.Attachments = b.Attachments[:min(len(b.Attachments), maxPapers)]
}

func detached(b *Board, d catalogue.AttachmentRemoved, _ facts.Event) {
	b.Attachments = slices.DeleteFunc(b.Attachments, func(a Attached) bool { return a.Attachment == d.Before.ID })
}

func needChange(b *Board, d catalogue.NeedChangeStepped, _ facts.Event) {
	n := d.After
	s := subject(catalogue.KindNeedChange, n.ID)
	if n.EndedAt != 0 {
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Owner, r.Begun = n.Reason, n.Status, n.RequestedBy, n.RequestedAt
	})
}
