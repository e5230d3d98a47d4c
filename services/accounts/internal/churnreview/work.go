package churnreview

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/churnreview/trail"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Find records findings: by who takes part for the department, or who works on the review.
func (r *Reviews) Find(ctx context.Context, p auth.Principal, id, role string, findings []catalogue.ChurnFinding, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnRead, id)
	if err != nil {
		return nil, err
	}
	if !r.takesPart(p, d.Body, role) {
		if d, err = r.permitted(ctx, p, access.ChurnWork, id); err != nil {
			return nil, err
		}
	}
	return r.change(ctx, d, match, func(v *Review) error { return v.Find(role, findings, r.Clock()) }, changed("findings"))
}

// Assign gives a department's part to somebody else.
func (r *Reviews) Assign(ctx context.Context, p auth.Principal, id, role, person string, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnWork, id)
	if err != nil {
		return nil, err
	}
	if known, ok := r.People.Person(person); !ok || !known.Active {
		return nil, problem.InvalidFields(problem.FieldError("person", "exists", "没有这个在职人员："+person, "nobody active has this id: "+person))
	}
	return r.change(ctx, d, match, func(v *Review) error { return v.Assign(role, person) }, changed("participants"))
}

// Choose records the reasons.
func (r *Reviews) Choose(ctx context.Context, p auth.Principal, id string, reasons []Reason, competitor string, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnWork, id)
	if err != nil {
		return nil, err
	}
	_, v, err := r.settings()
	if err != nil {
		return nil, err
	}
	return r.change(ctx, d, match, func(w *Review) error { return w.Choose(reasons, competitor, v.Sections.Reviews.Churn) }, changed("reasons"))
}

// Talk records an interview: by who works on the review or takes part in it.
func (r *Reviews) Talk(ctx context.Context, p auth.Principal, id, way, notes string, at instant.Time, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnRead, id)
	if err != nil {
		return nil, err
	}
	if !r.takesPart(p, d.Body, "") {
		if d, err = r.permitted(ctx, p, access.ChurnWork, id); err != nil {
			return nil, err
		}
	}
	if at == 0 {
		at = r.Clock()
	}
	if at > r.Clock() {
		return nil, problem.InvalidFields(problem.FieldError("at", "future", "不能在将来", "must not lie in the future"))
	}
	return r.change(ctx, d, match, func(v *Review) error { return v.Talk(way, notes, p.ID, at) }, changed("interview"))
}

// Close completes a review; map and attribution are those of the moment.
func (r *Reviews) Close(ctx context.Context, p auth.Principal, id, summary string, lessons []string, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnWork, id)
	if err != nil {
		return nil, err
	}
	m, err := r.mapOf(ctx, d.Body.Customer, d.Body.ChurnedOn)
	if err != nil {
		return nil, err
	}
	return r.change(ctx, d, match, func(v *Review) error {
		v.Attributions, v.LostAt = trail.Attribute(m), m.LostAt
		return v.Close(summary, lessons, p.ID, r.Clock())
	}, func(c catalogue.ChurnReview) catalogue.Data { return &catalogue.ChurnReviewClosed{After: c} })
}

// Map draws the journey of a customer up to an instant, with whose promises were broken.
func (r *Reviews) Map(ctx context.Context, p auth.Principal, customer string, until instant.Time) (trail.Map, []catalogue.ChurnAttribution, error) {
	f, _, err := r.Files.Permitted(ctx, p, access.ChurnRead, customer)
	if err != nil {
		return trail.Map{}, nil, err
	}
	if until == 0 {
		until = r.Clock()
	}
	m, err := r.mapOf(ctx, f.ID, until)
	return m, trail.Attribute(m), err
}

// MapOf draws the map of a review, for whoever may read it.
func (r *Reviews) MapOf(ctx context.Context, p auth.Principal, id string) (trail.Map, []catalogue.ChurnAttribution, error) {
	d, err := r.permitted(ctx, p, access.ChurnRead, id)
	if err != nil {
		return trail.Map{}, nil, err
	}
	m, err := r.mapOf(ctx, d.Body.Customer, d.Body.ChurnedOn)
	return m, trail.Attribute(m), err
}

// most entries that a map is drawn from: the newest before the loss.
const most = 5000

func (r *Reviews) mapOf(ctx context.Context, customer string, until instant.Time) (trail.Map, error) {
	_, v, err := r.settings()
	if err != nil {
		return trail.Map{}, err
	}
	s := settingsOf(v, until)
	list, err := r.entries(ctx, customer, timeline.Filter{From: s.From, To: until + 1, Unique: true}, most)
	return trail.Draw(list, until, s), err
}

func settingsOf(v *policy.View, until instant.Time) trail.Settings {
	c := v.Sections.Reviews.Churn
	return trail.Settings{From: until.Add(-c.LookBack.Elapsed()), ReplyWithin: c.ReplyWithin.Elapsed(), QuoteWithin: c.QuoteWithin.Elapsed(), GapAfter: c.GapAfter.Elapsed(),
		LowRating: v.Sections.Standing.Low}
}

// entries reads the newest of a customer's timeline, up to a number of them.
func (r *Reviews) entries(ctx context.Context, customer string, f timeline.Filter, upTo int) ([]catalogue.TimelineEntry, error) {
	var all []catalogue.TimelineEntry
	for after := ""; ; {
		list, next, err := r.Line.Newest(ctx, customer, f, 500, after)
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); next == "" || len(all) >= upTo {
			return all[:min(len(all), upTo)], nil
		}
		after = next
	}
}
