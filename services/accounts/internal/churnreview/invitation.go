package churnreview

import (
	"context"
	"crypto/rand"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// The invitation is what is sent, and what the log of contacts holds; it is no key
// to the answer. Whoever opens it changes it, once, for a ballot: a link of its own
// that is drawn then and shown to them alone. That an invitation was used is noted
// under the hash of its number, without a time; which ballot it was used for is not.

// Invitation is the purpose of the links that are sent.
const Invitation = "churn-invitation"

// spent notes that an invitation was changed for a ballot.
type spent struct{}

// Send invites the lost customer to the questionnaire, through outreach: within the
// contact budget, by consent and on the record. What a rule forbids is refused with
// the rule, and no interview; one that waits for its place counts as asked for.
func (r *Reviews) Send(ctx context.Context, p auth.Principal, id string, match func(int64) error) (*Doc, catalogue.Outreach, error) {
	d, err := r.permitted(ctx, p, access.ChurnWork, id)
	if err != nil {
		return nil, catalogue.Outreach{}, err
	}
	if err := match(d.Version); err != nil && !d.Did(httpx.Command(ctx)) {
		return nil, catalogue.Outreach{}, err
	}
	if err := d.Body.open(); err != nil {
		return nil, catalogue.Outreach{}, err
	}
	sent, err := r.invite(ctx, p, d.Body)
	if err != nil {
		return nil, sent, err
	}
	at := r.Clock()
	d, err = r.change(ctx, d, func(int64) error { return nil }, func(w *Review) error { return w.Talk(catalogue.InterviewQuestionnaire, "", p.ID, at) }, changed("interview"))
	return d, sent, err
}

func (r *Reviews) invite(ctx context.Context, p auth.Principal, w Review) (catalogue.Outreach, error) {
	at, v, err := r.settings()
	if err != nil {
		return catalogue.Outreach{}, err
	}
	f, err := r.Files.Root(ctx, w.Customer)
	if err != nil {
		return catalogue.Outreach{}, err
	}
	until := at.Add(v.Sections.Reviews.Churn.LinkValid.Elapsed())
	address, err := r.Links.Address(signedlink.Link{Purpose: Invitation, Subject: rand.Text(), Expires: until})
	if err != nil {
		return catalogue.Outreach{}, err
	}
	return r.Outreach.Reach(ctx, "churn-questionnaire:"+httpx.NewID(ctx), p.ID, effects.ReachCustomer{Customer: f.ID, Channel: reach.Channel(f), Purpose: "survey", Department: reach.Service,
		Subject: lang.T("请告诉我们原因", "Please tell us why"), Uses: []string{"churn_review/" + w.ID}, For: &catalogue.Subject{Kind: catalogue.KindChurnReview, ID: w.ID}, Until: until,
		Text: lang.T("很遗憾您不再与我们合作。请匿名告诉我们原因，我们不会记录是谁回答的："+address, "We are sorry to have lost you. Tell us why, anonymously; we do not keep who answers: "+address)})
}

// Ballot changes an invitation for the address of a questionnaire, once.
func (r *Reviews) Ballot(ctx context.Context, l signedlink.Link) (string, error) {
	at, v, err := r.settings()
	if err != nil {
		return "", err
	}
	if err := once(r.spent.Commit(ctx, store.New(used("invitation", l), spent{}), "")); err != nil {
		return "", err
	}
	return r.Links.Address(signedlink.Link{Purpose: Purpose, Subject: rand.Text(), Expires: ballotEnds(at, v.Sections.Reviews.Churn.LinkValid.Elapsed().Milliseconds())})
}

// ballotEnds is the same for all who open their invitation on a day: the end of a
// ballot does not tell when it was drawn.
func ballotEnds(at instant.Time, valid int64) instant.Time {
	const day = 86_400_000
	return (at+instant.Time(valid))/day*day + day
}

// unsentTypes are the facts that tell what became of invitations.
var unsentTypes = []string{typeOf(&catalogue.OutreachStepped{})}

// Unsent takes an interview back whose invitation never reached the customer: it
// waited for its place and was refused, or its channel did not deliver it.
func (r *Reviews) Unsent(ctx context.Context, e facts.Event) error {
	d, err := facts.Decode[catalogue.OutreachStepped](e)
	if err != nil {
		return facts.Final(err)
	}
	about := d.After.For
	if about == nil || about.Kind != catalogue.KindChurnReview || d.Change != catalogue.OutreachRefused && d.Change != catalogue.OutreachFailed && d.Change != catalogue.OutreachWithdrawn {
		return nil
	}
	ctx = facts.WithCause(ctx, e.ID)
	return race.Again(ctx, 20, func() error {
		w, err := r.docs.Get(ctx, about.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || !w.Body.unasked(d.After.PlannedAt) {
			return err
		}
		err = r.commit(ctx, w, "", changed("interview")(w.Body.ChurnReview))
		var stale *problem.Error
		if errors.As(err, &stale) && stale.Code == problem.Stale {
			return store.ErrConflict // somebody was faster: look again
		}
		return err
	})
}

// unasked takes the interview by questionnaire back unless another came since; false: there is none to take back.
func (r *Review) unasked(planned instant.Time) bool {
	i := r.Interview
	if r.open() != nil || i.Way != catalogue.InterviewQuestionnaire || i.At < planned {
		return false
	}
	r.Interview = catalogue.ChurnInterview{Sampled: i.Sampled}
	return true
}
