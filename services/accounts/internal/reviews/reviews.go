// Package reviews owns the scheduled reviews of a company: the weekly review of
// funnel and follow-up and of the churn-risk list, the monthly meeting of the
// departments, the quarterly review of processes (R-129, R-111, C-15). Which there
// are, when, who holds them and what they must show is the policy's `reviews` section.
//
// Each occasion is a document of its own, <rhythm>.<date>, so that planning one
// twice plans it once. Its journey gives its owner a task, reminds and escalates,
// and has the occasion after it planned; an occasion that nobody held by then is
// missed, which stays in the record.
package reviews

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Occasion is the document of one occasion of a scheduled review.
type Occasion struct {
	catalogue.Review
}

const byStatus, byRhythm, byOwner, byDue = "by_status", "by_rhythm", "by_owner", "by_due"

var occasions = store.Spec{Name: catalogue.KindReview, Indexes: []store.Index{
	{Name: byStatus, Equal: []string{"status"}, Order: "due"}, {Name: byRhythm, Equal: []string{"rhythm"}, Order: "due"},
	{Name: byOwner, Equal: []string{"owner"}, Order: "due"}, {Name: byDue, Order: "due"},
}}

// Config is what scheduled reviews are made of.
type Config struct {
	Engine store.Engine
	Guard  access.Guard
	People *directory.Directory
	Policy *policy.Holder
	Clock  instant.Clock
	Log    *slog.Logger
}

// Reviews keeps the occasions.
type Reviews struct {
	Config
	docs store.Collection[Occasion]
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Reviews, error) {
	if err := c.Engine.Declare(ctx, occasions); err != nil {
		return nil, err
	}
	return &Reviews{Config: c, docs: store.Of[Occasion](c.Engine, occasions)}, nil
}

// Doc is a stored occasion.
type Doc = store.Doc[Occasion]

func (r *Reviews) settings() (instant.Time, *policy.View, error) {
	at := r.Clock()
	v, err := r.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

// Next plans the occasion of a rhythm that is due after an instant, and notes that
// those planned before it were missed. It is what the journey of the occasion
// before it asks for; asking again changes nothing.
func (r *Reviews) Next(ctx context.Context, p auth.Principal, rhythm string, after instant.Time) (*Doc, error) {
	if err := r.Guard.MayAtAll(p, access.ReviewPlan); err != nil {
		return nil, err
	}
	_, v, err := r.settings()
	if err != nil {
		return nil, err
	}
	told, ok := v.Sections.Reviews.Rhythm(rhythm)
	if !ok {
		return nil, problem.Refuse("reviews.rhythm", "策略中已没有这个复盘节奏："+rhythm, "The policy has this rhythm no more: "+rhythm)
	}
	return r.plan(ctx, told, after, v)
}

func (r *Reviews) plan(ctx context.Context, rhythm policy.Rhythm, after instant.Time, v *policy.View) (*Doc, error) {
	due := v.Occasion(rhythm, after)
	id := v.OccasionID(rhythm, due)
	made := Occasion{catalogue.Review{ID: id, Rhythm: rhythm.ID, Name: rhythm.Name, Status: catalogue.ReviewPlanned, Owner: r.owner(rhythm), Covers: rhythm.Covers,
		Due: due, Opens: v.Opens(rhythm, due), NextDue: v.Occasion(rhythm, due)}}
	for _, role := range rhythm.Invites {
		made.Participants = append(made.Participants, r.People.Active(auth.Role(role))...)
	}
	slices.Sort(made.Participants)
	made.Participants = slices.Compact(made.Participants)
	d := store.New(id, made)
	err := r.commit(ctx, d, "", v)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		d, err = r.docs.Get(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	return d, r.miss(ctx, rhythm.ID, due, v)
}

// last are the roles that hold a review where nobody has the role that should.
var last = []auth.Role{auth.Management, auth.SalesDirector, auth.SalesManager, auth.Administrator}

// owner is who holds a rhythm's reviews: whom the policy names, else the first of the role.
func (r *Reviews) owner(rhythm policy.Rhythm) string {
	if p, ok := r.People.Person(rhythm.Owner); ok && p.Active {
		return p.ID
	}
	for _, role := range append([]auth.Role{auth.Role(rhythm.Role)}, last...) {
		if able := r.People.Active(role); len(able) > 0 {
			return able[0]
		}
	}
	return ""
}

// miss notes that earlier occasions which are still planned were not held.
func (r *Reviews) miss(ctx context.Context, rhythm string, before instant.Time, v *policy.View) error {
	page, err := r.docs.Page(ctx, store.Query{Index: byRhythm, Equal: []any{rhythm}, Range: store.Range{To: before.String()}, Desc: true, Limit: 10})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		if d.Body.Status != catalogue.ReviewPlanned || d.Body.Due > r.Clock() {
			continue
		}
		d.Body.Status = catalogue.ReviewMissed
		if err := r.commit(ctx, d, "", v); err != nil && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return nil
}

func (r *Reviews) commit(ctx context.Context, d *Doc, command string, v *policy.View) error {
	list, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: r.Clock(), Policy: v.Version}, d.Version+1, &catalogue.ReviewStepped{After: d.Body.Review})
	if err != nil {
		return err
	}
	return r.docs.Commit(ctx, d, command, list...)
}

// Held is what shows that a review took place.
type Held struct {
	Evidence  []catalogue.ReviewEvidence
	Findings  string
	Decisions []string
}

// Hold records that an occasion was held, with its evidence: by its owner, or who may at any rate.
func (r *Reviews) Hold(ctx context.Context, p auth.Principal, id string, h Held, match func(int64) error) (*Doc, error) {
	d, err := r.Get(ctx, p, id)
	if err != nil {
		return nil, err
	}
	if !r.Guard.Owns(p.ID, d.Body.Owner) {
		if err := r.Guard.MayAtAll(p, access.ReviewHold); err != nil {
			return nil, err
		}
	}
	if d.Did(httpx.Command(ctx)) {
		return d, nil
	}
	if err := match(d.Version); err != nil {
		return nil, err
	}
	at, v, err := r.settings()
	if err != nil {
		return nil, err
	}
	if d.Body.Status != catalogue.ReviewPlanned {
		return nil, problem.Refuse("review.planned", "这次复盘已经结束："+d.Body.Status, "This occasion is over: "+d.Body.Status)
	}
	rhythm, _ := v.Sections.Reviews.Rhythm(d.Body.Rhythm)
	if err := problem.InvalidFields(h.check(rhythm)...); err != nil {
		return nil, err
	}
	o := &d.Body
	o.Status, o.Evidence, o.Findings, o.Decisions, o.HeldBy, o.HeldAt = catalogue.ReviewHeld, h.Evidence, h.Findings, h.Decisions, p.ID, at
	err = r.commit(ctx, d, httpx.Command(ctx), v)
	if errors.Is(err, store.ErrConflict) {
		return nil, problem.StaleVersion(d.Version + 1)
	}
	return d, err
}

// check names what evidence is missing: a review without it was none.
func (h Held) check(rhythm policy.Rhythm) []problem.Field {
	var wrong []problem.Field
	for _, kind := range rhythm.Evidence {
		if !slices.ContainsFunc(h.Evidence, func(e catalogue.ReviewEvidence) bool {
			return e.Kind == kind && strings.TrimSpace(e.Text) != ""
		}) {
			wrong = append(wrong, problem.FieldError("evidence", "R-129", "缺少证据："+kind, "this evidence is missing: "+kind))
		}
	}
	for i, e := range h.Evidence {
		if strings.TrimSpace(e.Text) == "" {
			wrong = append(wrong, problem.Required(fmt.Sprintf("evidence[%d].text", i)))
		}
	}
	return wrong
}

// Get reads an occasion.
func (r *Reviews) Get(ctx context.Context, p auth.Principal, id string) (*Doc, error) {
	if err := r.Guard.MayAtAll(p, access.ReviewRead); err != nil {
		return nil, err
	}
	d, err := r.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("例行复盘", "scheduled review", id)
	}
	return d, err
}

// List lists occasions, those due last first, by at most one of state, rhythm and owner.
func (r *Reviews) List(ctx context.Context, p auth.Principal, status, rhythm, owner string, limit int, after string) (store.List[Occasion], error) {
	if err := r.Guard.MayAtAll(p, access.ReviewRead); err != nil {
		return store.List[Occasion]{}, err
	}
	q := store.Query{Index: byDue, Desc: true, Limit: limit, After: after}
	given := 0
	for _, f := range []struct{ index, value string }{{byStatus, status}, {byRhythm, rhythm}, {byOwner, owner}} {
		if f.value != "" {
			q.Index, q.Equal = f.index, []any{f.value}
			given++
		}
	}
	if given > 1 {
		return store.List[Occasion]{}, problem.InvalidFields(problem.FieldError("query", "combination", "一次只能用一个条件", "only one filter at a time"))
	}
	return r.docs.Page(ctx, q)
}
