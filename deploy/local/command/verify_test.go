package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

type note struct{ Text string }

var noteSpec = store.Spec{Name: "note"}

// recorded makes a data directory with two stores of three notes, each written twice.
func recorded(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"accounts", "leads"} {
		e, err := engines.Open(t.Context(), "sqlite:"+filepath.Join(dir, "store"), name)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Declare(t.Context(), noteSpec); err != nil {
			t.Fatal(err)
		}
		notes := store.Of[note](e, noteSpec)
		for i := range 3 {
			d := store.New(fmt.Sprint("n", i), note{"x"})
			for v := range 2 {
				body := fmt.Appendf(nil, `{"paid":"%s-n%d-%d"}`, name, i, v+1)
				if err := notes.Commit(t.Context(), d, "", store.Fact{Type: "t", Topic: "p", Body: body}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// overwrite changes a text in the file of a store, around the program, to one of
// the same length.
func overwrite(t *testing.T, dir, name, text, with string) {
	t.Helper()
	path := filepath.Join(dir, "store", name+".db")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) != len(with) || bytes.Count(content, []byte(text)) != 1 {
		t.Fatalf("%s is in the file %d times", text, bytes.Count(content, []byte(text)))
	}
	if err := os.WriteFile(path, bytes.Replace(content, []byte(text), []byte(with), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyOfAnIntactChain(t *testing.T) {
	answer, beside, err := run(t, "verify", "--data", recorded(t))
	if err != nil {
		t.Fatal(err)
	}
	if beside != "" {
		t.Errorf("progress is shown where there is no terminal: %q", beside)
	}
	want := "accounts              6 facts of 3 aggregates: chain whole\nleads                 6 facts of 3 aggregates: chain whole\n"
	if answer != want {
		t.Errorf("it says\n%s, not\n%s", answer, want)
	}
}

// A changed fact is named, the first where there are several; stores that are
// whole are still said to be.
func TestVerifyNamesTheFirstBrokenLink(t *testing.T) {
	dir := recorded(t)
	overwrite(t, dir, "leads", "leads-n1-1", "leads-n1-9")
	overwrite(t, dir, "leads", "leads-n2-2", "leads-n2-9")
	answer, _, err := run(t, "verify", "--data", dir)
	if err == nil || !strings.Contains(err.Error(), "leads: the chain is broken at fact note/n1/1/0: ") || !strings.Contains(err.Error(), "the content is not what was recorded") {
		t.Errorf("it ends with %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "n2") {
		t.Errorf("more than the first broken link: %v", err)
	}
	if !strings.HasPrefix(answer, "accounts ") || strings.Contains(answer, "leads") {
		t.Errorf("it says\n%s", answer)
	}
}

func TestVerifyWithoutStores(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := run(t, "verify", "--data", dir); err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("a directory without stores: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestProgressCounts(t *testing.T) {
	var shown bytes.Buffer
	bar := counter(&shown, "leads", true)
	for _, n := range []int64{500, 1_000, 1_337} {
		if err := bar.Set64(n); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(shown.String(), "leads") || !strings.Contains(shown.String(), "1337") {
		t.Errorf("shown: %q", shown.String())
	}
	shown.Reset()
	if err := bar.Finish(); err != nil {
		t.Error(err)
	}
	if after := shown.String(); strings.TrimRight(after, " \r") != "" && !strings.HasPrefix(after, "\r") {
		t.Errorf("it does not go away at the end: %q", after)
	}
	hidden := bytes.Buffer{}
	if err := counter(&hidden, "leads", false).Set64(500); err != nil || hidden.Len() > 0 {
		t.Errorf("shown without a terminal: %q, %v", hidden.String(), err)
	}
}
