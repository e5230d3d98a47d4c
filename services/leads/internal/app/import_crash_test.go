//go:build realdata

package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store/engines"
)

// childEnv makes the test program carry out an import and nothing else, so that
// it can be killed like the real one.
const childEnv = "LIUKE_TEST_IMPORT_CHILD"

type childTask struct {
	Dir, ID string
	People  []catalogue.Person
}

func init() {
	text := os.Getenv(childEnv)
	if text == "" {
		return
	}
	if err := childImport(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func childImport(text string) error {
	var task childTask
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		return err
	}
	ctx := context.Background()
	e, err := engines.Open(ctx, "sqlite:"+task.Dir, "leads")
	if err != nil {
		return err
	}
	h := policy.NewHolder(1)
	if err := h.Put(policy.Book{Version: 1, Sections: policy.Defaults()}); err != nil {
		return err
	}
	a, err := app.New(ctx, app.Config{Engine: e, People: directory.Of(task.People...), Policy: h, Clock: func() instant.Time { return importedAt }})
	if err != nil {
		return err
	}
	go func() {
		boss := auth.With(ctx, auth.Principal{ID: "boss", Roles: []auth.Role{auth.SalesDirector}})
		for {
			if doc, err := a.GetImport(boss, task.ID); err == nil {
				fmt.Println(doc.Body.NextChunk)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return a.RunImport(ctx, task.ID)
}

// An import that is killed in the middle goes on where it was: no row is lost,
// none comes in twice, the counters are exact.
func TestRealDataGoesOnAfterKill(t *testing.T) {
	options, people := crmOptions(t)
	people = append(people, catalogue.Person{ID: "boss", Name: "Boss", Roles: []string{string(auth.SalesDirector)}, Active: true})
	text, rows := crmSales(t, "sales_pipeline.csv")
	dir := t.TempDir()
	o := openOffice(t, dir, people...)
	id := o.upload(t, imports.Deals, text, app.MappingChange{Options: &options}).ID
	o.start(t, id)
	if err := o.Engine.Close(); err != nil {
		t.Fatal(err)
	}
	task, err := json.Marshal(childTask{Dir: dir, ID: id, People: people})
	if err != nil {
		t.Fatal(err)
	}
	done := 6 // chunks of 200 rows
	if realRows > 0 {
		done = 2
	}
	reached := killAt(t, string(task), done)

	o = openOffice(t, dir, people...)
	cut := o.look(t, id)
	committed := o.facts(t)["all"]
	if cut.Status != imports.Running || cut.Counts.Done == 0 || cut.Counts.Done >= len(rows) {
		t.Fatalf("the kill at chunk %d did not hit the middle: %+v", reached, cut.Counts)
	}
	o.clock.Add(int64(time.Minute / time.Millisecond)) // the lease of the killed process ends
	if err := o.RunImport(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	end := o.look(t, id)
	kinds := o.facts(t)
	t.Logf("killed after %d rows reported, %d facts committed; then %+v", cut.Counts.Done, committed, end.Counts)
	if end.Status != imports.Done || end.Counts.Created != len(rows) || end.Counts.Done != len(rows) || end.Counts.Unchanged != 0 || end.Counts.Refused != 0 {
		t.Errorf("%s %+v", end.Status, end.Counts)
	}
	if n := kinds["liuke.deals.deal_opened.v1"] + kinds["liuke.deals.deal_imported.v1"]; n != len(rows) || len(o.deals(t)) != len(rows) {
		t.Errorf("%d facts of deals, %d deals, %d rows", n, len(o.deals(t)), len(rows))
	}
	for _, d := range o.deals(t) {
		if d.ClocksFrom != importedAt {
			t.Fatalf("%s has clocks from %v: the instant of import moved", d.External, d.ClocksFrom)
		}
	}
	lines := map[string]int{}
	for _, e := range o.report(t, id) {
		lines[fmt.Sprint(e.Line, e.Field, e.Rule)]++
	}
	for what, n := range lines {
		if n != 1 {
			t.Errorf("%s is reported %d times", what, n)
		}
	}
}

// killAt starts the child and kills it a little after it finished a chunk.
func killAt(t *testing.T, task string, chunk int) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), childEnv+"="+task)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for s := bufio.NewScanner(out); n < chunk && s.Scan(); {
		if _, err := fmt.Sscan(strings.TrimSpace(s.Text()), &n); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	return n
}
