//go:build realdata

package e2e

import (
	"context"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// expected is what the file itself says, counted here and nowhere else.
type expected struct {
	rows, open int
	byStage    map[string]int
	won        int64 // in cents
}

func count(t *testing.T, rows []map[string]string) expected {
	t.Helper()
	stages := map[string]string{"Prospecting": "contacted", "Engaging": "need_confirmed", "Won": "won", "Lost": "lost"}
	e := expected{rows: len(rows), byStage: map[string]int{}}
	for i, r := range rows {
		stage := stages[r["deal_stage"]]
		if stage == "" {
			t.Fatalf("line %d has stage %q, which the test does not know", i+2, r["deal_stage"])
		}
		e.byStage[stage]++
		if r["deal_stage"] == "Won" {
			dollars, err := strconv.ParseInt(r["close_value"], 10, 64)
			if err != nil {
				t.Fatalf("line %d: %v", i+2, err)
			}
			e.won += 100 * dollars
		}
	}
	e.open = e.byStage["contacted"] + e.byStage["need_confirmed"]
	return e
}

// importReal runs the command of the README and gives what it printed.
func importReal(ctx context.Context, t *testing.T, o *programtest.Office, how ...string) (said, report string) {
	t.Helper()
	deals, _ := pipeline(t)
	teams, _ := realFile(t, "sales_teams.csv")
	accounts, _ := realFile(t, "accounts.csv")
	products, _ := realFile(t, "products.csv")
	report = filepath.Join(t.TempDir(), "report.csv")
	said, err := o.Run(ctx, binary, append([]string{"import", deals, "--kind", "deals", "--as", o.Administrator, "--source", "crm-sales", "--currency", "USD", "--people", teams,
		"--accounts", accounts, "--products", products, "--report", report}, how...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return said, report
}

var endLine = regexp.MustCompile(`(\d+) rows: (\d+) created, (\d+) there already, (\d+) refused`)

// outcome reads how an import ended: rows, created, there already, refused.
func outcome(t *testing.T, said string) [4]int {
	t.Helper()
	m := endLine.FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("the command does not say how it ended:\n%s", said)
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // the expression lets digits through alone
	}
	return n
}

// The real data through the command of the README: every row is in the system,
// counts by stage and the sum of what was won are the file's, journeys run for
// what is open and remind nobody of years past, and a second run changes nothing
//
func TestRealDataComesInWhole(t *testing.T) {
	ctx := bounded(t, 8*time.Minute) // a minute on an idle machine; two thousand journeys begin
	_, rows := pipeline(t)
	_, accounts := realFile(t, "accounts.csv")
	want := count(t, rows)
	if len(accounts) != 85 || importRows == 0 && (want.rows != 8800 || want.open != 2089) || importRows != 0 && want.rows != importRows {
		t.Fatalf("these are not the data that this test knows: %+v, %d accounts", want, len(accounts))
	}
	o := open(ctx, t)
	s := follow(t, o.Follow(ctx))
	checkPreview(ctx, t, o, s, accounts)
	begin := instant.Now()
	said, report := importReal(ctx, t, o, "--yes")
	t.Logf("imported within %s", instant.Now().Sub(begin).Round(time.Millisecond))
	if got := outcome(t, said); got != [4]int{want.rows, want.rows, 0, 0} {
		t.Errorf("rows, created, there already, refused: %v\n%s", got, said)
	}
	checkReport(t, report, accounts)
	checkDeals(ctx, t, o, want)
	checkCustomers(ctx, t, o, accounts)
	checkJourneys(ctx, t, o, s, want)
	t.Logf("journeys run %s after the import began", instant.Now().Sub(begin).Round(time.Millisecond))
	checkPast(t, s, begin)
	before := dealFacts(s)
	said, _ = importReal(ctx, t, o, "--yes")
	if got := outcome(t, said); got != [4]int{want.rows, 0, want.rows, 0} {
		t.Errorf("the second run: rows, created, there already, refused: %v\n%s", got, said)
	}
	allRead(ctx, t, o, s)
	if after := dealFacts(s); after != before {
		t.Errorf("the second run left %d facts of deals", after-before)
	}
	checkCustomers(ctx, t, o, accounts)
}

func checkDeals(ctx context.Context, t *testing.T, o *programtest.Office, want expected) {
	t.Helper()
	deals, err := programtest.All[catalogue.Deal](ctx, o.As(o.Boss), "/v1/deals")
	if err != nil {
		t.Fatal(err)
	}
	byStage, won, seen := map[string]int{}, int64(0), map[string]bool{}
	for _, d := range deals {
		byStage[d.Stage]++
		seen[d.External] = true
		if d.Outcome == catalogue.DealWon {
			won += d.Amount.Minor
			if d.Amount.Currency != "USD" {
				t.Errorf("deal %s was won in %q", d.ID, d.Amount.Currency)
			}
		}
	}
	if !maps.Equal(byStage, want.byStage) || won != want.won || len(seen) != want.rows {
		t.Errorf("%d deals by stage %v, won %d; the file has %d by stage %v, won %d", len(seen), byStage, won, want.rows, want.byStage, want.won)
	}
}

// checkCustomers wants the accounts of the file and nobody else, each in its sector
// as that is spelled right.
func checkCustomers(ctx context.Context, t *testing.T, o *programtest.Office, accounts []map[string]string) {
	t.Helper()
	customers, err := programtest.All[struct{ ID, Name, Sector string }](ctx, o.As(o.Boss), "/v1/customers")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, c := range customers {
		if strings.TrimSpace(c.Name) == "" {
			t.Errorf("customer %s has no name", c.ID)
		}
		got = append(got, c.Name+": "+c.Sector)
	}
	for _, a := range accounts {
		want = append(want, a["account"]+": "+strings.ReplaceAll(a["sector"], "technolgy", "technology"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d customers, the file has %d accounts\n%q\n%q", len(got), len(want), got, want)
	}
}

func checkJourneys(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream, want expected) {
	t.Helper()
	allRead(ctx, t, o, s)
	var counts struct {
		Kinds []struct {
			Kind                                      string
			Running, Behind, Troubled, Overdue, Ended int
		}
	}
	if err := o.As(o.Boss).Get(ctx, "/v1/journeys/counts", &counts); err != nil {
		t.Fatal(err)
	}
	for _, k := range counts.Kinds {
		if k.Kind == "review" || k.Kind == "intervention" { // the company's rhythms run whatever is imported
			continue
		}
		running := map[string]int{"deal": want.open}[k.Kind]
		if k.Running != running || k.Behind+k.Troubled+k.Overdue+k.Ended != 0 {
			t.Errorf("journeys of %d open deals: %+v", want.open, k)
		}
	}
}

// checkPast wants that nothing fired but the search for a customer, that nobody was
// reminded, and that no task waits since before the import.
func checkPast(t *testing.T, s *programtest.Stream, begin instant.Time) {
	t.Helper()
	l, err := recount.ReadLedger(s.Facts())
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]int{}
	for _, fired := range l.Fired {
		o := fired[0].Obligation
		if rhythm := strings.HasPrefix(o.ID, "review:") || strings.HasPrefix(o.ID, "intervention:"); o.Rule != "match" && !rhythm {
			rules[o.Rule]++
		}
	}
	if len(rules) > 0 || len(l.Reminders) > 0 {
		t.Errorf("fired for the past: %v, %d reminders", rules, len(l.Reminders))
	}
	for id, task := range l.Tasks {
		if task[0].Due < begin {
			t.Errorf("task %s was due %s, before the import", id, task[0].Due)
		}
	}
	if len(l.Decisions) == 0 {
		t.Error("no journey decided anything")
	}
}

func dealFacts(s *programtest.Stream) int {
	n := 0
	for _, e := range s.Facts() {
		if strings.HasPrefix(e.Aggregate, catalogue.KindDeal+"/") {
			n++
		}
	}
	return n
}
