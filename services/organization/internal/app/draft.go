package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/storage"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Draft reads a draft.
func (a *App) Draft(ctx context.Context, id string) (*store.Doc[storage.Draft], error) {
	if err := a.May(ctx, access.DraftPolicy); err != nil {
		return nil, err
	}
	d, err := a.Docs.Drafts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("草稿", "draft", id)
	}
	return d, err
}

// Drafts lists drafts, the one changed last first.
func (a *App) Drafts(ctx context.Context, limit int, after string) (store.List[storage.Draft], error) {
	if err := a.May(ctx, access.DraftPolicy); err != nil {
		return store.List[storage.Draft]{}, err
	}
	return a.Docs.Drafts.Page(ctx, store.Query{Index: "by_change", Desc: true, Limit: limit, After: after})
}

// BeginDraft makes a draft on the version published last; a draft of that id is
// left as it is.
func (a *App) BeginDraft(ctx context.Context, id, note string) (*store.Doc[storage.Draft], error) {
	if err := a.May(ctx, access.DraftPolicy); err != nil {
		return nil, err
	}
	if d, err := a.Docs.Drafts.Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	who, err := httpx.Require(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := a.Latest(ctx)
	if err != nil {
		return nil, err
	}
	d := store.New(id, storage.Draft{Base: latest.Version, Author: who.ID, Note: note, ChangedAt: a.Clock(), Sections: map[string]json.RawMessage{}})
	return d, a.Docs.Drafts.Commit(ctx, d, httpx.Command(ctx))
}

// PutSection replaces a section in a draft, which it begins if need be. The
// section must have its shape; the rules are checked by Validation.
func (a *App) PutSection(ctx context.Context, id, section string, raw json.RawMessage, match func(int64) error) (*store.Doc[storage.Draft], error) {
	if err := a.May(ctx, access.DraftPolicy); err != nil {
		return nil, err
	}
	if err := policy.Readable(section, raw); err != nil {
		return nil, err
	}
	d, err := a.BeginDraft(ctx, id, "")
	if err != nil {
		return nil, err
	}
	if err := match(d.Version); err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, err
	}
	if d.Body.Sections == nil {
		d.Body.Sections = map[string]json.RawMessage{}
	}
	d.Body.Sections[section], d.Body.ChangedAt = compact.Bytes(), a.Clock()
	return d, a.Docs.Drafts.Commit(ctx, d, "")
}

// DropSection takes a section out of a draft, so that the base's stands.
func (a *App) DropSection(ctx context.Context, id, section string, match func(int64) error) (*store.Doc[storage.Draft], error) {
	d, err := a.Draft(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := match(d.Version); err != nil {
		return nil, err
	}
	if _, ok := d.Body.Sections[section]; !ok {
		return nil, problem.Missing("草稿分区", "section of the draft", section)
	}
	delete(d.Body.Sections, section)
	d.Body.ChangedAt = a.Clock()
	return d, a.Docs.Drafts.Commit(ctx, d, "")
}

// DeleteDraft throws a draft away.
func (a *App) DeleteDraft(ctx context.Context, id string, match func(int64) error) error {
	d, err := a.Draft(ctx, id)
	if err != nil {
		return err
	}
	if err := match(d.Version); err != nil {
		return err
	}
	return a.Docs.Drafts.Remove(ctx, d)
}

// Sections gives the whole book as it would be with the draft, over a version.
func (a *App) Sections(d storage.Draft, base policy.Book) (policy.Sections, error) {
	s := base.Sections
	for _, name := range slices.Sorted(maps.Keys(d.Sections)) {
		if err := s.SetSection(name, d.Sections[name]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Validation is what is wrong with a draft and what it would change.
type Validation struct {
	Fields  []problem.Field
	Changes []policy.Change // against the version published last
	Stale   []string        // sections that were published anew since the draft was begun
}

// Validate checks a draft as publishing it now would.
func (a *App) Validate(ctx context.Context, id string) (Validation, error) {
	d, err := a.Draft(ctx, id)
	if err != nil {
		return Validation{}, err
	}
	latest, err := a.Latest(ctx)
	if err != nil {
		return Validation{}, err
	}
	s, err := a.Sections(d.Body, latest)
	if err != nil {
		return Validation{}, err
	}
	stale, err := a.stale(ctx, d.Body, latest)
	return Validation{Fields: append(policy.Validate(s), a.checkPeople(ctx, s)...), Changes: policy.Diff(latest.Sections, s), Stale: stale}, err
}

// stale lists the draft's sections that somebody else published since its base.
func (a *App) stale(ctx context.Context, d storage.Draft, latest policy.Book) ([]string, error) {
	if d.Base == latest.Version {
		return nil, nil
	}
	base, err := a.Version(ctx, d.Base)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(d.Sections)) {
		before, errBefore := base.Sections.Section(name)
		now, errNow := latest.Sections.Section(name)
		if err := errors.Join(errBefore, errNow); err != nil {
			return nil, err
		}
		if !bytes.Equal(before, now) {
			out = append(out, name)
		}
	}
	return out, nil
}

// Publish makes a draft the next version and removes it.
func (a *App) Publish(ctx context.Context, id string, p Publication, match func(int64) error) (Published, error) {
	if err := a.May(ctx, access.PublishPolicy); err != nil {
		return Published{}, err
	}
	if done, err := a.repeated(ctx); done != nil || err != nil {
		return Published{Book: deref(done)}, err
	}
	d, err := a.Draft(ctx, id)
	if err != nil {
		return Published{}, err
	}
	if err := match(d.Version); err != nil {
		return Published{}, err
	}
	latest, err := a.Latest(ctx)
	if err != nil {
		return Published{}, err
	}
	s, err := a.Sections(d.Body, latest)
	if err != nil {
		return Published{}, err
	}
	stale, err := a.stale(ctx, d.Body, latest)
	if err != nil {
		return Published{}, err
	}
	if len(stale) > 0 {
		return Published{}, problem.Refuse("draft_outdated", "草稿开始后这些分区已有新版本："+strings.Join(stale, ", "), "these sections were published anew since the draft was begun: "+strings.Join(stale, ", "))
	}
	out, err := a.publish(ctx, p, s, latest)
	if err != nil {
		return Published{}, err
	}
	_ = a.Docs.Drafts.Remove(ctx, d) // it is published; a draft left behind does no harm
	return out, nil
}
