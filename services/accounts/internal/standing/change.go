package standing

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strconv"
	"sync"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// tries bounds how often a change is made again after it lost a race.
const tries = 32

// edit changes a document and tells whether there is anything to judge anew.
type edit func(d *Doc, now instant.Time) (bool, error)

// change edits a customer's document, judges it, and commits what is different
// together with the fact that tells so; tell gives further facts of the edit, which
// come first. Errors: problem.Away without a policy.
func (p *Part) change(ctx context.Context, id, command string, do edit, tell ...func(d *Doc) catalogue.Data) (*store.Doc[Doc], error) {
	var err error
	for range tries {
		var doc *store.Doc[Doc]
		if doc, err = p.once(ctx, id, command, do, tell); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return doc, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, err
}

func (p *Part) once(ctx context.Context, id, command string, do edit, tell []func(d *Doc) catalogue.Data) (*store.Doc[Doc], error) {
	doc, recorded, changed, err := p.prepare(ctx, id, command, do, tell)
	if err != nil || !changed {
		return doc, err
	}
	if err := p.docs.Commit(ctx, doc, command, recorded...); !errors.Is(err, store.ErrRepeated) {
		return doc, err
	}
	return doc, nil
}

// prepare edits and judges a document and gives the facts to be committed with it,
// if there is anything to commit.
func (p *Part) prepare(ctx context.Context, id, command string, do edit, tell []func(d *Doc) catalogue.Data) (*store.Doc[Doc], []store.Fact, bool, error) {
	doc, err := p.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		doc, err = store.New(id, Doc{}), nil
	}
	if err != nil || doc.Did(command) {
		return doc, nil, false, err
	}
	now := p.Clock()
	doc.Body.History = doc.Body.History.Clone()
	again, err := do(&doc.Body, now)
	if err != nil || !again {
		return doc, nil, false, err
	}
	v, err := p.Policy.At(now)
	if err != nil {
		return nil, nil, false, problem.Away(err)
	}
	f, err := p.Files.Root(ctx, id)
	if err != nil {
		return nil, nil, false, err
	}
	told := p.judge(doc, v, f, now)
	for _, t := range tell {
		told = append([]catalogue.Data{t(&doc.Body)}, told...)
	}
	recorded, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: now, Customer: id, Policy: v.Version}, doc.Version+1, told...)
	return doc, recorded, err == nil, err
}

// judge judges a document and gives the fact that tells what is different, if
// anything is. A later next check than the one that was told is not: before the
// one that was told nothing changes either.
func (p *Part) judge(doc *store.Doc[Doc], v *policy.View, f customer.File, now instant.Time) []catalogue.Data {
	d := &doc.Body
	var before *catalogue.Standing
	if d.Customer != "" && d.Lifecycle != "" { // a folded file that is back is seen for the first time
		was := d.Standing
		before = &was
	}
	s := rules.Assess(&d.History, rules.By(v, fileOf(f, d.Standing.Override)), now)
	s.Customer = doc.ID
	changed := rules.Changed(before, s)
	if before != nil {
		changed = append(changed, also(before, &s, now)...)
	}
	rules.Since(before, &s)
	d.Standing, d.Settings = s, p.settings.of(v)
	d.In, d.Key = map[string]bool{}, len(s.Groups) > 0
	for _, g := range s.Groups {
		d.In[g] = true
	}
	if len(changed) == 0 {
		return nil
	}
	d.score()
	if before != nil {
		before.Indicators, before.Months = nil, nil // they are history by now
	}
	return []catalogue.Data{&catalogue.StandingAssessed{Before: before, After: s, Changed: changed}}
}

// also names what else others act on. It keeps the next check that was told while
// it serves.
func also(before, s *catalogue.Standing, now instant.Time) []string {
	var out []string
	if (before.Watcher == nil) != (s.Watcher == nil) || s.Watcher != nil && before.Watcher.Role != s.Watcher.Role {
		out = append(out, "watcher")
	}
	if (before.Override == nil) != (s.Override == nil) || s.Override != nil && *before.Override != *s.Override {
		out = append(out, "override")
	}
	if before.PostSaleLink != s.PostSaleLink {
		out = append(out, "post_sale_link")
	}
	told, next := before.NextCheckAt, s.NextCheckAt
	switch {
	case told > now && (next == 0 || next >= told):
		s.NextCheckAt = told
	case told != next:
		out = append(out, "next_check_at")
	}
	return out
}

// score remembers how the customer stands from now on.
func (d *Doc) score() {
	s := Score{At: d.AsOf, Health: d.Health, Version: d.HealthVersion, Lifecycle: d.Lifecycle, Red: d.Red}
	if n := len(d.Scores); n > 0 {
		newest := d.Scores[n-1]
		if newest.At = s.At; newest == s {
			return
		}
	}
	d.Scores = append(d.Scores, s)
	d.Scores = d.Scores[max(0, len(d.Scores)-mostScores):]
}

func fileOf(f customer.File, o *catalogue.LifecycleOverride) rules.File {
	roles, names := map[string]string{}, map[string]string{}
	for _, c := range f.Contacts {
		if c.ID != "" {
			names[c.Name] = c.ID
		}
		if c.Role != "" {
			roles[c.ID], roles[c.Name] = c.Role, c.Role
		}
	}
	return rules.File{Sector: f.Sector, Tier: f.Tier, Roles: roles, Names: names, Override: o}
}

func missing(err error) bool {
	var told *problem.Error
	return errors.Is(err, store.ErrNotFound) || errors.As(err, &told) && told.Code == problem.NotFound
}

// settings names the rules of a book, so that one sees who was judged by others.
type settings struct {
	mu      sync.Mutex
	version int64
	name    string
}

func (s *settings) of(v *policy.View) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version != v.Version || s.name == "" {
		h := fnv.New64a()
		raw, _ := json.Marshal([]any{v.Sections.Standing, v.Sections.Health, v.Sections.Risk}) // they were read from JSON
		_, _ = h.Write(raw)
		s.version, s.name = v.Version, strconv.FormatUint(h.Sum64(), 36)
	}
	return s.name
}
