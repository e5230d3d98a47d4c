package facts

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"liuke.dev/shared/store"
)

// SeenSpec is the collection in which Seen remembers; a service that uses it
// declares it.
var SeenSpec = store.Spec{Name: "seen"}

// Seen remembers how far a group has handled each aggregate: one small document
// per aggregate, one write per fact. It is for handlers that cannot tell by
// themselves that a fact is a repeat; a handler that compares aggregate
// versions, or stores under the fact's id, needs none of it. A crash between
// handling and remembering repeats one fact.
type Seen struct {
	group string
	marks store.Collection[seenMark]
}

type seenMark struct {
	Version int64 `json:"version"`
	N       int   `json:"n"`
}

// NewSeen gives what a group has seen, kept in an engine that SeenSpec was declared to.
func NewSeen(engine store.Engine, group string) *Seen {
	return &Seen{group: group, marks: store.Of[seenMark](engine, SeenSpec)}
}

// Has tells whether the fact, or a later one of its aggregate, was remembered.
func (s *Seen) Has(ctx context.Context, e Event) (bool, error) {
	doc, err := s.doc(ctx, e)
	if err != nil || doc.Version == 0 {
		return false, err
	}
	n, err := number(e)
	return e.Version < doc.Body.Version || e.Version == doc.Body.Version && n <= doc.Body.N, err
}

// Remember remembers the fact.
func (s *Seen) Remember(ctx context.Context, e Event) error {
	n, err := number(e)
	if err != nil {
		return err
	}
	for {
		doc, err := s.doc(ctx, e)
		if err != nil {
			return err
		}
		if e.Version < doc.Body.Version || e.Version == doc.Body.Version && n <= doc.Body.N && doc.Version > 0 {
			return nil
		}
		doc.Body = seenMark{Version: e.Version, N: n}
		err = s.marks.Commit(ctx, doc, "")
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
}

func (s *Seen) doc(ctx context.Context, e Event) (*store.Doc[seenMark], error) {
	id := s.group + ":" + e.Aggregate
	doc, err := s.marks.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.New(id, seenMark{}), nil
	}
	return doc, err
}

// number gives the position of a fact within its commit.
func number(e Event) (int, error) {
	n, err := strconv.Atoi(e.ID[strings.LastIndexByte(e.ID, '/')+1:])
	if err != nil {
		return 0, fmt.Errorf("fact id %q does not end in a number", e.ID)
	}
	return n, nil
}
