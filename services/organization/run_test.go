package organization_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
)

// What organization publishes is enough for another process to know the people
// and the policy: the policy topic keyed by version, people in order.
func TestPublishedFactsAreEnough(t *testing.T) {
	o := open(t)
	cluster := kafkatest.New()
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(3, 1)); err != nil {
		t.Fatal(err)
	}
	o.deps.Cluster, o.deps.Facts = cluster, facts.NewMetrics(prometheus.NewRegistry())
	if err := o.serve(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.service.Run(ctx) }()
	o.staff()
	o.call("admin", "PUT", "/v1/policy/drafts/a/sections/intake", entryWithin(t, "12h")).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/a/publication", `{"reason":"r"}`).want(201)
	o.call("admin", "POST", "/v1/people/wang/deactivation", `{"successor":"li"}`).want(200)

	elsewhere, people := policy.NewHolder(1), directory.New()
	go func() { _ = facts.FollowPolicy(ctx, cluster, elsewhere, o.deps.Log, func() {}) }()
	go func() { _ = people.Follow(ctx, cluster, o.deps.Log) }()
	known := func() bool {
		v, err := elsewhere.At(instant.Time(o.now.Load()))
		p, ok := people.Person("wang")
		return err == nil && v.Version == 2 && v.Sections.Intake.EntryWithin == policy.D("12h") && ok && !p.Active && p.Successor == "li" && len(people.Active()) == 5
	}
	for deadline := time.Now().Add(10 * time.Second); !known(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("another process does not learn of people and policy")
		}
	}
	for i, m := range cluster.Messages("liuke.policy") {
		if want := string(rune('1' + i)); m.Key != want {
			t.Errorf("the version %s is keyed %q", want, m.Key)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// The document describes every address, and every operation says who it is for.
func TestOpenAPI(t *testing.T) {
	o := open(t)
	raw, err := httpx.OpenAPI("Liuke", "test", o.server)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Security    []map[string][]string
		}
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", document.OpenAPI)
	}
	public := map[string]bool{"list-policy-schemas": true, "get-policy-schema": true, "set-up": true}
	operations := 0
	for path, methods := range document.Paths {
		for method, op := range methods {
			operations++
			if op.Summary == "" || op.OperationID == "" || (len(op.Security) == 0) != public[op.OperationID] {
				t.Errorf("%s %s: %+v", method, path, op)
			}
		}
	}
	if operations != 34 {
		t.Errorf("%d operations", operations)
	}
	for _, word := range []string{"王小明", "R-165"} {
		if !strings.Contains(string(raw), word) {
			t.Errorf("no example or requirement %q", word)
		}
	}
}

// No operation that needs a token answers without one.
func TestNothingIsOpenByAccident(t *testing.T) {
	o := open(t)
	for path, methods := range o.server.API.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": methods.Get, "POST": methods.Post, "PUT": methods.Put, "PATCH": methods.Patch, "DELETE": methods.Delete} {
			if op == nil || strings.HasPrefix(path, "/v1/policy/schemas") || strings.HasPrefix(path, "/setup") {
				continue
			}
			address := strings.NewReplacer("{id}", "x", "{section}", "intake", "{version}", "1", "{absence}", "x").Replace(path)
			if a := o.call("", method, address, ""); a.Code != 401 && a.Code != 405 {
				t.Errorf("%s %s: %d %s", method, address, a.Code, a.Body)
			}
		}
	}
}
