package importing_test

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"

	"liuke.dev/deploy/local/importing"
)

const (
	teams = "sales_agent,manager\nAnn,Mo\nBob,Mo\n"
	firms = "account,sector\nAcme,technolgy\nBeta,retail\n"
)

func prepare(t *testing.T, j *importing.Job) importing.State {
	t.Helper()
	s, err := j.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, j *importing.Job, id string) {
	t.Helper()
	if _, err := j.Run(t.Context(), id, func(importing.State) {}); err != nil {
		t.Fatal(err)
	}
}

// What is only previewed is shown whole and leaves nothing behind.
func TestAPreviewWritesNothing(t *testing.T) {
	h := newHouse(t)
	h.customers["crm:beta"] = object{"name": "Beta"}
	j := h.job(teams, firms, "")
	s := prepare(t, j)
	if _, err := j.Preview(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(j.Staff.New, []string{"Mo", "Bob"}) || !slices.Equal(j.Staff.Known, []string{"Ann"}) || j.Staff.Rows != 2 {
		t.Errorf("people: %+v", j.Staff)
	}
	if !slices.Equal(j.Customers.New, []string{"Acme"}) || !slices.Equal(j.Customers.Known, []string{"Beta"}) || j.Customers.Rows != 2 {
		t.Errorf("accounts: %+v", j.Customers)
	}
	if o := h.uploads[s.ID]; len(o["new_people"].([]any)) != 2 || len(o["customers"].(object)) != 2 || o["people"].(object)["Ann"] != "p0" {
		t.Errorf("the preview goes by %v", o)
	}
	if err := j.Discard(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if len(h.people) != 1 || len(h.customers) != 1 || len(h.uploads)+len(h.ran) != 0 {
		t.Errorf("left behind: %v %v %v", h.people, h.customers, h.uploads)
	}
}

// People and accounts come in with the run, once; it waits for a program that has
// not heard of them yet.
func TestARunAddsPeopleAndAccountsOnce(t *testing.T) {
	h := newHouse(t)
	h.unheard = 2
	for n := range 2 {
		j := h.job(teams, firms, "product\nGTX Pro\n")
		s := prepare(t, j)
		if n == 1 && len(j.Staff.New)+len(j.Customers.New) != 0 {
			t.Errorf("the second preview: %+v %+v", j.Staff, j.Customers)
		}
		run(t, j, s.ID)
		o := h.ran[s.ID]
		if o["new_people"] != nil || len(o["people"].(object)) != 3 || o["customers"].(object)["Acme"] != "crm:acme" || len(o["products"].([]any)) != 1 {
			t.Errorf("run %d went by %v", n, o)
		}
		if len(h.people) != 3 || len(h.customers) != 2 {
			t.Errorf("run %d: %v %v", n, h.people, h.customers)
		}
	}
}

// Every row that cannot be taken is said with its line, field and rule; the others
// come in, also those after a quote that is never closed.
func TestEveryRowIsInTheSystemOrInTheReport(t *testing.T) {
	h := newHouse(t)
	long := strings.Repeat("x", 61)
	j := h.job("\ufeffsales_agent,manager\nBob,\n,Mo\nCid\nDee,"+long+"\n"+long+",\nEve,Mo,East\n",
		"account,sector\n,retail\nAcme,retail,more\n\"Beta,retail\nGamma,medical\n"+long+",retail\nGamma,medical\nGamma,retail\n,\n", "product\nGTX Pro\n\"\"\n")
	s := prepare(t, j)
	run(t, j, s.ID)
	want := strings.Join([]string{
		"people.csv:3 refused sales_agent required", "people.csv:4 refused row columns", "people.csv:7 refused row columns",
		"accounts.csv:2 refused account required", "accounts.csv:3 refused row columns", "accounts.csv:4 refused row csv", "accounts.csv:9 refused account required",
		"accounts.csv:8 refused sector differs", "accounts.csv:6 refused name max_length", "products.csv:3 refused product required",
		"people.csv:5 refused manager max_length", "people.csv:6 refused name max_length"}, "\n")
	if got := said(j.Entries()); got != want {
		t.Errorf("said\n%s\nwant\n%s", got, want)
	}
	if got := slices.Sorted(maps.Values(h.people)); !slices.Equal(got, []string{"Ann", "Bob"}) {
		t.Errorf("people: %q", got)
	}
	if got := slices.Sorted(maps.Keys(h.customers)); !slices.Equal(got, []string{"crm:gamma"}) {
		t.Errorf("accounts: %q", got)
	}
	if len(j.Customers.New) != 1 || len(j.Staff.New) != 1 {
		t.Errorf("%+v %+v", j.Customers, j.Staff)
	}
}

// A sector that is misspelled becomes the nearest known one; what is known, far from
// all that is known or as near to several stays, and nothing changes silently.
func TestSectorsAreCorrected(t *testing.T) {
	h := newHouse(t)
	j := h.job("", "account,sector\nA,technolgy\nB,technology\nC,Technolgoy\nD,MEDCAL\nE,dining\nF,ice cream\nG,steel-works\nH,steel wroks\nI,\nJ,ading\nK,批发和零售\nL,fining\n", "")
	run(t, j, prepare(t, j).ID)
	want := map[string]any{"A": "technology", "B": "technology", "C": "Technology", "D": "MEDICAL", "E": "dining", "F": "ice cream", "G": "Steel works", "H": "Steel works", "I": nil,
		"J": "ading", "K": "批发和零售业", "L": "fining"}
	for name, sector := range want {
		if got := h.customers["crm:"+strings.ToLower(name)]["sector"]; got != sector {
			t.Errorf("%s: %v, want %v", name, got, sector)
		}
	}
	report := strings.Join([]string{"accounts.csv:2 adjusted sector sector_spelling technolgy→technology", "accounts.csv:4 adjusted sector sector_spelling Technolgoy→Technology",
		"accounts.csv:5 adjusted sector sector_spelling MEDCAL→MEDICAL", "accounts.csv:8 adjusted sector sector_spelling steel-works→Steel works",
		"accounts.csv:9 adjusted sector sector_spelling steel wroks→Steel works", "accounts.csv:12 adjusted sector sector_spelling 批发和零售→批发和零售业",
		"accounts.csv:13 adjusted sector sector_unknown fining→fining"}, "\n")
	if got := said(j.Entries()); got != report {
		t.Errorf("said\n%s\nwant\n%s", got, report)
	}
}

// The report has the rows of every file under one header; a program that refuses to
// give its own is an error and no report.
func TestTheReportIsWholeOrAnError(t *testing.T) {
	h := newHouse(t)
	j := h.job("", "account,sector\n=Acme,technolgy\n,x\n", "")
	s := prepare(t, j)
	run(t, j, s.ID)
	var out bytes.Buffer
	if err := j.Report(t.Context(), s.ID, &out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, strings.Join(append(r[:6:6], r[8]), ","))
	}
	if want := []string{"\ufeffline,outcome,field,rule,value,became,file", "2,adjusted,sector,sector_spelling,technolgy,technology,accounts.csv", "3,refused,account,required,,,accounts.csv",
		"4,refused,owner,owner_unknown,Zed,,deals.csv"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	h.noReport = true
	out.Reset()
	if err := j.Report(t.Context(), s.ID, &out); err == nil || !strings.Contains(err.Error(), "403 You may not") || out.Len() > 0 {
		t.Errorf("%v, written %q", err, out.String())
	}
}
