// Package storetest holds the contract of the store's engines, as one suite of
// tests that every engine passes, and the measure of their commit rate.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Subject is an engine under test.
type Subject struct {
	// Open gives an engine on an empty store of its own.
	Open func(t *testing.T) store.Engine
	// Explains tells whether the server can explain its plans.
	Explains bool
	// UsesIndex judges a plan; nil if Explains is false.
	UsesIndex func(plan, collection string, i store.Index) error
}

// Run runs the contract.
func Run(t *testing.T, s Subject) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Subject)
	}{
		{"document", testDocument}, {"together", testTogether}, {"body", testBody}, {"refusals", testRefusals}, {"remove", testRemove},
		{"repeated command", testRepeated}, {"compare and set", testCompareAndSet}, {"unique id", testUniqueID},
		{"equal values", testEqualValues}, {"paging", testPaging}, {"paging while writing", testPagingWhileWriting},
		{"lacking order", testLackingOrder}, {"ranges and counts", testRanges}, {"cursors", testCursors},
		{"bad queries", testBadQueries}, {"sparse lists", testSparse}, {"indexes", testIndexes}, {"declare again", testDeclareAgain},
		{"facts", testFacts}, {"relay", testRelay}, {"two relays", testTwoRelays}, {"all facts", testAllFacts},
		{"documents", testDocuments}, {"chain", testChain}, {"background", testBackground}, {"closed", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// Item is the body of the documents in the suite.
type Item struct {
	Owner string       `json:"owner,omitempty"`
	Stage string       `json:"stage,omitempty"`
	Open  bool         `json:"open"`
	Due   instant.Time `json:"due,omitzero"`
	Score int64        `json:"score,omitempty"`
	Deep  *Deep        `json:"deep,omitempty"`
	Note  string       `json:"note,omitempty"`
}

// Deep is nested in an Item.
type Deep struct {
	Rank int64 `json:"rank"`
}

// ItemSpec declares the collection of items.
var ItemSpec = store.Spec{Name: "item", Indexes: []store.Index{
	{Name: "by_id"},
	{Name: "by_due", Order: "due"},
	{Name: "by_owner", Equal: []string{"owner"}},
	{Name: "by_owner_due", Equal: []string{"owner"}, Order: "due"},
	{Name: "by_open_stage", Equal: []string{"open", "stage"}, Order: "score"},
	{Name: "by_rank", Equal: []string{"owner"}, Order: "deep.rank"},
	{Name: "of_stage", Equal: []string{"stage", "open"}, Order: "due", Sparse: true},
}}

type items = store.Collection[Item]

func open(t *testing.T, s Subject) (store.Engine, items) {
	t.Helper()
	e := s.Open(t)
	t.Cleanup(func() { _ = e.Close() })
	must(t, e.Declare(ctx(t), ItemSpec))
	return e, store.Of[Item](e, ItemSpec)
}

func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func fact(note string) store.Fact {
	return store.Fact{Type: "liuke.item.changed.v1", Topic: "items", Key: "k", Time: 1_700_000_000_000,
		Body: json.RawMessage(fmt.Sprintf(`{"note":%q}`, note))}
}

func ids[T any](docs []*store.Doc[T]) string {
	var out []string
	for _, d := range docs {
		out = append(out, d.ID)
	}
	return strings.Join(out, " ")
}
