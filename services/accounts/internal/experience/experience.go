// Package experience owns the experience base (经验库, R-127): what was learnt from
// every lost customer, and what people add by hand, searchable in Chinese and
// English alike.
//
// The store lists by values, not by elements of a list, so every gram of an entry
// is a small document of its own that names the entry. A search reads the grams of
// what is asked, the rarest first, by index; nothing is ever scanned. What an entry
// is found by is brought up to date by its own facts, so that a crash between an
// entry and its grams is mended.
package experience

import (
	"context"
	"errors"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Lesson is an entry of the base. It has the shape of holdings.Belonging at its top.
type Lesson struct {
	catalogue.Lesson
	Origins []string `json:"origins,omitempty"`
	// Length is how many grams it has, by which searches rank it.
	Length int `json:"length"`
}

// Gram says that an entry has a gram; its id is <gram>/<entry>.
type Gram struct {
	Gram  string `json:"gram"`
	Entry string `json:"entry"`
	Times int    `json:"times"` // weighed: those of the title count more
}

const byTime, byGram, byEntry = "by_time", "by_gram", "by_entry"

var (
	lessons = store.Spec{Name: "lesson", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "at"}, {Name: byTime, Order: "at"},
	}}
	grams = store.Spec{Name: "lesson_gram", Indexes: []store.Index{{Name: byGram, Order: "gram"}, {Name: byEntry, Equal: []string{"entry"}}}}
)

// Config is what a base is made of.
type Config struct {
	Engine store.Engine
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
}

// Base is the experience base.
type Base struct {
	Config
	lessons store.Collection[Lesson]
	grams   store.Collection[Gram]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Base, error) {
	if err := c.Engine.Declare(ctx, lessons, grams); err != nil {
		return nil, err
	}
	return &Base{Config: c, lessons: store.Of[Lesson](c.Engine, lessons), grams: store.Of[Gram](c.Engine, grams)}, nil
}

// Doc is a stored entry.
type Doc = store.Doc[Lesson]

// Write adds an entry by hand.
func (b *Base) Write(ctx context.Context, p auth.Principal, title, text string, tags []string) (*Doc, error) {
	if err := b.Guard.MayAtAll(p, access.LessonWrite); err != nil {
		return nil, err
	}
	var wrong []problem.Field
	if strings.TrimSpace(title) == "" {
		wrong = append(wrong, problem.Required("title"))
	}
	if strings.TrimSpace(text) == "" {
		wrong = append(wrong, problem.Required("text"))
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return nil, err
	}
	l := catalogue.Lesson{ID: httpx.NewID(ctx), Title: title, Text: text, Tags: tags, By: p.ID, At: b.Clock()}
	return b.put(ctx, l)
}

// put stores an entry once, and brings what it is found by up to date.
func (b *Base) put(ctx context.Context, l catalogue.Lesson) (*Doc, error) {
	d := store.New(l.ID, Lesson{Lesson: l, Length: length(l)})
	list, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: b.Clock(), Customer: l.Customer}, 1, &catalogue.LessonRecorded{After: l})
	if err != nil {
		return nil, err
	}
	err = b.lessons.Commit(ctx, d, httpx.Command(ctx), list...)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		d, err = b.lessons.Get(ctx, l.ID)
	}
	if err != nil {
		return nil, err
	}
	return d, b.index(ctx, d.Body)
}

// Get reads an entry.
func (b *Base) Get(ctx context.Context, p auth.Principal, id string) (*Doc, error) {
	if err := b.Guard.MayAtAll(p, access.LessonRead); err != nil {
		return nil, err
	}
	d, err := b.lessons.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("经验", "entry of the experience base", id)
	}
	return d, err
}

// Newest lists entries, the newest first.
func (b *Base) Newest(ctx context.Context, p auth.Principal, limit int, after string) (store.List[Lesson], error) {
	if err := b.Guard.MayAtAll(p, access.LessonRead); err != nil {
		return store.List[Lesson]{}, err
	}
	return b.lessons.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: limit, After: after})
}
