package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/store"
)

func write(id string, version int64, facts ...string) store.Write {
	w := store.Write{Record: store.Record{ID: id, Version: version, Chain: "before"}}
	for _, body := range facts {
		w.Facts = append(w.Facts, store.Fact{Type: "t", Topic: "p", Body: json.RawMessage(body)})
	}
	return w
}

func TestSealNumbersAndChains(t *testing.T) {
	w := write("a", 4, `{"n":1}`, `{"n":2}`)
	given := w.Facts
	if err := store.Seal("lead", &w); err != nil {
		t.Fatal(err)
	}
	prev := "before"
	for i, f := range w.Facts {
		if f.ID != fmt.Sprintf("lead/a/5/%d", i) || f.Aggregate != "lead/a" || f.Version != 5 || f.N != i {
			t.Errorf("%+v", f)
		}
		if f.Prev != prev || f.Hash != store.Link(prev, f.ID, f.Body) {
			t.Errorf("%s is not linked", f.ID)
		}
		prev = f.Hash
	}
	if w.Record.Chain != prev || w.Record.Version != 4 {
		t.Errorf("%+v", w.Record)
	}
	if given[0].ID != "" {
		t.Error("the caller's facts were changed")
	}
}

func TestSealWithoutFactsKeepsTheChain(t *testing.T) {
	w := write("a", 1)
	if err := store.Seal("lead", &w); err != nil || w.Record.Chain != "before" || w.Record.Commands != nil {
		t.Fatal(err, w.Record)
	}
}

func TestSealRemembersTheNewestCommands(t *testing.T) {
	w := write("a", 1)
	for i := range store.MaxCommands {
		w.Record.Commands = append(w.Record.Commands, fmt.Sprint(i))
	}
	before := slices.Clone(w.Record.Commands)
	given := w.Record.Commands
	w.Command = "new"
	if err := store.Seal("lead", &w); err != nil {
		t.Fatal(err)
	}
	if len(w.Record.Commands) != store.MaxCommands || w.Record.Commands[0] != "1" || w.Record.Commands[store.MaxCommands-1] != "new" {
		t.Error(w.Record.Commands)
	}
	if !slices.Equal(given, before) {
		t.Error("the caller's commands were changed")
	}
}

func TestSealRefuses(t *testing.T) {
	lacking := write("a", 0, `{}`)
	lacking.Facts[0].Topic = ""
	large := write("a", 0)
	large.Record.Body = make([]byte, store.MaxDocument+1)
	half := `"` + strings.Repeat("x", store.MaxDocument/2) + `"`
	for name, c := range map[string]struct {
		w    store.Write
		want error
	}{
		"no id":          {write("", 0), nil},
		"a long id":      {write(strings.Repeat("x", store.MaxID+1), 0), nil},
		"bad text":       {write("\xff", 0), nil},
		"no topic":       {lacking, nil},
		"an empty fact":  {write("a", 0, ""), nil},
		"a large body":   {large, store.ErrTooLarge},
		"too many facts": {write("a", 0, half, half), store.ErrTooLarge},
	} {
		if err := store.Seal("lead", &c.w); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w := write("a", 0, half); store.Seal("lead", &w) != nil {
		t.Error("half of the limit was refused")
	}
}

func TestLinkDependsOnEveryPart(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][3]string{{"", "a", "b"}, {"a", "", "b"}, {"a", "b", ""}, {"", "ab", ""}, {"", "", "ab"}, {"ab", "", ""}} {
		seen[store.Link(parts[0], parts[1], []byte(parts[2]))] = true
	}
	if len(seen) != 6 {
		t.Error("two different facts have one hash")
	}
}
