package accounts_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

// people of a customer come, change and leave by the
// interface, each on the version that the caller saw; the file and who the person
// was before and after are recorded in one step; the organization is a tree. It is
// the same for a household as for a firm.
func TestContactsByHTTP(t *testing.T) {
	for _, kind := range []string{"company", "person"} {
		t.Run(kind, func(t *testing.T) {
			o := start(t)
			var c seen
			o.call("wang", "POST", "/v1/customers", map[string]string{"kind": kind, "name": "华兴", "contact": "张伟", "phone": "13812341234"}, &c)
			path := "/v1/customers/" + c.ID
			var list struct{ Items []catalogue.Contact }
			_, h := o.call("wang", "GET", path+"/contacts", nil, &list)
			if len(list.Items) != 1 || list.Items[0].ID == "" || list.Items[0].Name != "张伟" {
				t.Fatalf("contacts %+v", list)
			}
			zhang := list.Items[0].ID
			var head, li catalogue.Contact
			status, h := o.call("wang", "POST", path+"/contacts", map[string]any{"name": "李总", "role": "decision_maker", "title": "总经理", "key": true, "phone": "13912341234",
				"birthday": map[string]any{"calendar": "lunar", "month": 8, "day": 15, "year": 1970}}, &head, "If-Match", h.Get("ETag"), "Idempotency-Key", "k1")
			if status != 201 || head.ID == "" || h.Get("Location") != path+"/contacts/"+head.ID || head.Phone != "+8613912341234" || head.Birthday.Calendar != "lunar" {
				t.Fatalf("added: %d %+v %v", status, head, h)
			}
			if status, again := o.call("wang", "POST", path+"/contacts", map[string]any{"name": "李娜", "reports_to": head.ID}, &li, "If-Match", h.Get("ETag")); status != 201 || again.Get("ETag") == h.Get("ETag") {
				t.Fatalf("added: %d", status)
			}
			if status, _ := o.call("wang", "PATCH", path+"/contacts/"+zhang, map[string]any{"reports_to": li.ID, "role": "user"}, nil); status != 200 {
				t.Fatalf("changed: %d", status)
			}
			var tree struct {
				Roots []struct {
					Contact catalogue.Contact
					Reports []struct {
						Contact catalogue.Contact
						Reports []struct{ Contact catalogue.Contact }
					}
				}
				Vacant []string
			}
			if o.call("wang", "GET", path+"/organization", nil, &tree); len(tree.Roots) != 1 || tree.Roots[0].Contact.ID != head.ID || tree.Roots[0].Reports[0].Reports[0].Contact.ID != zhang || len(tree.Vacant) != 0 {
				t.Errorf("organization %+v", tree)
			}
			if status, _ := o.call("wang", "POST", path+"/contacts/"+head.ID+"/departure", map[string]any{"note": "调任"}, nil); status != 200 {
				t.Fatalf("departure: %d", status)
			}
			if o.call("wang", "GET", path+"/organization", nil, &tree); !slices.Equal(tree.Vacant, []string{head.ID}) {
				t.Errorf("vacant %v", tree.Vacant)
			}
			var left catalogue.Contact
			if o.call("wang", "POST", path+"/contacts/"+head.ID+"/departure", map[string]any{"successor": li.ID}, &left); left.Successor != li.ID || left.LeftAt == 0 {
				t.Errorf("left %+v", left)
			}
			if o.call("wang", "GET", path+"/contacts?left=false", nil, &list); len(list.Items) != 2 {
				t.Errorf("who is there: %+v", list.Items)
			}
			facts := o.recorded("customer/"+c.ID, "liuke.accounts.contact_changed.v1")
			if len(facts) != 5 {
				t.Fatalf("%d facts of contacts", len(facts))
			}
			last := read[catalogue.ContactChanged](t, facts[4])
			if last.Change != "left" || last.Before.Successor != "" || last.After.Successor != li.ID || last.Customer != c.ID || last.Actor.ID != "wang" || last.PolicyVersion != 1 {
				t.Errorf("fact %+v", last)
			}
			whole := o.recorded("customer/"+c.ID, "liuke.accounts.customer_changed.v1")
			if file := read[catalogue.CustomerChanged](t, whole[len(whole)-1]); !slices.Equal(file.Changed, []string{"contacts"}) || len(file.After.Contacts) != 3 || file.AggregateVersion != last.AggregateVersion {
				t.Errorf("fact of the file %+v", file)
			}
			var back catalogue.Contact
			if o.call("wang", "DELETE", path+"/contacts/"+head.ID+"/departure", nil, &back); back.LeftAt != 0 {
				t.Errorf("back %+v", back)
			}
			if status, _ := o.call("wang", "GET", path+"/contacts/"+head.ID, nil, &back); status != 200 || back.Name != "李总" {
				t.Errorf("read %d %+v", status, back)
			}
			var found struct{ Customers []seen }
			if o.call("wang", "GET", "/v1/customers/match?phone=13912341234", nil, &found); len(found.Customers) != 1 || found.Customers[0].ID != c.ID {
				t.Errorf("a contact's number leads to %+v", found.Customers)
			}
			o.refusals(path, zhang, li.ID)
		})
	}
}

// refusals tries what must be refused of contacts.
func (o *office) refusals(path, zhang, boss string) {
	o.t.Helper()
	for name, c := range map[string]struct {
		who, method, path, body, match string
		status                         int
		wrong                          string
	}{
		"stale":            {"wang", "PATCH", "/contacts/" + zhang, `{"title":"x"}`, `"1"`, 412, ""},
		"stale addition":   {"wang", "POST", "/contacts", `{"name":"x"}`, `"1"`, 412, ""},
		"stale departure":  {"wang", "POST", "/contacts/" + zhang + "/departure", `{}`, `"1"`, 412, ""},
		"stale return":     {"wang", "DELETE", "/contacts/" + zhang + "/departure", ``, `"1"`, 412, ""},
		"no tag":           {"wang", "PATCH", "/contacts/" + zhang, `{"title":"x"}`, `x`, 422, "header.If-Match:etag"},
		"a circle":         {"wang", "PATCH", "/contacts/" + boss, `{"reports_to":"` + zhang + `"}`, "", 422, "reports_to:cycle"},
		"unknown superior": {"wang", "POST", "/contacts", `{"name":"x","reports_to":"none"}`, "", 422, "reports_to:exists"},
		"no name":          {"wang", "POST", "/contacts", `{"title":"x","phone":"1"}`, "", 422, "name:required phone:phone"},
		"unknown role":     {"wang", "POST", "/contacts", `{"name":"x","role":"boss"}`, "", 422, "role:one_of"},
		"unknown field":    {"wang", "POST", "/contacts", `{"name":"x","id":"y"}`, "", 422, "id:unknown_field"},
		"a successor of nobody's": {"wang", "POST", "/contacts/" + zhang + "/departure", `{"successor":"none","left_at":"2999-01-01T00:00:00Z"}`, "", 422,
			"left_at:past successor:exists"},
		"another's customer": {"zhao", "POST", "/contacts", `{"name":"x"}`, "", 403, ""},
		"not my role":        {"tech", "GET", "/contacts", ``, "", 403, ""},
		"nobody":             {"", "GET", "/organization", ``, "", 401, ""},
		"no such contact":    {"wang", "PATCH", "/contacts/none", `{}`, "", 404, ""},
		"read none":          {"wang", "GET", "/contacts/none", ``, "", 404, ""},
	} {
		var p httpx.Problem
		var header []string
		if c.match != "" {
			header = []string{"If-Match", c.match}
		}
		if status, _ := o.call(c.who, c.method, path+c.path, c.body, &p, header...); status != c.status || wrongs(p) != c.wrong {
			o.t.Errorf("%s: %d %q, want %d %q", name, status, wrongs(p), c.status, c.wrong)
		}
	}
}
