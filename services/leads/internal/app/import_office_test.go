package app_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/spelling"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

var importedAt = instant.Of(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

// importOffice is a service over a store in a directory.
type importOffice struct {
	*app.App
	ctx   context.Context
	clock *atomic.Int64
}

func openOffice(t testing.TB, dir string, people ...catalogue.Person) importOffice {
	t.Helper()
	ctx := context.Background()
	e, err := engines.Open(ctx, "sqlite:"+dir, "leads")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return officeOn(t, e, people...)
}

func officeOn(t testing.TB, e store.Engine, people ...catalogue.Person) importOffice {
	t.Helper()
	people = append(people, catalogue.Person{ID: "boss", Name: "Boss", Roles: []string{string(auth.SalesDirector)}, Active: true})
	clock := new(atomic.Int64)
	clock.Store(int64(importedAt))
	a, err := app.New(context.Background(), app.Config{Engine: e, People: directory.Of(people...), Policy: policytest.Holder(t),
		Clock: func() instant.Time { return instant.Time(clock.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	return importOffice{a, auth.With(context.Background(), auth.Principal{ID: "boss", Roles: []auth.Role{auth.SalesDirector}}), clock}
}

func seller(name string) catalogue.Person {
	return catalogue.Person{ID: "p-" + spelling.Key(name), Name: name, Roles: []string{string(auth.Salesperson)}, Supervisor: "boss", Active: true}
}

// upload brings a file in and sets its mapping.
func (o importOffice) upload(t testing.TB, kind, text string, m app.MappingChange) *app.ImportDoc {
	t.Helper()
	doc, err := o.UploadImport(o.ctx, kind, "test.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	doc, err = o.MapImport(o.ctx, doc.ID, httpx.IfMatch{}, m)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func (o importOffice) start(t testing.TB, id string) {
	t.Helper()
	if _, err := o.StartImport(o.ctx, id, httpx.IfMatch{}); err != nil {
		t.Fatal(err)
	}
}

func (o importOffice) run(t testing.TB, id string) imports.Import {
	t.Helper()
	o.start(t, id)
	if err := o.RunImport(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	return o.look(t, id)
}

func (o importOffice) look(t testing.TB, id string) imports.Import {
	t.Helper()
	doc, err := o.GetImport(o.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Body
}

func (o importOffice) report(t testing.TB, id string) []imports.Entry {
	t.Helper()
	var all []imports.Entry
	for after := ""; ; {
		page, next, err := o.ImportReport(o.ctx, id, "", after, 200)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		if after = next; after == "" {
			return all
		}
	}
}

// facts counts every recorded fact by type.
func (o importOffice) facts(t testing.TB) map[string]int {
	t.Helper()
	kinds := map[string]int{}
	for cursor := ""; ; {
		page, next, err := o.Engine.Facts(context.Background(), cursor, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			kinds[f.Type]++
			kinds["all"]++
		}
		if cursor = next; cursor == "" || len(page) == 0 {
			return kinds
		}
	}
}

// deals gives every deal of the system.
func (o importOffice) deals(t testing.TB) map[string]catalogue.Deal {
	t.Helper()
	all := map[string]catalogue.Deal{}
	for after := ""; ; {
		page, next, err := o.ListDeals(o.ctx, app.DealFilter{}, 200, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			all[d.Body.External] = d.Body.Deal
		}
		if after = next; after == "" {
			return all
		}
	}
}
