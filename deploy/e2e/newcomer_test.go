//go:build !engines

// These are promises about the all-in-one program alone: its demo, its embedded
// Temporal UI, its data directory and its ports.

package e2e

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/programtest"
)

// What the README promises a newcomer: within a minute of the demo's start one
// lead has been forgotten, its owner reminded, the supervisor told, and the
// customer recycled; API, Temporal UI and stream can be looked at meanwhile
// . A little later a journey of every kind is alive, and
// there is a lead and a deal in every state.
func TestTheDemoShowsAForgottenLeadWithinAMinute(t *testing.T) {
	ctx := bounded(t, 4*time.Minute)
	p, data := demo(ctx, t)
	minute, cancel := context.WithDeadline(ctx, p.Begun().Add(time.Minute))
	defer cancel()
	if err := p.Ready(minute); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %s", time.Since(p.Begun()).Round(time.Millisecond))
	s := follow(t, programtest.Follow(ctx, p.Kafka))
	lead := forgotten(minute, t, p, s)
	manager := managing(ctx, t, p, data)
	lookAround(ctx, t, p, manager, lead)
	all, done := context.WithDeadline(ctx, p.Begun().Add(3*time.Minute))
	defer done()
	everyKindAlive(all, t, p, manager)
	everyStateShown(all, t, p, manager)
	if shown := p.Out.String(); !strings.Contains(shown, "♻") {
		t.Errorf("the terminal shows no recycling:\n%s", shown)
	}
	begin := time.Now()
	if err := p.Stop(10 * time.Second); err != nil {
		t.Errorf("Ctrl-C: %v", err)
	}
	t.Logf("ended %s after Ctrl-C", time.Since(begin).Round(time.Millisecond))
}

func demo(ctx context.Context, t *testing.T) (*programtest.Program, string) {
	t.Helper()
	addresses, err := programtest.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "demo")
	p, err := programtest.Start(programtest.Launch{Binary: binary, Command: "demo", Data: data, Addresses: addresses, Args: []string{"--lang", "zh-CN"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("the demo printed last:\n%s", p.Out.Tail(6000))
		}
	})
	return p, data
}

// forgotten waits until one lead (with its customer) was reminded of, escalated
// and recycled, in this order, and gives its id.
func forgotten(ctx context.Context, t *testing.T, p *programtest.Program, s *programtest.Stream) string {
	t.Helper()
	levels := map[string]map[string]time.Time{} // lead to level to when
	customers := map[string]string{}            // customer to lead
	seen := 0
	for {
		all := s.Facts()
		for _, e := range all[seen:] {
			if lead := note(t, e, levels, customers); lead != "" {
				at := levels[lead]
				t.Logf("lead %s: reminded %s, escalated %s, recycled %s after the start", lead, at[catalogue.LevelRemind].Sub(p.Begun()).Round(time.Millisecond),
					at[catalogue.LevelEscalate].Sub(p.Begun()).Round(time.Millisecond), e.Time.Std().Sub(p.Begun()).Round(time.Millisecond))
				return lead
			}
		}
		seen = len(all)
		select {
		case <-ctx.Done():
			t.Fatalf("no lead was reminded of, escalated and recycled within a minute; %d facts; reminders: %v", len(all), levels)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// note takes a fact and gives the lead whose story it ends, if it does.
func note(t *testing.T, e facts.Event, levels map[string]map[string]time.Time, customers map[string]string) string {
	t.Helper()
	recycled := ""
	switch e.Type {
	case (&catalogue.ReminderIssued{}).Kind().Type:
		d, err := facts.Decode[catalogue.ReminderIssued](e)
		if err != nil {
			t.Fatal(err)
		}
		id := d.After.Subject.ID
		if levels[id] == nil {
			levels[id] = map[string]time.Time{}
		}
		if levels[id][d.After.Level].IsZero() {
			levels[id][d.After.Level] = e.Time.Std()
		}
		if d.After.Customer != "" {
			customers[d.After.Customer] = id
		}
	case (&catalogue.LeadPooled{}).Kind().Type:
		_, recycled, _ = strings.Cut(e.Aggregate, "/")
	case (&catalogue.CustomerPooled{}).Kind().Type:
		_, customer, _ := strings.Cut(e.Aggregate, "/")
		recycled = customers[customer]
	}
	at := levels[recycled]
	if remind, escalate := at[catalogue.LevelRemind], at[catalogue.LevelEscalate]; remind.IsZero() || escalate.IsZero() || e.Time.Std().Before(escalate) {
		return ""
	}
	return recycled
}

// managing gives the API as the sales manager of the sample company has it.
func managing(ctx context.Context, t *testing.T, p *programtest.Program, data string) *programtest.Client {
	t.Helper()
	token, err := programtest.Run(ctx, binary, "token", "li", "--data", data)
	if err != nil {
		t.Fatal(err)
	}
	return programtest.NewClient(p.URL(), strings.TrimSpace(token), 5*time.Second)
}

// lookAround does what the README's walk with curl does.
func lookAround(ctx context.Context, t *testing.T, p *programtest.Program, manager *programtest.Client, lead string) {
	t.Helper()
	var one struct {
		catalogue.Lead
		JourneyURL string `json:"journey_url"`
	}
	if err := manager.Get(ctx, "/v1/leads/"+lead, &one); err != nil {
		t.Fatal(err)
	}
	if one.Owner != "" || one.JourneyURL == "" {
		t.Errorf("the recycled lead has owner %q and journey %q", one.Owner, one.JourneyURL)
	}
	if page := read(ctx, t, one.JourneyURL); !strings.Contains(page, "<html") {
		t.Errorf("the journey's page in the Temporal UI: %.200s", page)
	}
	ui := "http://" + p.TemporalUI + "/api/v1/namespaces/liuke/workflows"
	if list := read(ctx, t, ui+"?query="+url.QueryEscape(`JourneyKind = "lead"`)); !strings.Contains(list, "lead/") {
		t.Errorf("the Temporal UI lists no journey of a lead: %.300s", list)
	}
	for _, path := range []string{"/v1/tasks?scope=team", "/v1/reminders", "/v1/insights/ledger", "/v1/journeys/lead/" + lead, "/v1/policy", "/openapi.json", "/asyncapi.json"} {
		if err := manager.Get(ctx, path, nil); err != nil {
			t.Error(err)
		}
	}
	if err := programtest.NewClient(p.URL(), "", 0).Get(ctx, "/v1/leads", nil); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("leads without a token: %v", err)
	}
}

// A second program on the same data is refused by name, and so is a taken port;
// the first one goes on.
func TestASecondProgramIsRefusedAndSaysWhy(t *testing.T) {
	ctx := bounded(t, 2*time.Minute)
	o := open(ctx, t)
	for _, c := range []struct {
		name   string
		change func(*programtest.Launch)
		want   []string
	}{
		{"same data directory", func(l *programtest.Launch) { l.Data = o.Data }, []string{"in use", o.Data, "--data"}},
		{"http port taken", func(l *programtest.Launch) { l.HTTP = o.HTTP }, []string{port(t, o.HTTP), "--http"}},
		{"kafka port taken", func(l *programtest.Launch) { l.Kafka = o.Kafka }, []string{port(t, o.Kafka), "--kafka"}},
		{"temporal port taken", func(l *programtest.Launch) { l.Temporal = o.Temporal }, []string{port(t, o.Temporal), "--temporal"}},
		{"temporal ui port taken", func(l *programtest.Launch) { l.TemporalUI = o.TemporalUI }, []string{port(t, o.TemporalUI), "--temporal-ui"}},
		{"data directory is a file", func(l *programtest.Launch) { l.Data = binary }, []string{binary, "--data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			addresses, err := programtest.FreeAddresses()
			if err != nil {
				t.Fatal(err)
			}
			l := programtest.Launch{Binary: binary, Command: "serve", Data: filepath.Join(t.TempDir(), "other"), Addresses: addresses}
			c.change(&l)
			second, err := programtest.Start(l)
			if err != nil {
				t.Fatal(err)
			}
			defer second.Kill()
			select {
			case <-second.Exited():
			case <-time.After(20 * time.Second):
				t.Fatalf("it did not end:\n%s", second.Out.String())
			}
			said := second.Out.String()
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if second.Err() == nil || strings.Contains(said, "goroutine ") || strings.Count(strings.TrimSpace(said), "\n") > 3 {
				t.Errorf("it should end with an error of a line or two: %v\n%s", second.Err(), said)
			}
		})
	}
	if err := o.As(o.Boss).Get(ctx, "/v1/leads", nil); err != nil {
		t.Errorf("the first program: %v", err)
	}
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
