package attachments

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// dying is an engine whose process dies before a collection's next commit.
type dying struct {
	store.Engine
	before string
}

var errDied = errors.New("the process died")

func (d *dying) Commit(ctx context.Context, collection string, w store.Write) error {
	if collection == d.before {
		return errDied
	}
	return d.Engine.Commit(ctx, collection, w)
}

type anybody struct{}

func (anybody) Permitted(_ context.Context, _ auth.Principal, _ access.Action, id string) (customer.File, access.Holder, error) {
	f := customer.File{}
	f.ID = id
	return f, access.Holder{}, nil
}

// content whose document was never committed is removed once it is older than
// the policy allows and not a millisecond before; so is what a removal left behind.
// Content that a document names stays, whatever notes were left about it.
func TestWhatCrashesLeaveBehindIsRemoved(t *testing.T) {
	dir, now := t.TempDir(), instant.Time(1_790_000_000_000)
	engine, err := sqlite.Open(t.Context(), t.TempDir()+"/a.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	files, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	broken := &dying{Engine: engine}
	a, err := New(t.Context(), Config{Engine: broken, Objects: files, Files: anybody{}, Policy: policytest.Holder(t), Clock: func() instant.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	wang := auth.Principal{ID: "wang"}
	upload := func(id string) error {
		_, err := a.Store(t.Context(), wang, id, "c1", "command-"+id, Upload{Name: "a.txt", ContentType: "text/plain", Content: strings.NewReader("content")})
		return err
	}
	kept := func() []string {
		var out []string
		list, err := fs.ReadDir(os.DirFS(dir), "attachments")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			out = append(out, f.Name())
		}
		return out
	}
	sweep := func(removed int, want ...string) {
		t.Helper()
		n, err := a.Sweep(t.Context())
		if err != nil || n != removed || !slices.Equal(kept(), want) {
			t.Errorf("swept %d (%v), kept %v; want %d, %v", n, err, kept(), removed, want)
		}
	}
	if err := upload("whole"); err != nil {
		t.Fatal(err)
	}
	broken.before = spec.Name // between the content and its document
	for _, id := range []string{"lost", "repeated"} {
		if err := upload(id); !errors.Is(err, errDied) {
			t.Fatal(err)
		}
	}
	broken.before = ""
	day := 24 * time.Hour
	now = now.Add(day - time.Millisecond)
	sweep(0, "lost", "repeated", "whole")
	if err := upload("repeated"); err != nil { // the same command again
		t.Fatal(err)
	}
	now = now.Add(time.Millisecond)
	sweep(1, "repeated", "whole")
	now = now.Add(10 * day)
	sweep(0, "repeated", "whole")

	// A process dies after the document, before the note is taken back: the content stays.
	if _, err := a.left.Begin(t.Context(), "whole"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(day)
	sweep(0, "repeated", "whole")
	notes := store.Of[leftovers.Note](engine, leftovers.Spec(unsettled))
	if page, err := notes.Page(t.Context(), store.Query{Index: leftovers.ByAge, Limit: 10}); err != nil || len(page.Docs) != 0 {
		t.Errorf("notes stay: %v %v", page.Docs, err)
	}

	// A removal dies between the document and the content.
	a.Objects = gone{files}
	if err := a.Remove(t.Context(), wang, "c1", "whole", "take", func(int64) error { return nil }); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	a.Objects = files
	now = now.Add(day)
	sweep(1, "repeated")

	// While a sweep takes content away nobody puts it again; one that died goes on.
	d, err := a.left.Begin(t.Context(), "again")
	if err != nil {
		t.Fatal(err)
	}
	d.Body.Removing = true
	if err := notes.Commit(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	if err := upload("again"); err == nil || errors.Is(err, errDied) {
		t.Errorf("an upload beside a sweep: %v", err)
	}
	now = now.Add(day)
	sweep(1, "repeated")
	if err := upload("again"); err != nil {
		t.Error(err)
	}
}

// gone is an object store before whose removals the process dies.
type gone struct{ objects.Store }

func (gone) Remove(context.Context, string) error { return errDied }
