//go:build !engines

// On engines of their own the doctor is tried by the test of docker-compose.yml
// (deploy/compose), where it is told each process.

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/programtest"
)

// examined is what the doctor says.
type examined struct {
	Running  bool   `json:"running"`
	Worst    string `json:"worst"`
	Findings []struct {
		Check string    `json:"check"`
		Level string    `json:"level"`
		Says  lang.Text `json:"says"`
		Run   string    `json:"run"`
	} `json:"findings"`
}

func doctor(ctx context.Context, t *testing.T, o *programtest.Office, args ...string) (r examined) {
	t.Helper()
	printed, err := o.Run(ctx, binary, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(printed), &r); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	code := map[string]string{"warning": "exit status 1", "error": "exit status 2"}[r.Worst]
	if code == "" != (err == nil) || code != "" && !strings.Contains(err.Error(), code) {
		t.Errorf("worst %s, ended with %v", r.Worst, err)
	}
	return r
}

func (r examined) check(t *testing.T, check, level, says string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Check == check && f.Level == level && strings.Contains(f.Says.En, says) {
			return
		}
	}
	t.Errorf("%s does not say %s: %s; it says %+v", check, level, says, r.Findings)
}

// The doctor finds a program that works to be well, whatever engines it runs
// on; and finds what is wrong with it where something is.
func TestDoctor(t *testing.T) {
	t.Parallel()
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	var made struct{ ID string }
	if err := o.As(o.Sellers[0]).Post(ctx, "/v1/leads", map[string]any{"company": "健康", "contact": "甲", "phone": "13800000000", "source": "website", "need": "询价"}, &made); err != nil {
		t.Fatal(err)
	}
	var r examined
	for end := time.Now().Add(30 * time.Second); ; rest(ctx, t, time.Second) { // a first start takes a moment to settle
		if r = doctor(ctx, t, o); r.Worst != "error" || time.Now().After(end) {
			break
		}
	}
	if !r.Running || r.Worst == "error" {
		t.Errorf("a program that works: %+v", r)
	}
	for _, check := range []string{"configuration", "service key", "stores", "outbox", "audit chain", "processes", "kafka", "temporal", "journeys", "dead letters", "outages"} {
		found := false
		for _, f := range r.Findings {
			found = found || f.Check == check && f.Level == "fine"
		}
		if !found {
			t.Errorf("%s is not said to be fine: %+v", check, r.Findings)
		}
	}
	whole, err := o.Run(ctx, binary, "doctor", "--lang", "zh-CN")
	if !strings.Contains(whole, "✓ ") || !strings.Contains(whole, "审计链完好") {
		t.Errorf("%v\n%s", err, whole)
	}
	t.Logf("liuke doctor:\n%s", whole)
	builds, err := o.Run(ctx, binary, "worker", "status")
	if err != nil || strings.Count(builds, " current ") != 1 {
		t.Errorf("liuke worker status: %v\n%s", err, builds)
	}
	if _, err := o.Run(ctx, binary, "worker", "current", "no-such-build"); err == nil || !strings.Contains(err.Error(), "no worker of this build was seen") {
		t.Errorf("a build that nobody has: %v", err)
	}
	doctorInTrouble(ctx, t, o)
}

func doctorInTrouble(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	if err := os.Chmod(o.KeyFile(), 0o644); err != nil { //nolint:gosec // what the doctor must find
		t.Fatal(err)
	}
	if err := o.Stop(20 * time.Second); err != nil {
		t.Fatal(err)
	}
	r := doctor(ctx, t, o)
	r.check(t, "service key", "error", "0644")
	if o.Suite != nil { // its processes are gone, its engines are not
		r.check(t, "processes", "error", "does not answer")
		return
	}
	if r.Running {
		t.Error("a stopped program is said to run")
	}
	r.check(t, "data directory", "note", "not running")
	r.check(t, "audit chain", "fine", "holds")
}
