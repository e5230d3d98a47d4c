package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// what a customer is, needs and likes, and what it agreed to, is
// edited by the interface with before and after on record; what is wrong is named
// together with what is wrong of the basics, and nothing is half written.
func TestProfileByHTTP(t *testing.T) {
	o := start(t)
	var c seen
	o.call("wang", "POST", "/v1/customers", card{Name: "华兴"}, &c)
	path := "/v1/customers/" + c.ID
	var file catalogue.Customer
	const body = `{"tier":"vip","type":"enterprise","tags":["strategic"],"product_tags":["service"],"need_tags":["cost"],"time_zone":"Asia/Urumqi","preferences":[{"topic":"gift","value":"茶"}],
		"channels":[{"channel":"mail","address":"A@huaxing.cn","preferred":true}],"care_dates":[{"kind":"anniversary","date":{"calendar":"lunar","month":12,"day":30}}]}`
	if status, h := o.call("wang", "PATCH", path, body, &file, "If-Match", `"1"`); status != 200 || h.Get("ETag") != `"2"` || file.Tier != "vip" || file.NeedHistory[0].By != "wang" || file.CareDates[0].ID == "" {
		t.Fatalf("%d %+v", status, file)
	}
	change := read[catalogue.CustomerChanged](t, o.recorded("customer/"+c.ID, "liuke.accounts.customer_changed.v1")[0])
	if want := []string{"tier", "type", "tags", "product_tags", "need_tags", "need_history", "preferences", "channels", "time_zone", "care_dates"}; !slices.Equal(change.Changed, want) || change.Before.Tier != "" || change.After.Tier != "vip" || change.Actor.ID != "wang" {
		t.Errorf("fact %+v", change)
	}
	if status, _ := o.call("wang", "PUT", path+"/consent/sms", `{"status":"given","source":"展会登记","at":"2026-01-05T08:00:00Z"}`, &file); status != 200 || file.Consent[0].By != "wang" || file.Consent[0].Status != "given" {
		t.Errorf("consent %d %+v", status, file.Consent)
	}
	for name, c := range map[string]struct {
		who, method, path, body string
		status                  int
		rule, wrong             string
	}{
		"both kinds of errors": {"wang", "PATCH", "", `{"phone":"12","tier":"gold","time_zone":"Mars/Base"}`, 422, "", "phone:phone tier:one_of time_zone:time_zone"},
		"needs take approval":  {"wang", "PATCH", "", `{"need_tags":["growth"]}`, 409, "R-050", ""},
		"the same needs":       {"wang", "PATCH", "", `{"need_tags":["cost"]}`, 200, "", ""},
		"an earlier word":      {"wang", "PUT", "/consent/sms", `{"status":"withdrawn","source":"x","at":"2026-01-04T08:00:00Z"}`, 422, "", "at:newest"},
		"an unknown channel":   {"wang", "PUT", "/consent/pigeon", `{"status":"given","source":"x"}`, 422, "", "channel:one_of"},
		"no source":            {"wang", "PUT", "/consent/sms", `{"status":"given"}`, 422, "", "source:required"},
		"another's":            {"zhao", "PUT", "/consent/sms", `{"status":"given","source":"x"}`, 403, "customer.change.own", ""},
	} {
		var p httpx.Problem
		if status, _ := o.call(c.who, c.method, path+c.path, c.body, &p); status != c.status || p.Rule != c.rule || wrongs(p) != c.wrong {
			t.Errorf("%s: %d %q %q, want %d %q %q", name, status, p.Rule, wrongs(p), c.status, c.rule, c.wrong)
		}
	}
	if o.call("wang", "GET", path, nil, &file); len(file.Phones) != 0 || file.Tier != "vip" || file.TimeZone != "Asia/Urumqi" || !slices.Equal(file.NeedTags, []string{"cost"}) {
		t.Errorf("half written: %+v", file)
	}
}

// R-037, C-17: every department that serves a customer reads the same file; only
// the owner's side writes into it, and nobody else's team sees more than a mask.
func TestOneFileForAllDepartments(t *testing.T) {
	r := run(t, house)
	id := r.customer("华兴", "13812341234")
	r.owned(id, "wang")
	path := "/v1/customers/" + id
	for who, can := range map[string][2]int{"wang": {200, 200}, "ma": {200, 200}, "director": {200, 200}, "boss": {200, 200}, "sun": {200, 403}, "zhao": {403, 403}, "qian": {403, 403}} {
		reads, _ := r.call(who, "GET", path, nil, nil)
		writes, _ := r.call(who, "PATCH", path, `{"tier":"vip"}`, nil)
		adds, _ := r.call(who, "POST", path+"/contacts", `{"name":"李"}`, nil)
		if reads != can[0] || writes != can[1] || adds/100 != can[1]/100 {
			t.Errorf("%s reads %d, writes %d, adds %d, want %v", who, reads, writes, adds, can)
		}
	}
}

type listedCustomers struct {
	Items []seen
	Next  string
}

func (l listedCustomers) ids() []string {
	var out []string
	for _, c := range l.Items {
		out = append(out, c.ID)
	}
	return out
}

// customers are listed by tier, type, tag and owner, page by page,
// each by a declared index; the lists follow the files, and what a caller may not
// read is masked.
func TestListsByTierTagAndOwner(t *testing.T) {
	r := run(t, house)
	var ids []string
	for i, name := range []string{"华一", "华丁", "华七"} {
		id := r.customer(name, fmt.Sprintf("1381234000%d", i))
		ids = append(ids, id)
		r.owned(id, "wang")
		if status, _ := r.call("wang", "PATCH", "/v1/customers/"+id, `{"tier":"vip","type":"dealer","tags":["strategic"],"product_tags":["service"],"need_tags":["cost"]}`, nil); status != 200 {
			t.Fatalf("%d", status)
		}
	}
	other := r.customer("大成", "13812340009")
	r.owned(other, "zhao")
	list := func(query string) (l listedCustomers) {
		t.Helper()
		if status, _ := r.call("wang", "GET", "/v1/customers?"+query, nil, &l); status != 200 {
			t.Fatalf("%s: %d", query, status)
		}
		return l
	}
	for _, q := range []string{"tag=strategic", "product_tag=service", "need_tag=cost", "tier=vip", "type=dealer"} {
		until(t, q, func() bool { return slices.Equal(list(q).ids(), ids) })
		first := list(q + "&limit=2")
		if second := list(q + "&limit=2&after=" + first.Next); len(first.Items) != 2 || len(second.Items) != 1 || second.Items[0].ID != ids[2] {
			t.Errorf("%s: pages %v, %v", q, first.ids(), second.ids())
		}
		if l := list(strings.Replace(q, "=", "=no_", 1)); len(l.Items) != 0 {
			t.Errorf("%s: another one's %v", q, l.ids())
		}
	}
	if l := list("owner=wang"); len(l.Items) != 3 || slices.Contains(l.ids(), other) {
		t.Errorf("of wang: %v", l.ids())
	}
	if l := list("owner=zhao"); len(l.Items) != 1 || !l.Items[0].Masked {
		t.Errorf("of zhao: %+v", l.Items)
	}
	r.call("wang", "PATCH", "/v1/customers/"+ids[0], `{"tags":["reference"],"tier":"core","name":"龙腾"}`, nil)
	if l := list("tag=strategic"); slices.Contains(l.ids(), ids[0]) {
		t.Error("still listed by a tag that it lost")
	}
	until(t, "its new tag", func() bool { return slices.Equal(list("tag=reference").ids(), ids[:1]) })
	until(t, "its new name", func() bool { l := list("need_tag=cost"); return len(l.Items) == 3 && l.Items[2].ID == ids[0] })
	for query, want := range map[string]int{"tier=vip&tag=strategic": 422, "owner=wang&name=x": 422, "owner=wang&phone=13812340000": 422, "tag=" + strings.Repeat("x", 41): 422, "tag=strategic&after=zz": 422} {
		if status, _ := r.call("wang", "GET", "/v1/customers?"+query, nil, nil); status != want {
			t.Errorf("%s: %d", query, status)
		}
	}
	r.planned(t)
}

// planned asks the store how it answers the lists: by their index.
func (r *running) planned(t *testing.T) {
	t.Helper()
	for _, q := range []struct {
		collection string
		query      store.Query
	}{
		{"customer", store.Query{Index: "by_tier", Equal: []any{"vip", ""}}}, {"customer", store.Query{Index: "by_type", Equal: []any{"dealer", ""}}},
		{"owner", store.Query{Index: "by_owner", Equal: []any{"wang"}, Desc: true}}, {"customer_label", store.Query{Index: "by_label", Equal: []any{"tag:strategic"}}},
	} {
		plan, err := r.store.Explain(t.Context(), q.collection, q.query)
		if err != nil || !strings.Contains(plan, q.query.Index) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s.%s: %v %s", q.collection, q.query.Index, err, plan)
		}
	}
}

// whatever department tells it, and under whichever spelling
// the customer was known: calls, quotes, contracts, orders, tickets, surveys and
// files lie on one record, also after two files turned out to be one customer.
func TestEverythingOnOneRecord(t *testing.T) {
	kept := t.TempDir()
	r := run(t, house, func(d *service.Deps) {
		s, err := folder.Open(kept)
		if err != nil {
			t.Fatal(err)
		}
		d.Objects = s
	})
	first := r.customer("华兴贸易", "13812341234")
	var second seen
	r.call("wang", "POST", "/v1/customers", map[string]string{"name": "HX Trading", "email": "li@huaxing-trade.cn"}, &second)
	if second.ID == first {
		t.Fatal("known to be one already")
	}
	told := map[string]string{"call": "wang", "quote": "wang", "contract": "director", "order": "director", "case": "sun", "survey": "sun"}
	n := 0
	for kind, who := range told {
		n++
		customer := []string{first, second.ID}[n%2]
		if status, _ := r.call(who, "POST", "/v1/timeline", draft(customer, kind, kind, "2026-01-05T08:00:00Z", "none"), nil); status != 201 {
			t.Fatalf("%s of %s: %d", kind, who, status)
		}
	}
	files := &archive{office: r.office, path: "/v1/customers/" + second.ID + "/attachments"}
	if status, _ := files.send("sun", "?name=a.txt", strings.NewReader("x"), nil, "Content-Type", "text/plain"); status != 201 {
		t.Fatal(status)
	}
	r.call("journeys", "PUT", "/v1/customers/matches/lead-1", card{Name: "华兴", Phone: "13812341234", Email: "li@huaxing-trade.cn"}, nil) // they are one
	for _, id := range []string{first, second.ID} {
		until(t, "all of it at "+id, func() bool {
			kinds := map[string]bool{}
			for _, e := range r.timeline(id, "").Items {
				kinds[e.Kind] = true
			}
			for kind := range told {
				if !kinds[kind] {
					return false
				}
			}
			var list struct{ Items []catalogue.Attachment }
			r.call("sun", "GET", "/v1/customers/"+id+"/attachments", nil, &list)
			return len(list.Items) == 1
		})
	}
	if n := r.customers(); n != 1 {
		t.Errorf("%d customers", n)
	}
}
