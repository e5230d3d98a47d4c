// Package doctor examines an installation by its addresses: configuration,
// engines and their settings that matter, the processes and their versions,
// backlog and lag, the audit chain, journeys that are stuck, dead letters, room
// on the disk. It changes nothing, works beside a running program and on a
// stopped data directory, and says in plain words what is wrong and what to do.
//
// Each check gathers what is so, and a function that knows nothing of where it
// came from judges it.
package doctor

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"liuke.dev/deploy/local/datadir"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Level of a finding.
type Level string

// Levels, from good to bad.
const (
	Fine    Level = "fine"
	Note    Level = "note"    // worth knowing, nothing to do
	Warning Level = "warning" // it works; look after it
	Error   Level = "error"   // something does not work, or will be lost
)

var ranks = map[Level]int{Fine: 0, Note: 1, Warning: 2, Error: 3}

// Finding is what a check found.
type Finding struct {
	Check string    `json:"check"`
	Level Level     `json:"level"`
	Says  lang.Text `json:"says"`
	Do    lang.Text `json:"do,omitzero"`
	Run   string    `json:"run,omitempty"` // the command to run next
}

// Report is the whole examination.
type Report struct {
	At       instant.Time `json:"at"`
	Running  bool         `json:"running"` // the program was running; otherwise its data was examined
	Worst    Level        `json:"worst"`
	Findings []Finding    `json:"findings"`
}

// ExitCode is 0 if all is fine, 1 with warnings, 2 with errors.
func (r Report) ExitCode() int { return max(ranks[r.Worst]-1, 0) }

// Patient is the installation.
type Patient struct {
	// Config as its programs have it: Store, Kafka, Temporal, Origin, ServiceKey.
	Config config.Config
	// Data is the data directory of the all-in-one program; empty where services
	// run by themselves.
	Data string
	// Processes are the base URLs of its processes; the origin is always asked.
	Processes []string
	// Deep reads everything: the whole audit chain, every page of a store.
	Deep bool
	Log  *slog.Logger
}

// within bounds one check of a shallow examination.
const within = 30 * time.Second

// examination is one run: what the checks share.
type examination struct {
	Patient
	now     instant.Time
	running bool
	stores  []string
	dir     datadir.State
}

// check is one of them; online ones need the running program's engines.
type check struct {
	name   string
	online bool
	look   func(*examination, context.Context) []Finding
}

// checks in the order of the report.
var checks = []check{
	{"configuration", false, (*examination).configuration},
	{"service key", false, (*examination).key},
	{"data directory", false, (*examination).directory},
	{"stores", false, (*examination).databases},
	{"outbox", false, (*examination).outboxes},
	{"audit chain", false, (*examination).chains},
	{"processes", true, (*examination).processes},
	{"kafka", true, (*examination).kafka},
	{"temporal", true, (*examination).temporal},
	{"journeys", true, (*examination).journeys},
	{"dead letters", true, (*examination).letters},
	{"outages", true, (*examination).outages},
}

// Examine runs all checks side by side.
func Examine(ctx context.Context, p Patient) Report {
	x := examination{Patient: p, now: instant.Now(), running: true}
	if x.Log == nil {
		x.Log = slog.New(slog.DiscardHandler)
	}
	if p.Data != "" {
		x.dir, _ = datadir.Look(p.Data) // the check of the directory says what is wrong with it
		x.running = x.dir.Held
	}
	x.stores = storesOf(x.Config, x.dir)
	found := make([][]Finding, len(checks))
	var wait sync.WaitGroup
	for i, c := range checks {
		if c.online && !x.running {
			continue
		}
		wait.Go(func() {
			ctx := ctx
			if !p.Deep {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, within)
				defer cancel()
			}
			found[i] = c.look(&x, ctx)
		})
	}
	wait.Wait()
	r := Report{At: x.now, Running: x.running, Worst: Fine, Findings: []Finding{}}
	for i, list := range found {
		for _, f := range list {
			f.Check, f.Run = cmp.Or(f.Check, checks[i].name), strings.ReplaceAll(f.Run, "ORIGIN", x.Config.Origin)
			r.Findings = append(r.Findings, f)
			if ranks[f.Level] > ranks[r.Worst] {
				r.Worst = f.Level
			}
		}
	}
	return r
}

// Services of an installation, each with a store.
var Services = []string{"organization", "leads", "accounts", "notifications", "insights", "journeys"}

// storesOf names the stores that can be looked at.
func storesOf(c config.Config, dir datadir.State) []string {
	if strings.HasPrefix(c.Store, "sqlite:") && dir.Path != "" && dir.Missing {
		return nil
	}
	return slices.Clone(Services)
}

func fine(zh, en string) Finding { return Finding{Level: Fine, Says: lang.T(zh, en)} }
func note(zh, en string) Finding { return Finding{Level: Note, Says: lang.T(zh, en)} }
func warn(zh, en string) Finding { return Finding{Level: Warning, Says: lang.T(zh, en)} }
func bad(zh, en string) Finding  { return Finding{Level: Error, Says: lang.T(zh, en)} }

// do adds what to do, and the command.
func (f Finding) do(zh, en, run string) Finding {
	f.Do, f.Run = lang.T(zh, en), run
	return f
}

// orFine is what a check says that found nothing.
func orFine(list []Finding, zh, en string) []Finding {
	if !slices.ContainsFunc(list, func(f Finding) bool { return f.Level == Warning || f.Level == Error }) {
		return append([]Finding{fine(zh, en)}, list...)
	}
	return list
}
