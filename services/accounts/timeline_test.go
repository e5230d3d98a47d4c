package accounts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/service"
)

// running is an office whose relay and consumers work, on a cluster in memory.
type running struct {
	*office
	cluster *kafkatest.Memory
	told    int // versions of what happens elsewhere: beyond those of the service's own facts of an aggregate
}

func run(t testing.TB, with ...func(*service.Deps)) *running {
	t.Helper()
	cluster := kafkatest.New()
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	r := &running{cluster: cluster, told: 1000, office: start(t, append(with, func(d *service.Deps) { d.Cluster, d.Health = cluster, health.New(instant.Now) })...)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.service.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

// happens publishes a fact of another service.
func (r *running) happens(aggregate string, customer string, data catalogue.Data) string {
	r.t.Helper()
	r.told++
	kind := data.Kind()
	data.SetHead(catalogue.Head{AggregateVersion: int64(r.told), Actor: catalogue.Actor{ID: "wang", Kind: catalogue.ActorPerson}, Customer: customer})
	raw, err := json.Marshal(data)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := facts.Validate(kind.Type, raw); err != nil {
		r.t.Fatal(err)
	}
	e := facts.Event{ID: fmt.Sprintf("%s/%d/0", aggregate, r.told), Source: "liuke/leads", Type: kind.Type, Subject: aggregate, Aggregate: aggregate,
		Version: int64(r.told), Time: instant.Now(), Customer: customer, Data: raw}
	if err := r.cluster.Produce(r.t.Context(), []kafka.Message{facts.ToMessage(e, kind.Topic, "")}); err != nil {
		r.t.Fatal(err)
	}
	return e.ID
}

// patience is how long a condition is waited for: much longer than it takes, for
// machines do other things too.
const patience = time.Minute

// until waits until a condition holds, and tells how long that took.
func until(t testing.TB, what string, is func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !is() {
		if time.Since(begin) > patience {
			t.Fatalf("after %v not: %s", patience, what)
		}
		time.Sleep(min(2*time.Millisecond+time.Since(begin)/20, 50*time.Millisecond)) // looking costs as well
	}
	return time.Since(begin)
}

func (o *office) customer(name, phone string) string {
	o.t.Helper()
	var c struct{ ID string }
	if status, _ := o.call("wang", "POST", "/v1/customers", map[string]any{"name": name, "phone": phone}, &c); status != 201 {
		o.t.Fatalf("create %s: %d", name, status)
	}
	return c.ID
}

type entries struct {
	Items []catalogue.TimelineEntry
	Next  string
}

func (o *office) timeline(customer, query string) entries {
	o.t.Helper()
	var page entries
	if status, _ := o.call("director", "GET", "/v1/customers/"+customer+"/timeline"+query, nil, &page); status != 200 {
		o.t.Fatalf("timeline of %s: %d", customer, status)
	}
	return page
}

type answer struct {
	Status string
	ID     string
	Entry  catalogue.TimelineEntry
	Errors []struct{ Field, Rule string }
}

func draft(customer, kind, id, at, direction string) map[string]any {
	return map[string]any{"customer": customer, "kind": kind, "source": "pbx", "source_id": id, "occurred_at": at, "direction": direction}
}

// entries arrive out of order and in any time zone, and are listed by when
// they occurred; told again, nothing changes.
func TestEntriesInAnyOrder(t *testing.T) {
	o := start(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	for i, at := range []string{"2026-03-01T09:00:00+08:00", "2026-01-01T00:00:00Z", "2026-03-01T00:30:00Z", "2026-02-01T23:00:00-05:00"} {
		var a answer
		if status, _ := o.call("journeys", "POST", "/v1/timeline", draft(c, "call", fmt.Sprint(i), at, "inbound"), &a); status != 201 || a.Status != "recorded" || a.ID != fmt.Sprintf("pbx:%d", i) {
			t.Fatalf("%d: %d %+v", i, status, a)
		}
		if a.Entry.RecordedAt == 0 || a.Entry.RecordedAt < a.Entry.OccurredAt {
			t.Errorf("recorded %s, occurred %s", a.Entry.RecordedAt, a.Entry.OccurredAt)
		}
	}
	page := o.timeline(c, "")
	var order []string
	for _, e := range page.Items {
		order = append(order, e.SourceID)
	}
	if got := strings.Join(order, ""); got != "0231" {
		t.Errorf("order %s", got)
	}
	again := draft(c, "call", "1", "2026-03-03T00:00:00Z", "outbound")
	var a answer
	if status, _ := o.call("journeys", "POST", "/v1/timeline", again, &a); status != 200 || a.Status != "known" || a.Entry.Direction != "inbound" {
		t.Errorf("told again: %d %+v", status, a)
	}
	if n := len(o.timeline(c, "").Items); n != 4 {
		t.Errorf("%d entries", n)
	}
	first := o.timeline(c, "?limit=3")
	rest := o.timeline(c, "?limit=3&after="+first.Next)
	if len(first.Items) != 3 || len(rest.Items) != 1 || rest.Items[0].SourceID != "1" || rest.Next != "" {
		t.Errorf("pages: %+v, %+v", first, rest)
	}
	if within := o.timeline(c, "?from=2026-02-01T00:00:00Z&to=2026-03-01T00:30:00Z"); len(within.Items) != 1 || within.Items[0].SourceID != "3" {
		t.Errorf("from, to: %+v", within.Items)
	}
}

// exactly at the tolerance an entry from the future is taken, beyond it it is refused by name.
func TestEntriesFromTheFuture(t *testing.T) {
	now := instant.Of(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	o := start(t, func(d *service.Deps) { d.Clock = func() instant.Time { return now } })
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	for after, want := range map[time.Duration]int{5*time.Minute - time.Millisecond: 201, 5 * time.Minute: 201, 5*time.Minute + time.Millisecond: 422} {
		var p httpx.Problem
		var into any
		if want == 422 {
			into = &p
		}
		status, _ := o.call("journeys", "POST", "/v1/timeline", draft(c, "login", after.String(), now.Add(after).String(), ""), into)
		if status != want {
			t.Errorf("%s ahead: %d, want %d", after, status, want)
		}
		if want == 422 && (len(p.Errors) != 1 || p.Errors[0].Field != "occurred_at" || p.Errors[0].Rule != "future") {
			t.Errorf("says %+v", p.Errors)
		}
	}
}

// of a batch each item is answered by itself; all that is wrong is said.
func TestABatchIsAnsweredItemByItem(t *testing.T) {
	o := start(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	items := []any{
		draft(c, "mail", "1", "2026-03-01T09:00:00+08:00", "inbound"),
		draft(c, "mail", "2", "2026-03-01T09:00:00", ""), // no zone, no direction
		draft(c, "mail", "1", "2026-03-01T09:00:00+08:00", "inbound"),
		map[string]any{"kind": "chant", "source": "liuke", "amount": map[string]any{"minor": 1, "currency": "XXX"}},
		map[string]any{"match": map[string]any{"phone": "138 1234 5678"}, "kind": "login", "source": "app", "source_id": "9", "occurred_at": "2026-03-02T00:00:00Z"},
		map[string]any{"match": map[string]any{"phone": "13911112222"}, "kind": "login", "source": "app", "source_id": "10", "occurred_at": "2026-03-02T00:00:00Z"},
		draft("nobody", "login", "11", "2026-03-02T00:00:00Z", ""),
	}
	var got struct{ Items []answer }
	if status, _ := o.call("journeys", "POST", "/v1/timeline/batch", map[string]any{"items": items}, &got); status != 200 {
		t.Fatal(status)
	}
	rules := func(a answer) string {
		var out []string
		for _, e := range a.Errors {
			out = append(out, e.Field+":"+e.Rule)
		}
		return strings.Join(out, " ")
	}
	seen := map[string]int{got.Items[0].Status: 1}
	seen[got.Items[2].Status]++
	if seen["recorded"] != 1 || seen["known"] != 1 {
		t.Errorf("the same twice: %v", seen)
	}
	if got.Items[1].Status != "refused" || rules(got.Items[1]) != "direction:required occurred_at:instant" {
		t.Errorf("without zone: %+v", got.Items[1])
	}
	if want := "customer:required source:reserved source_id:required kind:one_of occurred_at:required amount.currency:currency"; rules(got.Items[3]) != want {
		t.Errorf("all wrong: %s", rules(got.Items[3]))
	}
	if got.Items[4].Status != "recorded" || got.Items[5].Status != "unmatched" || got.Items[6].Status != "unmatched" {
		t.Errorf("by keys: %+v", got.Items[4:])
	}
	if n := len(o.timeline(c, "").Items); n != 2 {
		t.Errorf("%d entries of the customer", n)
	}
}

// the same thing told by two sources under one key is linked, not counted twice.
func TestTwoSourcesTellTheSame(t *testing.T) {
	o := start(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	tell := func(source string) answer {
		d := draft(c, "call", "call-7", "2026-03-01T09:00:00+08:00", "inbound")
		d["source"], d["correlation"] = source, "tel:13812345678@2026-03-01T01:00Z"
		var a answer
		o.call("journeys", "POST", "/v1/timeline", d, &a)
		return a
	}
	first, second, third := tell("pbx"), tell("wecom"), tell("pbx")
	if first.Entry.SameAs != "" || second.Status != "recorded" || second.Entry.SameAs != first.ID || third.Status != "known" {
		t.Errorf("%+v, %+v, %+v", first, second, third)
	}
	if n := len(o.timeline(c, "").Items); n != 2 {
		t.Errorf("%d entries", n)
	}
	if page := o.timeline(c, "?unique=true"); len(page.Items) != 1 || page.Items[0].Source != "pbx" {
		t.Errorf("unique: %+v", page.Items)
	}
}

// who may not read a customer neither reads nor writes its timeline.
func TestTimelinesOfOthers(t *testing.T) {
	o := start(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	for who, want := range map[string]int{"wang": 201, "zhao": 403, "tech": 403, "journeys": 201} {
		if status, _ := o.call(who, "POST", "/v1/timeline", draft(c, "visit", who, "2026-03-01T09:00:00+08:00", "outbound"), nil); status != want {
			t.Errorf("%s tells: %d, want %d", who, status, want)
		}
	}
	for who, want := range map[string]int{"wang": 200, "zhao": 403, "tech": 403} {
		if status, _ := o.call(who, "GET", "/v1/customers/"+c+"/timeline", nil, nil); status != want {
			t.Errorf("%s reads: %d, want %d", who, status, want)
		}
	}
	if status, _ := o.call("director", "GET", "/v1/customers/nobody/timeline", nil, nil); status != 404 {
		t.Errorf("of nobody: %d", status)
	}
	if status, _ := o.call("wang", "GET", "/v1/timeline/unmatched", nil, nil); status != 403 {
		t.Errorf("unmatched: %d", status)
	}
	var a answer // a person's own note needs neither source nor id
	if status, _ := o.call("wang", "POST", "/v1/timeline", map[string]any{"customer": c, "kind": "note", "text": "喜欢喝茶", "occurred_at": "2026-03-01T09:00:00+08:00"}, &a, "Idempotency-Key", "n1"); status != 201 || a.Entry.By != "wang" || a.Entry.Says.En != "喜欢喝茶" {
		t.Errorf("note: %d %+v", status, a)
	}
}

// what belongs to nobody known is shown, finds its place by itself once its
// customer is known, and can be placed by hand.
func TestEntriesOfNobodyKnown(t *testing.T) {
	r := run(t)
	tell := func(id string, match map[string]any) {
		d := map[string]any{"match": match, "kind": "inquiry", "source": "hotline", "source_id": id, "occurred_at": "2026-03-01T09:00:00+08:00", "text": "有货吗"}
		var a answer
		if status, _ := r.call("journeys", "POST", "/v1/timeline", d, &a); status != http.StatusAccepted || a.Status != "unmatched" {
			t.Fatalf("%s: %d %+v", id, status, a)
		}
	}
	kept := func() int {
		var page struct{ Items []json.RawMessage }
		r.call("director", "GET", "/v1/timeline/unmatched", nil, &page)
		return len(page.Items)
	}
	tell("a", map[string]any{"phone": "13812345678"})
	tell("b", map[string]any{"external": "crm:4711"})
	tell("b", map[string]any{"external": "crm:4711"})
	tell("c", map[string]any{"email": "someone@elsewhere.cn"})
	if kept() != 3 {
		t.Fatalf("%d kept", kept())
	}
	first := r.customer("上海华兴贸易有限公司", "13812345678")
	until(t, "the caller's entry on the new customer's timeline", func() bool { return len(r.timeline(first, "").Items) == 1 })
	var m struct{ Customer string }
	r.call("journeys", "PUT", "/v1/customers/matches/crm:4711", map[string]any{"name": "北京长城电子有限公司"}, &m)
	until(t, "the imported customer's entry", func() bool { return len(r.timeline(m.Customer, "").Items) == 1 })
	until(t, "one left", func() bool { return kept() == 1 })
	var done struct{ Placed, Left int }
	r.call("director", "POST", "/v1/timeline/unmatched/retries", map[string]any{}, &done)
	if done.Placed != 0 || done.Left != 1 {
		t.Errorf("nobody knows more: %+v", done)
	}
	r.call("director", "POST", "/v1/timeline/unmatched/retries", map[string]any{"ids": []string{"hotline:c"}, "customer": first}, &done)
	if done.Placed != 1 || kept() != 0 || len(r.timeline(first, "").Items) != 2 {
		t.Errorf("by hand: %+v, %d kept", done, kept())
	}
}

// other departments tell by Kafka, plain or as CloudEvents; what is wrong
// becomes a dead letter that says what, and holds nobody up.
func TestTheInbox(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	plain := fmt.Sprintf(`{"customer":%q,"kind":"login","source":"portal","source_id":"1","occurred_at":"2026-03-01T09:00:00+08:00","unheard_of":1}`, c)
	structured := fmt.Sprintf(`{"specversion":"1.0","id":"77","source":"https://Shop.example/orders","type":"order","time":"2026-03-02T01:00:00Z","data":{"customer":%q,"kind":"order","amount":{"minor":2933,"currency":"USD"}}}`, c)
	binary := fmt.Sprintf(`{"customer":%q,"kind":"wechat","direction":"inbound","text":"在吗"}`, c)
	send := func(value string, headers ...kafka.Header) {
		if err := r.cluster.Produce(t.Context(), []kafka.Message{{Topic: catalogue.TopicTimelineInbox, Key: c, Value: []byte(value), Headers: headers}}); err != nil {
			t.Fatal(err)
		}
	}
	send(`{"customer":`)
	send(fmt.Sprintf(`{"customer":%q,"kind":"call","source":"pbx","source_id":"1","occurred_at":"2126-03-01T09:00:00+08:00"}`, c))
	send(plain)
	send(plain)
	send(structured)
	send(binary, kafka.Header{Key: "ce_specversion", Value: "1.0"}, kafka.Header{Key: "ce_id", Value: "w1"}, kafka.Header{Key: "ce_source", Value: "wecom"},
		kafka.Header{Key: "ce_type", Value: "x"}, kafka.Header{Key: "ce_time", Value: "2026-03-03T01:00:00Z"})
	told := func() []catalogue.TimelineEntry { // without what Liuke says of the customer by itself
		return slices.DeleteFunc(r.timeline(c, "").Items, func(e catalogue.TimelineEntry) bool { return e.Source == "liuke" })
	}
	until(t, "three entries", func() bool { return len(told()) == 3 })
	got := told()
	if got[0].ID != "wecom:w1" || got[1].ID != "shop.example-orders:77" || got[1].Amount.Minor != 2933 || got[2].ID != "portal:1" {
		t.Errorf("%+v", got)
	}
	until(t, "two dead letters", func() bool { return len(r.cluster.Messages(catalogue.TopicDeadLetters)) == 2 })
	for i, want := range []string{"not JSON", "occurred_at"} {
		if said := r.cluster.Messages(catalogue.TopicDeadLetters)[i].Header("liuke-dead-error"); !strings.Contains(said, want) {
			t.Errorf("letter %d says %q, want %q", i, said, want)
		}
	}
}

// what happens with leads and deals is on the timeline by itself, also what
// happened before their customer was known.
func TestFactsOfWinningAreOnTheTimeline(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	at := instant.Of(time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC))
	lead := catalogue.Lead{ID: "l1", Company: "华兴", Contact: "张伟", Source: "website", Need: "螺丝", Status: catalogue.LeadNew, Owner: "wang", ArrivedAt: at, RecordedAt: at, ClocksFrom: at}
	r.happens("lead/l1", "", &catalogue.LeadRecorded{After: lead})
	r.happens("lead/l1", "", &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: "f1", Subject: catalogue.Subject{Kind: "lead", ID: "l1"}, By: "wang", OccurredAt: at.Add(time.Hour), RecordedAt: at.Add(2 * time.Hour),
		Channel: "phone", Direction: "outbound", KeyPoints: "谈了交期", NextAction: "寄样品", NextTouchAt: at.Add(72 * time.Hour), Objections: []string{"price"}, Counts: true}})
	lead.Customer = c
	r.happens("lead/l1", c, &catalogue.LeadLinked{Lead: "l1", After: lead})
	until(t, "inquiry and call", func() bool { return len(r.timeline(c, "").Items) == 2 })
	got := r.timeline(c, "").Items
	if got[0].Kind != "call" || got[0].Direction != "outbound" || got[0].Says.Zh != "谈了交期" || got[0].Data["objections"] != "price" || got[0].OccurredAt != at.Add(time.Hour) || got[0].RecordedAt != at.Add(2*time.Hour) {
		t.Errorf("call: %+v", got[0])
	}
	if got[1].Kind != "inquiry" || got[1].Direction != "inbound" || got[1].Ref.ID != "l1" {
		t.Errorf("inquiry: %+v", got[1])
	}
	won := catalogue.Deal{ID: "d1", Title: "螺丝一批", Customer: c, Pipeline: "p7", Stage: "won", StageType: "won", StageSince: at, Outcome: catalogue.DealWon, OpenedAt: at, ClosedAt: at.Add(100 * time.Hour), ClocksFrom: at}
	r.happens("deal/d1", c, &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealWon, State: won})
	until(t, "the win", func() bool { return len(r.timeline(c, "?kind=deal").Items) == 1 })
	if e := r.timeline(c, "?kind=deal,call").Items; len(e) != 2 || e[0].Data["status"] != "won" {
		t.Errorf("%+v", e)
	}
}
