package app

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// epoch is when version 1 comes into force: before everything that can have
// happened. An instant of zero would mean "not set".
const epoch instant.Time = 1

// Seed publishes the shipped defaults as version 1 if there is no book yet, and
// hands every stored version to the holder of this process.
func (a *App) Seed(ctx context.Context) error {
	if _, err := a.Docs.Books.Get(ctx, "1"); errors.Is(err, store.ErrNotFound) {
		first := policy.Book{Version: 1, EffectiveFrom: epoch, Author: "liuke", Reason: "shipped defaults", PublishedAt: a.Clock(), Sections: policy.Defaults()}
		if err := a.put(ctx, first); err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
	} else if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := a.Docs.Books.Page(ctx, store.Query{Index: "by_version", Limit: 100, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := a.Policy.Put(d.Body); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// put stores a version with the fact that publishes it; the version is the id,
// so that no two can be the same.
func (a *App) put(ctx context.Context, b policy.Book) error {
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	id := strconv.FormatInt(b.Version, 10)
	stamp := a.stamp()
	stamp.Key = id
	fact, err := facts.Record(ctx, stamp, 1, &catalogue.PolicyPublished{Version: b.Version, EffectiveFrom: b.EffectiveFrom, Author: b.Author, Reason: b.Reason, Book: raw})
	if err != nil {
		return err
	}
	if err := a.Docs.Books.Commit(ctx, store.New(id, b), httpx.Command(ctx), fact); err != nil {
		return err
	}
	return a.Policy.Put(b)
}

// Version reads a version of the book.
func (a *App) Version(ctx context.Context, n int64) (policy.Book, error) {
	d, err := a.Docs.Books.Get(ctx, strconv.FormatInt(n, 10))
	if errors.Is(err, store.ErrNotFound) {
		return policy.Book{}, problem.Missing("策略版本", "version of the policy book", strconv.FormatInt(n, 10))
	}
	if err != nil {
		return policy.Book{}, err
	}
	return d.Body, nil
}

// Latest reads the version published last.
func (a *App) Latest(ctx context.Context) (policy.Book, error) {
	page, err := a.Docs.Books.Page(ctx, store.Query{Index: "by_version", Desc: true, Limit: 1})
	if err != nil {
		return policy.Book{}, err
	}
	if len(page.Docs) == 0 {
		return policy.Book{}, policy.ErrNoPolicy
	}
	return page.Docs[0].Body, nil
}

// InForce gives the version in force now, by the stored versions.
func (a *App) InForce(ctx context.Context) (policy.Book, error) {
	now := a.Clock()
	for after := ""; ; {
		page, err := a.Docs.Books.Page(ctx, store.Query{Index: "by_version", Desc: true, Limit: 20, After: after})
		if err != nil {
			return policy.Book{}, err
		}
		for _, d := range page.Docs {
			if d.Body.EffectiveFrom <= now {
				return d.Body, nil
			}
		}
		if after = page.Next; after == "" {
			return policy.Book{}, policy.ErrNoPolicy
		}
	}
}

// Publication is what publishing takes: why, and from when (now if not set).
type Publication struct {
	Reason        string
	EffectiveFrom instant.Time
}

func (p Publication) check(now instant.Time) []problem.Field {
	var out []problem.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(p.Reason)); n == 0 {
		out = append(out, problem.Required("reason"))
	} else if n > 1000 {
		out = append(out, problem.FieldError("reason", "max_length", "最多 1000 个字符", "may have at most 1000 characters"))
	}
	if !p.EffectiveFrom.IsZero() && p.EffectiveFrom < now {
		out = append(out, problem.FieldError("effective_from", "in_past", "生效时间不能早于现在", "must not be in the past"))
	}
	return out
}

// Published is a new version with what it displaces.
type Published struct {
	Book policy.Book
	// Displaced are versions that were to come into force later and now never will.
	Displaced []int64
}

// publish makes the sections the next version.
func (a *App) publish(ctx context.Context, p Publication, sections policy.Sections, latest policy.Book) (Published, error) {
	if done, err := a.repeated(ctx); done != nil || err != nil {
		return Published{Book: deref(done)}, err
	}
	now := a.Clock()
	fields := append(p.check(now), policy.Validate(sections)...)
	fields = append(fields, a.checkPeople(ctx, sections)...)
	if err := problem.InvalidFields(fields...); err != nil {
		return Published{}, err
	}
	who, err := httpx.Require(ctx)
	if err != nil {
		return Published{}, err
	}
	b := policy.Book{Version: latest.Version + 1, EffectiveFrom: max(p.EffectiveFrom, now), Author: who.ID, Reason: strings.TrimSpace(p.Reason), PublishedAt: now, Sections: sections}
	if err := a.put(ctx, b); err != nil {
		return Published{}, err
	}
	displaced, err := a.displaced(ctx, b)
	return Published{Book: b, Displaced: displaced}, err
}

// repeated finds the version that the same command published before.
func (a *App) repeated(ctx context.Context) (*policy.Book, error) {
	command := httpx.Command(ctx)
	if command == "" {
		return nil, nil
	}
	page, err := a.Docs.Books.Page(ctx, store.Query{Index: "by_version", Desc: true, Limit: 20})
	if err != nil {
		return nil, err
	}
	for _, d := range page.Docs {
		if d.Did(command) {
			return &d.Body, nil
		}
	}
	return nil, nil
}

func deref(b *policy.Book) policy.Book {
	if b == nil {
		return policy.Book{}
	}
	return *b
}

// displaced lists the scheduled versions that a new one keeps from ever coming into force.
func (a *App) displaced(ctx context.Context, b policy.Book) ([]int64, error) {
	page, err := a.Docs.Books.Page(ctx, store.Query{Index: "by_version", Desc: true, Limit: 100})
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, d := range page.Docs {
		if d.Body.Version < b.Version && d.Body.EffectiveFrom > b.PublishedAt && d.Body.EffectiveFrom >= b.EffectiveFrom {
			out = append(out, d.Body.Version)
		}
	}
	return out, nil
}

// checkPeople checks what the book says of people and what people say of the book.
func (a *App) checkPeople(ctx context.Context, s policy.Sections) []problem.Field {
	c, err := a.Chart(ctx)
	if err != nil {
		return nil // the store will say so when the version is committed
	}
	var out []problem.Field
	for i, id := range s.Intake.DefaultAssignees {
		if !c.People[id].Active {
			out = append(out, problem.FieldError("intake.default_assignees["+strconv.Itoa(i)+"]", "active", "不是在职人员："+id, "is not an active person: "+id))
		}
	}
	kept := map[string]bool{"": true}
	for _, cal := range s.Calendars.Calendars {
		kept[cal.ID] = true
	}
	used := func(calendar, by string) {
		if !kept[calendar] {
			out = append(out, problem.FieldError("calendars.calendars", "in_use", "日历仍在使用："+calendar+"（"+by+"）", "a calendar is still used: "+calendar+" by "+by))
			kept[calendar] = true // named once
		}
	}
	err = each(ctx, a.Docs.People, func(d *store.Doc[catalogue.Person]) error {
		if d.Body.Active {
			used(d.Body.Calendar, d.Body.Name)
		}
		return nil
	})
	if err == nil {
		err = each(ctx, a.Docs.Teams, func(d *store.Doc[catalogue.Team]) error {
			used(d.Body.Calendar, d.Body.Name)
			return nil
		})
	}
	if err != nil {
		return nil // as above
	}
	return out
}

// Restore publishes the sections of an earlier version as a new one.
func (a *App) Restore(ctx context.Context, n int64, p Publication) (Published, error) {
	if err := a.May(ctx, access.PublishPolicy); err != nil {
		return Published{}, err
	}
	old, err := a.Version(ctx, n)
	if err != nil {
		return Published{}, err
	}
	latest, err := a.Latest(ctx)
	if err != nil {
		return Published{}, err
	}
	return a.publish(ctx, p, old.Sections, latest)
}
