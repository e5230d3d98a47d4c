package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"golang.org/x/text/encoding/simplifiedchinese"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const dealHeader = "id,owner,account,product,stage,engage date,close date,close value,objections,competitors,decision maker,procurement node,need_clear,budget_clear,decision_maker_reached\n"

// Dirty rows are refused with line, field and rule; rows beside them come in.
// The gates hold for an import as for anybody.
func TestImportDirtyRows(t *testing.T) {
	gone := seller("Gone Li")
	gone.Active = false
	for _, c := range []struct{ name, row, want string }{
		{"in order", "1,Ann Wang,Acme,,Prospecting,02-01-26,,100,,,,,,,", ""},
		{"unknown owner", "1,Nobody,Acme,,Prospecting,,,,,,,,,,", "owner owner_unknown"},
		{"no owner", "1,,Acme,,Prospecting,,,,,,,,,,", "owner R-043"},
		{"owner who left", "1,p-goneli,Acme,,Prospecting,,,,,,,,,,", "owner R-010"},
		{"unknown stage", "1,Ann Wang,Acme,,Somewhere,,,,,,,,,,", "stage stage_mapping"},
		{"no stage", "1,Ann Wang,Acme,,,,,,,,,,,,", "stage required"},
		{"no such day", "1,Ann Wang,Acme,,Prospecting,31-02-25,,,,,,,,,", "opened_at date"},
		{"no date", "1,Ann Wang,Acme,,Prospecting,soon,,,,,,,,,", "opened_at date"},
		{"in the future", "1,Ann Wang,Acme,,Prospecting,03-03-26,,,,,,,,,", "opened_at in_future"},
		{"ends before it begins", "1,Ann Wang,Acme,,Won,05-01-26,04-01-26,5,,,,,,,", "closed_at date_order"},
		{"negative money", "1,Ann Wang,Acme,,Prospecting,,,-5,,,,,,,", "amount amount"},
		{"no money", "1,Ann Wang,Acme,,Prospecting,,,much,,,,,,,", "amount amount"},
		{"won without value", "1,Ann Wang,Acme,,Won,,04-01-26,,,,,,,,", "amount required"},
		{"proposal without answer", "1,Ann Wang,Acme,,Proposal,,,,,,,,,,", "answers.need_clear R-055"},
		{"proposal with answer", "1,Ann Wang,Acme,,Proposal,02-01-26,,5,,,,,yes,,", ""},
		{"no answer at all", "1,Ann Wang,Acme,,Proposal,,,,,,,,perhaps,,", "answer.need_clear yes_or_no"},
		{"negotiating without competitor", "1,Ann Wang,Acme,,Negotiation,,,,价格,,,,是,是,是", "competitors R-057"},
		{"negotiating", "1,Ann Wang,Acme,,Negotiation,02-01-26,,5,价格,Globex,,,是,是,是", ""},
		{"to sign without decision maker", "1,Ann Wang,Acme,,Contract,,,,price,Globex,,tender,yes,yes,yes", "decision_maker R-058"},
		{"other number of columns", "1,Ann Wang,Acme", " columns"},
		{"broken quotes", "1,Ann \"Wang,Acme,,Prospecting,,,,,,,,,,", " csv"},
		{"bad characters", "1,Ann Wang,Ac\xffme,,Prospecting,,,,,,,,,,", " encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := openOffice(t, t.TempDir(), seller("Ann Wang"), gone)
			// A good row first keeps the file UTF-8 beyond doubt where the other is not.
			good := "0,Ann Wang,好公司,,Prospecting,02-01-26,,7,,,,,,,\n"
			pad := strings.Repeat("\n", 1<<20) // bytes that are no UTF-8 lie beyond what the encoding is told by
			if !strings.Contains(c.row, "\xff") {
				pad = ""
			}
			text := dealHeader + good + pad + c.row + "\n"
			fields := map[string]string{"external": "id", "owner": "owner", "customer": "account", "product": "product", "stage": "stage", "opened_at": "engage date",
				"closed_at": "close date", "amount": "close value", "objections": "objections", "competitors": "competitors", "decision_maker": "decision maker",
				"procurement_node": "procurement node", "answer.need_clear": "need_clear", "answer.budget_clear": "budget_clear",
				"answer.decision_maker_reached": "decision_maker_reached"}
			stages := map[string]string{"Prospecting": "contacted", "Won": "won", "Proposal": "proposed", "Negotiation": "negotiating", "Contract": "to_sign"}
			doc := o.upload(t, imports.Deals, text, app.MappingChange{Fields: &fields, Stages: &stages})
			p, err := o.PreviewImport(o.ctx, doc.ID, 10)
			if err != nil {
				t.Fatal(err)
			}
			done := o.run(t, doc.ID)
			refused := 0
			var got []string
			for _, e := range o.report(t, doc.ID) {
				if e.Outcome == imports.Refused {
					got = append(got, e.Field+" "+e.Rule)
					if e.Line < 3 || e.Text.Zh == "" || e.Text.En == "" {
						t.Errorf("entry %+v", e)
					}
				}
			}
			if c.want != "" {
				refused = 1
				if len(got) != 1 || got[0] != c.want {
					t.Errorf("refused by %q, want %q", got, c.want)
				}
			}
			if done.Counts.Refused != refused || done.Counts.Created != 2-refused || p.Refused != refused {
				t.Errorf("%+v, preview refuses %d; %v", done.Counts, p.Refused, got)
			}
		})
	}
}

// An unknown owner goes to the default owner, and that is said.
func TestImportDefaultOwner(t *testing.T) {
	o := openOffice(t, t.TempDir(), seller("Ann Wang"))
	doc := o.upload(t, imports.Deals, "id,owner,account,stage\n1,Nobody,Acme,Won\n2,Nobody,Acme,New\n",
		app.MappingChange{Options: &imports.Options{DefaultOwner: "p-annwang"}})
	o.run(t, doc.ID)
	if d := o.deals(t)["2"]; d.Owner != "p-annwang" || !d.Imported || d.ClocksFrom != importedAt {
		t.Errorf("%+v", d)
	}
	found := false
	for _, e := range o.report(t, doc.ID) {
		found = found || e.Line == 3 && e.Rule == "owner_unknown" && e.Outcome == imports.Adjusted && e.Became == "p-annwang"
	}
	if !found {
		t.Error("the default owner is not reported")
	}
}

// Rows that repeat within a file come in once; a changed row of a later file
// changes nothing and is reported.
func TestImportRepeats(t *testing.T) {
	o := openOffice(t, t.TempDir(), seller("Ann Wang"))
	head := "id,owner,account,stage,value\n"
	doc := o.upload(t, imports.Deals, head+"1,Ann Wang,Acme,New,5\n1,Ann Wang,Acme,New,6\n", app.MappingChange{})
	if done := o.run(t, doc.ID); done.Counts.Created != 1 || done.Counts.Refused != 1 {
		t.Errorf("%+v", done.Counts)
	}
	was := o.deals(t)["1"].Amount.Minor
	doc = o.upload(t, imports.Deals, head+fmt.Sprintf("1,Ann Wang,Acme,New,%d\n", was/100+9), app.MappingChange{})
	done := o.run(t, doc.ID)
	entries := o.report(t, doc.ID)
	if done.Counts.Unchanged != 1 || len(entries) != 1 || entries[0].Rule != "already_imported" || entries[0].Field != "amount" || o.deals(t)["1"].Amount.Minor != was {
		t.Errorf("%+v %+v", done.Counts, entries)
	}
}

// leads of a file pass the five fields as all leads do;
// the file may be written in GB 18030; the second run changes nothing.
func TestImportLeads(t *testing.T) {
	o := openOffice(t, t.TempDir(), seller("Ann Wang"))
	text := "公司名称,联系人,手机号,客户来源,需求描述,创建时间\n" +
		"东方机械,李雷,13800138000,展会,要两台设备,2026/01/05\n" +
		"西城商贸,,13900139000,官网,要报价,2026/01/06\n" +
		"南山电子,韩梅梅,13700137000,朋友圈,要演示,\n"
	doc := o.upload(t, imports.Leads, text, app.MappingChange{})
	done := o.run(t, doc.ID)
	if done.Counts.Created != 2 || done.Counts.Refused != 1 || done.Counts.Adjusted != 1 {
		t.Errorf("%+v %+v", done.Counts, o.report(t, doc.ID))
	}
	var rules []string
	for _, e := range o.report(t, doc.ID) {
		rules = append(rules, fmt.Sprint(e.Line, " ", e.Field, " ", e.Rule))
	}
	if strings.Join(rules, "; ") != "3 contact R-003; 4 source R-005" {
		t.Errorf("report %v", rules)
	}
	kinds := o.facts(t)
	if kinds["liuke.leads.lead_recorded.v1"] != 2 || kinds["liuke.leads.lead_assigned.v1"] != 0 {
		t.Errorf("%v", kinds)
	}
	page, err := o.Leads.Page(o.ctx, byArrival)
	if err != nil || len(page.Docs) != 2 {
		t.Fatal(err, len(page.Docs))
	}
	first := page.Docs[0].Body
	if first.Company != "东方机械" || first.Phone != "+8613800138000" || first.Source != "exhibition" || first.ClocksFrom != importedAt || !first.Imported ||
		first.ArrivedAt.String() != "2026-01-04T16:00:00.000Z" || first.Owner != "p-annwang" {
		t.Errorf("%+v", first)
	}
	o.clock.Add(int64(time.Hour / time.Millisecond))
	written, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	doc = o.upload(t, imports.Leads, written, app.MappingChange{})
	if doc.Body.Encoding != "gb18030" {
		t.Errorf("the encoding is told to be %s", doc.Body.Encoding)
	}
	again := o.run(t, doc.ID)
	if after := o.facts(t); fmt.Sprint(kinds) != fmt.Sprint(after) || again.Counts.Unchanged != 2 {
		t.Errorf("second run: %+v, %v", again.Counts, after)
	}
}

// Who may not import is told so; a mapping that does not fit the file, and one
// that comes too late, are refused.
func TestImportRefusals(t *testing.T) {
	o := openOffice(t, t.TempDir(), seller("Ann Wang"))
	ann := auth.With(context.Background(), auth.Principal{ID: "p-annwang", Roles: []auth.Role{auth.Salesperson}})
	if _, err := o.UploadImport(ann, imports.Deals, "", strings.NewReader("a\n1\n")); code(err) != problem.Forbidden {
		t.Errorf("%v", err)
	}
	doc := o.upload(t, imports.Deals, "id,owner,stage\n1,Ann Wang,New\n", app.MappingChange{})
	for name, m := range map[string]app.MappingChange{
		"no such column": {Fields: &map[string]string{"owner": "seller"}}, "no such field": {Fields: &map[string]string{"colour": "owner"}},
		"no such stage": {Stages: &map[string]string{"New": "nowhere"}}, "no such zone": {Options: &imports.Options{Zone: "Mars/Base"}},
		"no such pipeline": {Options: &imports.Options{Pipeline: "p9"}}, "no such owner": {Options: &imports.Options{DefaultOwner: "nobody"}},
		"no such reason": {Options: &imports.Options{LostReason: "rain"}}, "nobody in the map": {Options: &imports.Options{People: map[string]string{"Ann": "p-none"}}}, "column twice": {Fields: &map[string]string{"owner": "id", "external": "id"}},
	} {
		if _, err := o.MapImport(o.ctx, doc.ID, httpx.IfMatch{}, m); code(err) != problem.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.MapImport(o.ctx, doc.ID, httpx.IfMatch{IfMatch: `"1"`}, app.MappingChange{}); code(err) != problem.Stale {
		t.Errorf("stale: %v", err)
	}
	o.run(t, doc.ID)
	if _, err := o.MapImport(o.ctx, doc.ID, httpx.IfMatch{}, app.MappingChange{}); code(err) != problem.Refused {
		t.Errorf("too late: %v", err)
	}
	var csv bytes.Buffer
	if err := o.WriteImportReport(o.ctx, doc.ID, &csv); err != nil || !strings.Contains(csv.String(), "data_gap.customer") {
		t.Errorf("%v %s", err, csv.String())
	}
}

func code(err error) problem.Code {
	var p *problem.Error
	if errors.As(err, &p) {
		return p.Code
	}
	return problem.Code(fmt.Sprint(err))
}

var byArrival = store.Query{Index: "arrived"}
