//go:build !engines

package e2e

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/programtest"
	"liuke.dev/workflows"
	"liuke.dev/workflows/journey/kinds"
)

// everyKindAlive waits until journeys of all kinds have been seen running; those that
// last a few days only need not all be there at one moment.
func everyKindAlive(ctx context.Context, t *testing.T, p *programtest.Program, manager *programtest.Client) {
	t.Helper()
	none := map[string]bool{}
	for _, k := range kinds.All() {
		none[k.Name()] = true
	}
	for {
		var now struct{ Kinds []workflows.KindCounts }
		if err := manager.Get(ctx, "/v1/journeys/counts", &now); err != nil {
			t.Fatal(err)
		}
		for _, k := range now.Kinds {
			if k.Running > 0 {
				delete(none, k.Kind)
			}
		}
		if len(none) == 0 {
			t.Logf("a journey of every kind was alive %s after the start", time.Since(p.Begun()).Round(time.Millisecond))
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no journey was alive of the kinds %s: %+v", slices.Sorted(maps.Keys(none)), now.Kinds)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// everyStateShown waits until the sample company has, at one moment, a lead in every
// status and a deal in every stage of both shipped pipelines, the won and the lost among
// them, and one of each at risk. A nurtured lead has its next date
// a folded one names the lead that it repeats, and what visitors of the site
// asked came in by its web form.
func everyStateShown(ctx context.Context, t *testing.T, p *programtest.Program, manager *programtest.Client) {
	t.Helper()
	for {
		shown := map[string]bool{}
		leadsShown(ctx, t, manager, shown)
		dealsShown(ctx, t, manager, shown)
		lacking := everyState()
		maps.DeleteFunc(lacking, func(state string, _ bool) bool { return shown[state] })
		if len(lacking) == 0 {
			t.Logf("a lead and a deal in every state %s after the start", time.Since(p.Begun()).Round(time.Millisecond))
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the demo shows no %s", strings.Join(slices.Sorted(maps.Keys(lacking)), ", no "))
		case <-time.After(500 * time.Millisecond):
		}
	}
}

const (
	byForm = "lead by the web form"
	atRisk = " at risk"
)

// everyState names what there is to see, by the statuses and the pipelines that ship.
func everyState() map[string]bool {
	all := map[string]bool{byForm: true}
	for status := range catalogue.LeadStatusNames {
		all["lead "+status] = true
	}
	for _, p := range policy.Defaults().Pipelines.Pipelines {
		all["deal "+p.ID+atRisk] = true
		for _, s := range p.Stages {
			all["deal "+p.ID+" "+s.ID] = true
		}
	}
	return all
}

func leadsShown(ctx context.Context, t *testing.T, manager *programtest.Client, shown map[string]bool) {
	t.Helper()
	for _, l := range listed[catalogue.Lead](ctx, t, manager, "/v1/leads") {
		shown["lead "+l.Status] = true
		if strings.HasPrefix(l.CreatedBy, "form:") {
			shown[byForm] = true
		}
		if l.Status == catalogue.LeadNurturing && l.NextTouchAt.IsZero() {
			t.Errorf("%s is nurtured without a next date", l.Company)
		}
		if l.Status == catalogue.LeadFolded && l.FoldedInto == "" {
			t.Errorf("%s is folded into nothing", l.Company)
		}
	}
}

func dealsShown(ctx context.Context, t *testing.T, manager *programtest.Client, shown map[string]bool) {
	t.Helper()
	for _, d := range listed[catalogue.Deal](ctx, t, manager, "/v1/deals") {
		shown["deal "+d.Pipeline+" "+d.Stage] = true
		if d.Outcome == catalogue.DealOpen && slices.ContainsFunc(d.Marks, func(m catalogue.Mark) bool { return m.Rule == catalogue.MarkAtRisk }) {
			shown["deal "+d.Pipeline+atRisk] = true
		}
	}
}

// listed reads all pages of a list.
func listed[T any](ctx context.Context, t *testing.T, c *programtest.Client, path string) (all []T) {
	t.Helper()
	for after := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		if err := c.Get(ctx, path+"?limit=200&after="+after, &page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all
		}
	}
}
