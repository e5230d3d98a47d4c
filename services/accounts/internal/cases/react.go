package cases

import (
	"context"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Types are the facts that cases react to.
var Types = []string{(&catalogue.CaseOpened{}).Kind().Type, (&catalogue.CaseEntryAdded{}).Kind().Type, (&catalogue.CaseStepped{}).Kind().Type,
	(&catalogue.SurveyAnswered{}).Kind().Type, (&catalogue.PersonDeactivated{}).Kind().Type, (&catalogue.TimelineRecorded{}).Kind().Type}

// Observe carries out what follows from a fact: the customer is told, a low
// answer becomes a case at once, cases of somebody who left go to whoever acts
// for them. Each step has an id of its own, so that repeating it changes nothing.
func (c *Cases) Observe(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(auth.With(ctx, process), e.ID)
	switch e.Type {
	case Types[0]:
		d, err := facts.Decode[catalogue.CaseOpened](e)
		if err != nil {
			return facts.Final(err)
		}
		return c.confirm(ctx, d.After)
	case Types[1]:
		d, err := facts.Decode[catalogue.CaseEntryAdded](e)
		if err != nil {
			return facts.Final(err)
		}
		return c.send(ctx, d.After.ID, d.Entry)
	case Types[2]:
		d, err := facts.Decode[catalogue.CaseStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		return c.follow(ctx, d, e.ID)
	case Types[3]:
		d, err := facts.Decode[catalogue.SurveyAnswered](e)
		if err != nil {
			return facts.Final(err)
		}
		return c.lowAnswer(ctx, d.After)
	case Types[4]:
		d, err := facts.Decode[catalogue.PersonDeactivated](e)
		if err != nil {
			return facts.Final(err)
		}
		if err := c.People.Await(ctx, d.After.ID, e.Version); err != nil {
			return err
		}
		return c.left(ctx, d.After.ID)
	case Types[5]:
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		return c.takeUp(ctx, d.After)
	}
	return nil
}

// write sends a customer something about a case, once under the id; refused tells
// why they will not hear of it.
func (c *Cases) write(ctx context.Context, id string, t *ticket.Ticket, subject lang.Text, text func(address string) lang.Text) (refused *problem.Error, err error) {
	address, err := c.Address(t)
	if err != nil {
		return nil, err
	}
	f, err := c.Files.Root(ctx, t.Customer)
	if err != nil {
		return nil, err
	}
	return reach.Say(ctx, c.Outreach, id, t.Owner, effects.ReachCustomer{Customer: f.ID, Contact: t.Contact, Channel: reach.Channel(f), Purpose: purpose, Department: reach.Service,
		Subject: subject, Text: text(address), Uses: []string{"case/" + t.ID}, For: &catalogue.Subject{Kind: catalogue.KindCase, ID: t.ID}})
}

func about(t catalogue.Case, zh, en string) lang.Text {
	return lang.T(zh+"："+t.Title, en+": "+t.Title)
}

// confirm tells the customer that a case is open and where its progress is seen.
func (c *Cases) confirm(ctx context.Context, k catalogue.Case) error {
	v, err := c.Policy.At(c.Clock())
	if err != nil {
		return err
	}
	if kind := v.Sections.Cases.Kind(k.Kind); kind == nil || !kind.Confirm {
		return nil
	}
	d, err := c.docs.Get(ctx, k.ID)
	if err != nil {
		return err
	}
	_, err = c.write(ctx, "case:"+k.ID+":opened", &d.Body, about(k, "已受理", "Received"), func(address string) lang.Text {
		return lang.T("我们已受理您的"+k.KindName.Zh+"（"+k.Title+"），负责人："+c.name(k.Owner)+"。进度查询："+address,
			"We have received your "+k.KindName.En+" ("+k.Title+"). Responsible: "+c.name(k.Owner)+". Progress: "+address)
	})
	return err
}

// send sends an entry that is meant to be sent.
func (c *Cases) send(ctx context.Context, id string, e catalogue.CaseEntry) error {
	if !e.Send {
		return nil
	}
	d, err := c.docs.Get(ctx, id)
	if err != nil {
		return err
	}
	_, err = c.write(ctx, "case:"+id+":entry:"+strconv.Itoa(e.N), &d.Body, about(d.Body.Case, "回复", "Reply"), func(address string) lang.Text {
		return lang.T(e.Text+"\n\n查看与回复："+address, e.Text+"\n\nSee and reply: "+address)
	})
	return err
}

// follow tells the customer what became of a suggestion.
func (c *Cases) follow(ctx context.Context, s catalogue.CaseStepped, fact string) error {
	if s.Step != "outcome" || s.After.Outcome == nil {
		return nil
	}
	d, err := c.docs.Get(ctx, s.After.ID)
	if err != nil {
		return err
	}
	now := d.Body.Outcome
	if now == nil || !now.Told.IsZero() || now.At != s.After.Outcome.At {
		return nil // another decision came after it
	}
	refused, err := c.write(ctx, "case:"+fact, &d.Body, about(s.After, "建议处理结果", "Your suggestion"), func(address string) lang.Text {
		return lang.T("您的建议「"+s.After.Title+"」处理结果："+now.Name.Zh+"。"+now.Reason+"\n"+address, "Your suggestion “"+s.After.Title+"”: "+now.Name.En+". "+now.Reason+"\n"+address)
	})
	if err != nil || refused != nil {
		return err // the owner sees that the customer was not told
	}
	_, err = c.Told(httpx.WithCommand(ctx, "told:"+fact), d.ID, httpx.IfMatch{})
	return err
}

// Nudge reminds the customer that a case waits for an answer, as its journey asks.
func (c *Cases) Nudge(ctx context.Context, id, effect string, asOf instant.Time) (*Doc, error) {
	d, err := c.get(ctx, id, access.CaseEffect)
	if err != nil || d.Did(effect) {
		return d, err
	}
	if d.Body.Status != catalogue.CaseWaiting || d.Body.WaitsSince != asOf {
		return nil, problem.Refuse("cases.moved_on", "工单已不再等待客户", "The case does not wait any more")
	}
	refused, err := c.write(ctx, "case:"+effect, &d.Body, about(d.Body.Case, "等待您的回复", "We wait for your answer"), func(address string) lang.Text {
		return lang.T("我们正在等待您的回复，以便继续处理「"+d.Body.Title+"」："+address, "We need your answer to go on with “"+d.Body.Title+"”: "+address)
	})
	if err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refused
	}
	return c.change(httpx.WithCommand(ctx, effect), id, access.CaseEffect, httpx.IfMatch{}, func(t *ticket.Ticket, _ *policy.View, _ instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		t.Nudged++
		return stepped("nudged", "", before, t), nil
	})
}

// lowAnswer opens the case of a low answer, at once and once.
func (c *Cases) lowAnswer(ctx context.Context, s catalogue.Survey) error {
	v, err := c.Policy.At(c.Clock())
	if err != nil {
		return err
	}
	kind := v.Sections.Surveys.LowCase
	if !s.Low || kind == "" {
		return nil
	}
	text := lang.T(s.Name.Zh, s.Name.En).Zh
	for _, a := range s.Answers {
		text += "\n" + a.Asked.Zh + " "
		switch {
		case a.Scale != nil:
			text += strconv.Itoa(a.Scale.Value) + "/" + strconv.Itoa(a.Scale.Max)
		case a.Choice != "":
			text += a.Choice
		default:
			text += a.Text
		}
	}
	if r := []rune(text); len(r) > ticket.MaxText {
		text = string(r[:ticket.MaxText])
	}
	_, err = c.open(ctx, "survey:"+s.ID, Draft{Intake: ticket.Intake{Customer: s.Customer, Kind: kind, Title: "低分反馈：" + s.Name.Zh, Text: text, Channel: "survey", Contact: s.Contact,
		Ref: &catalogue.Subject{Kind: catalogue.KindSurvey, ID: s.ID}, ReportedAt: s.Answered, By: "survey:" + s.ID}})
	return err
}

// takeUp opens the case of a complaint that another department's system tells on
// the timeline, once: whatever way feedback takes, it gets an owner and a status
// . What happened long ago is history.
func (c *Cases) takeUp(ctx context.Context, e catalogue.TimelineEntry) error {
	if e.Kind != catalogue.EntryComplaint || e.Source == timeline.Own || e.SameAs != "" || e.Ref != nil && e.Ref.Kind == catalogue.KindCase {
		return nil
	}
	at, v, err := c.now()
	if err != nil {
		return err
	}
	p := v.Sections.Cases
	if p.TakeUp.IsZero() || at >= v.After(e.OccurredAt, p.TakeUp) {
		return nil
	}
	in := ticket.Intake{Customer: e.Customer, Kind: p.Complaint, Text: e.Says.Zh, Contact: e.Contact, ReportedAt: min(e.OccurredAt, at), Ref: e.Ref, By: "entry:" + e.ID}
	if ch := e.Data["channel"]; policy.Has(p.Channels, ch) {
		in.Channel = ch
	}
	if f := e.Data["feature"]; ticket.Words("feature", f, ticket.MaxFeature) == nil {
		in.Feature = f // its entry told of the remark
	}
	_, err = c.open(ctx, "entry:"+e.ID, Draft{Intake: in})
	return err
}

// left gives the open cases of somebody who left to whoever acts for them.
func (c *Cases) left(ctx context.Context, person string) error {
	to := c.People.Substitute(person, c.Clock())
	if to == "" || to == person {
		return nil // back again, or nobody is there
	}
	for after := ""; ; {
		page, err := c.docs.Page(ctx, store.Query{Index: byOwner, Equal: []any{true, person}, Limit: 200, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if _, err := c.Assign(ctx, d.ID, to, "owner_left", httpx.IfMatch{}); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
