package app

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/storage"
)

// FormDoc is a stored web form.
type FormDoc = store.Doc[storage.Form]

// CreateForm makes a web form with a site key of its own.
func (a *App) CreateForm(ctx context.Context, name string, origins []string) (*FormDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.FormChange); err != nil {
		return nil, err
	}
	var fields []problem.Field
	if name = strings.TrimSpace(name); name == "" {
		fields = append(fields, problem.Required("name"))
	}
	if len(origins) == 0 {
		fields = append(fields, problem.Required("origins"))
	}
	for _, o := range origins {
		u, err := url.Parse(o)
		if o != "*" && (err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http") {
			fields = append(fields, problem.FieldError("origins", "origin", "应为 https://example.com 这样的来源，或 *", "must be an origin such as https://example.com, or *"))
		}
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return nil, err
	}
	key := httpx.NewID(ctx)
	d := store.New(key, storage.Form{Key: key, Name: name, Origins: origins, Active: true, CreatedBy: caller(ctx).ID, CreatedAt: a.Clock()})
	err := a.Forms.Commit(ctx, d, httpx.Command(ctx))
	if errors.Is(err, store.ErrExists) {
		return a.Forms.Get(ctx, key)
	}
	return d, err
}

// ListForms lists web forms.
func (a *App) ListForms(ctx context.Context, limit int, after string) ([]*FormDoc, string, error) {
	if err := a.Guard.MayAtAll(ctx, access.FormRead); err != nil {
		return nil, "", err
	}
	page, err := a.Forms.Page(ctx, store.Query{Index: "created", Limit: limit, After: after})
	return page.Docs, page.Next, err
}

// SwitchForm turns a web form on or off.
func (a *App) SwitchForm(ctx context.Context, key string, active bool) (d *FormDoc, err error) {
	if err := a.Guard.MayAtAll(ctx, access.FormChange); err != nil {
		return nil, err
	}
	err = retry(ctx, func() error {
		if d, err = a.formOf(ctx, key); err != nil || d.Body.Active == active {
			return err
		}
		d.Body.Active = active
		return a.Forms.Commit(ctx, d, "")
	})
	return d, err
}

func (a *App) formOf(ctx context.Context, key string) (*FormDoc, error) {
	d, err := a.Forms.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("表单", "web form", key)
	}
	return d, err
}

// Submission is where a web form was sent from.
type Submission struct {
	Key     string
	Origin  string // of the page, empty where the browser named none
	Address string // of the sender
}

// AllowedOrigin gives the origin that may show the form, empty if this one may not.
func (a *App) AllowedOrigin(ctx context.Context, key, origin string) (string, error) {
	d, err := a.formOf(ctx, key)
	if err != nil || !d.Body.Active {
		return "", err
	}
	for _, o := range d.Body.Origins {
		if o == "*" || strings.EqualFold(o, origin) {
			return o, nil
		}
	}
	return "", nil
}

// SubmitForm records the lead of a public web form: the same lead as any
// other, from the source website.
func (a *App) SubmitForm(ctx context.Context, s Submission, in lead.Intake) (*LeadDoc, error) {
	d, err := a.formOf(ctx, s.Key)
	if err != nil {
		return nil, err
	}
	if !d.Body.Active {
		return nil, problem.Missing("表单", "web form", s.Key)
	}
	if s.Origin != "" {
		if allowed, err := a.AllowedOrigin(ctx, s.Key, s.Origin); err != nil || allowed == "" {
			return nil, errors.Join(err, problem.Forbid("form.origin", "这个网站不能使用该表单", "this site may not use the form"))
		}
	}
	_, v, err := a.now()
	if err != nil {
		return nil, err
	}
	if wait := a.limits.wait(s, v.Sections.Intake.WebFormPerMinute, a.Clock()); wait > 0 {
		return nil, &problem.Error{Code: problem.TooMany, Rule: "intake.web_form_per_minute", RetryAfter: wait,
			Text: lang.T("提交过于频繁，请稍后再试", "Too many submissions; try again shortly")}
	}
	in.Source, in.Owner = "website", ""
	return a.recordLead(ctx, in, "", "form:"+s.Key)
}

// limits holds how fast each address may send each form, and each form be sent at all.
type limits struct {
	mu    sync.Mutex
	byKey map[string]*rate.Limiter
	swept instant.Time
}

// formShare is how many times the rate of one address a form takes in all.
const formShare = 20

// sweepEvery bounds how long limiters of addresses are kept that sent nothing since.
const sweepEvery = 10 * time.Minute

// wait takes a place for a submission, or tells how long until there is one.
func (l *limits) wait(s Submission, perMinute int, at instant.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey == nil || at.Sub(l.swept) > sweepEvery {
		l.byKey, l.swept = map[string]*rate.Limiter{}, at
	}
	longest := time.Duration(0)
	for key, n := range map[string]int{s.Key + "|" + s.Address: perMinute, s.Key: perMinute * formShare} {
		limiter := l.byKey[key]
		if limiter == nil {
			limiter = rate.NewLimiter(rate.Limit(float64(n)/60), n)
			l.byKey[key] = limiter
		}
		r := limiter.ReserveN(at.Std(), 1)
		if wait := r.DelayFrom(at.Std()); wait > 0 {
			r.CancelAt(at.Std())
			longest = max(longest, wait)
		}
	}
	return longest
}
