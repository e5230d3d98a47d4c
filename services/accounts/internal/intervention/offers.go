package intervention

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// Offer is the document of a coupon or an invitation that a plan gives its
// customer. It has the shape of holdings.Belonging at its top.
type Offer struct {
	catalogue.WakeUpOffer
	Origins []string `json:"origins,omitempty"`
}

const byCode = "by_code"

// StepID is the id under which outreach is asked for a step of a plan.
func StepID(plan string, step int) string { return fmt.Sprintf("wakeup:%s:%d", plan, step) }

// OfferID names what a step of a plan offers: one coupon and one invitation for a
// customer and a step, however often it is carried out.
func OfferID(plan string, step int) string { return fmt.Sprintf("%s.%d", plan, step) }

// carry carries an approved plan out, or takes back what was not sent of one that
// stopped; each step has an id of its own, so that repeating does nothing new.
func (s *Interventions) carry(ctx context.Context, d catalogue.WakeUpPlanStepped) error {
	for n, step := range d.After.Steps {
		var err error
		switch d.Change {
		case catalogue.WakeUpApproved:
			err = s.carryStep(ctx, d.After, n, step)
		case catalogue.WakeUpStopped:
			err = s.takeBack(ctx, d.After, n, step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// carryStep issues what a step offers and asks outreach for the step. What no rule
// lets through never reaches the customer: its offer is void.
func (s *Interventions) carryStep(ctx context.Context, w catalogue.WakeUpPlan, n int, step catalogue.WakeUpStep) error {
	offer, err := s.issue(ctx, w, n, step)
	if err != nil {
		return err
	}
	ask, err := s.letter(w, step, offer)
	if err != nil {
		return err
	}
	_, err = s.Outreach.Reach(ctx, StepID(w.ID, n), w.DecidedBy, ask)
	var said *problem.Error
	if !errors.As(err, &said) || said.Status() >= 500 {
		return err
	}
	return s.void(ctx, offer, said.Text) // its contact says which rule refused it
}

// takeBack recalls a step that was not sent. What was sent stays good: a customer
// who comes back may use the coupon that they hold.
func (s *Interventions) takeBack(ctx context.Context, w catalogue.WakeUpPlan, n int, step catalogue.WakeUpStep) error {
	if err := s.Outreach.Recall(ctx, StepID(w.ID, n), "wake-up plan stopped"); err != nil {
		return err
	}
	d, err := s.offers.Get(ctx, OfferID(w.ID, n))
	if errors.Is(err, store.ErrNotFound) {
		return nil // it offers nothing, or was never issued
	}
	if err != nil {
		return err
	}
	ask, err := s.letter(w, step, d)
	if err != nil {
		return err
	}
	c, err := s.Outreach.Reach(ctx, d.Body.Outreach, w.DecidedBy, ask) // answers as it stands
	var said *problem.Error
	if err != nil && (!errors.As(err, &said) || said.Status() >= 500) {
		return err
	}
	if err == nil && c.Status != catalogue.OutreachWithdrawn && c.Status != catalogue.OutreachRefused {
		return nil
	}
	return s.void(ctx, d, lang.T("计划已停止", "the plan was stopped"))
}

// alphabet of codes: no letter that is read as another or as a digit.
const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode draws a code of ten letters: 49 bits, which nobody guesses at the rate that people are answered.
func newCode() (string, error) {
	var out strings.Builder
	b := make([]byte, 1)
	for out.Len() < 10 {
		if _, err := rand.Read(b); err != nil {
			return "", err
		}
		if int(b[0]) < 256/len(alphabet)*len(alphabet) { // else some letters would come more often
			out.WriteByte(alphabet[int(b[0])%len(alphabet)])
		}
	}
	return out.String(), nil
}

// issue makes the one offer of a step, or gives it; nil: the step offers nothing.
func (s *Interventions) issue(ctx context.Context, w catalogue.WakeUpPlan, n int, step catalogue.WakeUpStep) (*store.Doc[Offer], error) {
	if step.Coupon == nil && step.Event == nil {
		return nil, nil
	}
	id := OfferID(w.ID, n)
	if d, err := s.offers.Get(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	o := catalogue.WakeUpOffer{ID: id, Customer: w.Customer, Plan: w.ID, Kind: step.Kind, Name: step.Subject, Status: catalogue.OfferIssued, Coupon: step.Coupon, Event: step.Event,
		IssuedAt: s.Clock(), Outreach: StepID(w.ID, n)}
	if o.Coupon != nil {
		code, err := newCode()
		if err != nil {
			return nil, err
		}
		o.Code = code
	}
	d := store.New(id, Offer{WakeUpOffer: o})
	err := s.commitOffer(ctx, d, "")
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return s.offers.Get(ctx, id)
	}
	return d, err
}

func (s *Interventions) commitOffer(ctx context.Context, d *store.Doc[Offer], command string) error {
	f, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: s.Clock(), Customer: d.Body.Customer}, d.Version+1,
		&catalogue.WakeUpOfferStepped{Change: d.Body.Status, After: d.Body.WakeUpOffer})
	if err != nil {
		return err
	}
	return s.offers.Commit(ctx, d, command, f...)
}

// void notes that an offer never reached the customer; one that was used stays what it is.
func (s *Interventions) void(ctx context.Context, offer *store.Doc[Offer], why lang.Text) error {
	if offer == nil {
		return nil
	}
	return again(ctx, func() error {
		d, err := s.offers.Get(ctx, offer.ID)
		if err != nil || d.Body.Status != catalogue.OfferIssued {
			return err
		}
		d.Body.Status, d.Body.Why = catalogue.OfferVoid, why
		return s.commitOffer(ctx, d, "")
	})
}

// letter is what outreach is asked to say of a step: its words with the coupon's
// code, or with time, address and the link by which the customer answers.
func (s *Interventions) letter(w catalogue.WakeUpPlan, step catalogue.WakeUpStep, offer *store.Doc[Offer]) (effects.ReachCustomer, error) {
	ask := effects.ReachCustomer{Customer: w.Customer, Channel: step.Channel, Purpose: "wake_up", Department: "operations", Subject: step.Subject, Text: step.Text, Uses: step.Uses,
		NotBefore: step.At, For: &catalogue.Subject{Kind: catalogue.KindCustomer, ID: "wake-up:" + w.ID}}
	if offer == nil {
		return ask, nil
	}
	v, err := s.view(s.Clock())
	if err != nil {
		return ask, err
	}
	o := offer.Body.WakeUpOffer
	if o.Coupon != nil {
		ask.Until = o.Coupon.ValidUntil
		ask.Text = withCode(ask.Text, o, v.Local(o.Coupon.ValidUntil))
	}
	if o.Event != nil {
		ask.Until = o.Event.StartsAt
		ask.Text = appended(ask.Text, "时间："+v.Local(o.Event.StartsAt)+"\n观看："+o.Event.Link, "When: "+v.Local(o.Event.StartsAt)+"\nWhere: "+o.Event.Link)
		if s.Links != nil {
			address, err := s.Links.Address(s.invitation(o, v))
			if err != nil {
				return ask, err
			}
			ask.Text = appended(ask.Text, "请回复是否参加："+address, "Tell us whether you come: "+address)
		}
	}
	return ask, nil
}

// withCode fills the code, value and end of a coupon in, and adds them where the words do not name the code.
func withCode(t lang.Text, o catalogue.WakeUpOffer, until string) lang.Text {
	value := o.Coupon.Value.String()
	fill := strings.NewReplacer("{coupon}", o.Code, "{value}", value, "{until}", until)
	if !strings.Contains(t.Zh+t.En, "{coupon}") {
		t = appended(t, "券码 {coupon}，抵 {value}，{until} 前有效。", "Coupon {coupon}: {value} off, good until {until}.")
	}
	return lang.T(fill.Replace(t.Zh), fill.Replace(t.En))
}

// appended adds a line to what is said in each language.
func appended(t lang.Text, zh, en string) lang.Text {
	if t.Zh != "" {
		t.Zh += "\n" + zh
	}
	if t.En != "" {
		t.En += "\n" + en
	}
	return t
}

// purpose of the links by which invitations of wake-up plans are answered.
const purpose = "livestream"

// invited gives the offer that a link is for.
func (s *Interventions) invited(ctx context.Context, l signedlink.Link) (*store.Doc[Offer], error) {
	d, err := s.offers.Get(ctx, l.Subject)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Event == nil {
		return nil, problem.Missing("邀请", "invitation", l.Subject)
	}
	if err == nil && d.Body.Status == catalogue.OfferVoid {
		return nil, signedlink.Withdrawn()
	}
	return d, err
}
