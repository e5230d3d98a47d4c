//go:build realdata

package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/realdata"
)

// crmSales reads a file of the real data.
func crmSales(t testing.TB, name string) (string, []map[string]string) {
	t.Helper()
	_, raw, out := realdata.Table(t, "crm-sales", name)
	if realRows > 0 && len(out) > realRows {
		lines := strings.SplitAfter(string(raw), "\n")
		return strings.Join(lines[:realRows+1], ""), out[:realRows]
	}
	return string(raw), out
}

// crmOptions are what somebody who knows the real data says of it.
func crmOptions(t testing.TB) (imports.Options, []catalogue.Person) {
	t.Helper()
	o := imports.Options{Source: "crm-sales", Currency: "USD", Zone: "America/New_York", Customers: map[string]string{}, People: map[string]string{}}
	_, teams := crmSales(t, "sales_teams.csv")
	var people []catalogue.Person
	for _, row := range teams {
		p := seller(row["sales_agent"])
		people = append(people, p)
		o.People[p.Name] = p.ID
	}
	_, accounts := crmSales(t, "accounts.csv")
	for i, row := range accounts {
		o.Customers[row["account"]] = fmt.Sprintf("customer-%03d", i)
	}
	_, products := crmSales(t, "products.csv")
	for _, row := range products {
		o.Products = append(o.Products, row["product"])
	}
	return o, people
}

// The whole real file comes in: every row is in the system or in the report,
// counts by stage and the sum of won value are the file's, counted here from
// the file itself; a second run changes nothing.
func TestRealDataDealsComeIn(t *testing.T) {
	options, people := crmOptions(t)
	text, rows := crmSales(t, "sales_pipeline.csv")
	o := openOffice(t, t.TempDir(), people...)
	doc := o.upload(t, imports.Deals, text, app.MappingChange{Options: &options})
	wantFields := map[string]string{"external": "opportunity_id", "owner": "sales_agent", "product": "product", "customer": "account", "stage": "deal_stage",
		"opened_at": "engage_date", "closed_at": "close_date", "amount": "close_value"}
	if fmt.Sprint(doc.Body.Mapping.Fields) != fmt.Sprint(wantFields) || doc.Body.Mapping.DateOrder != imports.DayFirst {
		t.Fatalf("guessed %v %s", doc.Body.Mapping.Fields, doc.Body.Mapping.DateOrder)
	}
	begin := time.Now()
	done := o.run(t, doc.ID)
	took := time.Since(begin)
	t.Logf("%d rows in %v: %+v", done.Rows, took, done.Counts)
	if took > 2*time.Minute { // seconds on an idle machine; the bound leaves room for a busy one
		t.Errorf("took %v", took)
	}
	stages := map[string]string{"Prospecting": "contacted", "Engaging": "need_confirmed", "Won": "won", "Lost": "lost"}
	reported := map[int]map[string]imports.Entry{}
	for _, e := range o.report(t, doc.ID) {
		if reported[e.Line] == nil {
			reported[e.Line] = map[string]imports.Entry{}
		}
		reported[e.Line][e.Field+" "+e.Rule] = e
	}
	all := o.deals(t)
	wantByStage, gotByStage := map[string]int{}, map[string]int{}
	wantWon, gotWon := int64(0), int64(0)
	for i, row := range rows {
		line := i + 2
		wantByStage[stages[row["deal_stage"]]]++
		if row["deal_stage"] == "Won" {
			n, err := strconv.ParseInt(row["close_value"], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			wantWon += n * 100
		}
		d, in := all[row["opportunity_id"]]
		if !in {
			if len(reported[line]) == 0 {
				t.Errorf("line %d is neither in the system nor in the report", line)
			}
			continue
		}
		gotByStage[d.Stage]++
		if d.Outcome == catalogue.DealWon {
			gotWon += d.Amount.Minor
		}
		checkRealRow(t, line, row, d, reported[line], options)
	}
	if fmt.Sprint(wantByStage) != fmt.Sprint(gotByStage) || fmt.Sprint(wantByStage) != fmt.Sprint(done.Counts.ByStage) {
		t.Errorf("by stage: file %v, system %v, counters %v", wantByStage, gotByStage, done.Counts.ByStage)
	}
	if wantWon != gotWon || done.Counts.WonAmounts["USD"].Minor != wantWon {
		t.Errorf("won: file %d, system %d, counter %v", wantWon, gotWon, done.Counts.WonAmounts)
	}
	if len(all) != len(rows) || done.Counts.Created != len(rows) || done.Counts.Done != done.Rows {
		t.Errorf("%d rows, %d in the system, %+v", len(rows), len(all), done.Counts)
	}
	checkRealBoard(t, o, wantByStage, wantWon)
	checkRealFacts(t, o, rows)
	checkSecondRun(t, o, text, options, len(rows))
}

// The board counts by index and sums what stands in its columns.
func checkRealBoard(t *testing.T, o importOffice, byStage map[string]int, won int64) {
	t.Helper()
	begin := time.Now()
	b, err := o.DealBoard(o.ctx, "", "", "", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the board of %v took %v", byStage, time.Since(begin))
	for _, c := range b.Columns {
		if c.Count != int64(byStage[c.Stage]) || !c.Whole || len(c.Deals) != min(10, byStage[c.Stage]) {
			t.Errorf("column %s counts %d, whole %v, shows %d", c.Stage, c.Count, c.Whole, len(c.Deals))
		}
		if c.Stage == "won" && (len(c.Sums) != 1 || c.Sums[0].Minor != won) {
			t.Errorf("won sums up to %v, want %d", c.Sums, won)
		}
	}
}

func checkRealRow(t *testing.T, line int, row map[string]string, d catalogue.Deal, reported map[string]imports.Entry, options imports.Options) {
	t.Helper()
	must := func(ok bool, what string) {
		if !ok {
			t.Errorf("line %d: %s: %+v; reported %v", line, what, d, reported)
		}
	}
	has := func(entry string) bool { _, ok := reported[entry]; return ok }
	must((row["account"] == "") == has("customer data_gap.customer"), "a missing account is reported")
	must(row["account"] == "" || d.Customer == options.Customers[row["account"]], "customer")
	must((row["product"] == "GTXPro") == has("product product_spelling"), "a misspelt product is reported")
	must((row["deal_stage"] == "Lost") == has("lost_reason R-066"), "a missing reason is reported")
	must((row["engage_date"] == "") == has("opened_at date_missing"), "a missing date is reported")
	must(d.ClocksFrom == importedAt, "clocks run from the import")
	zone, _ := time.LoadLocation(options.Zone)
	if row["engage_date"] != "" {
		want, err := time.ParseInLocation("02-01-06", row["engage_date"], zone)
		must(err == nil && d.OpenedAt == instant.Of(want), "opened at")
	}
	if row["close_date"] != "" {
		want, err := time.ParseInLocation("02-01-06", row["close_date"], zone)
		must(err == nil && d.ClosedAt == instant.Of(want), "closed at")
	}
	if d.Outcome != catalogue.DealOpen || d.Customer == "" {
		must(d.Owner == options.People[row["sales_agent"]], "owner")
	}
}

// Closed deals are history without a journey; open ones begin one, and an
// account's open deals have the account's one responsible person.
func checkRealFacts(t *testing.T, o importOffice, rows []map[string]string) {
	t.Helper()
	open, closed := 0, 0
	for _, row := range rows {
		if row["close_date"] == "" {
			open++
		} else {
			closed++
		}
	}
	kinds := o.facts(t)
	if kinds["liuke.deals.deal_opened.v1"] != open || kinds["liuke.deals.deal_imported.v1"] != closed || kinds["liuke.deals.stage_changed.v1"] != 0 {
		t.Errorf("facts: %v, want %d opened and %d imported", kinds, open, closed)
	}
	owners := map[string]string{}
	for _, d := range o.deals(t) {
		if d.Outcome != catalogue.DealOpen || d.Customer == "" {
			continue
		}
		if owners[d.Customer] == "" {
			owners[d.Customer] = d.Owner
		}
		held, err := o.Ownerships.Get(o.ctx, d.Customer)
		if err != nil || held.Body.Owner != d.Owner || owners[d.Customer] != d.Owner {
			t.Errorf("%s of %s is held by %s: %v", d.External, d.Customer, d.Owner, err)
		}
	}
}

func checkSecondRun(t *testing.T, o importOffice, text string, options imports.Options, rows int) {
	t.Helper()
	before := o.facts(t)
	o.clock.Add(int64(24 * time.Hour / time.Millisecond))
	again := o.run(t, o.upload(t, imports.Deals, text, app.MappingChange{Options: &options}).ID)
	if after := o.facts(t); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("a second run of the same file recorded facts: %v, then %v", before, after)
	}
	if again.Counts.Unchanged != rows || again.Counts.Created != 0 || again.Counts.Adjusted != 0 || again.Counts.Refused != 0 {
		t.Errorf("second run: %+v", again.Counts)
	}
}
