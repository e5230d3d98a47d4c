package accounts_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
)

// waking is a company whose clock can be put forward, with a customer who ordered once.
type waking struct {
	*running
	ahead    *atomic.Int64
	customer string
	uses     []string
}

func wakes(t *testing.T) waking {
	t.Helper()
	w := waking{ahead: &atomic.Int64{}}
	w.running = run(t, rescuers, func(d *service.Deps) {
		d.Policy = policytest.Holder(t, func(s *policy.Sections) {
			s.Outreach.QuietFrom, s.Outreach.QuietTo, s.Outreach.OptIn = "", "", []string{"sms"}
		})
		d.Clock = w.now
	})
	w.customer = w.wangs("上海华兴贸易有限公司", "13610000001")
	w.ordered(w.customer, "o1", instant.Now().Add(-90*24*time.Hour), 500, "beans")
	w.uses = []string{w.timeline(w.customer, "?kind=order").Items[0].ID}
	return w
}

func (w waking) now() instant.Time { return instant.Now() + instant.Time(w.ahead.Load()) }

// coupon is a step that gives one, at once.
func (w waking) coupon() catalogue.WakeUpStep {
	from := money.Of(20_000, "CNY")
	return catalogue.WakeUpStep{Kind: catalogue.WakeUpCoupon, Channel: "mail", At: w.now(), Subject: lang.T("优惠券", "A coupon"), Text: lang.T("老客户专享", "For you"), Uses: w.uses,
		Coupon: &catalogue.CouponTerms{Value: money.Of(3_000, "CNY"), From: &from, ValidUntil: w.now().Add(10 * 24 * time.Hour)}}
}

func (w waking) live() catalogue.WakeUpStep {
	return catalogue.WakeUpStep{Kind: catalogue.WakeUpLivestream, Channel: "mail", At: w.now(), Subject: lang.T("直播", "A livestream"), Text: lang.T("诚邀", "Come"), Uses: w.uses,
		Event: &catalogue.EventTerms{StartsAt: w.now().Add(48 * time.Hour), Link: "https://live.example.com/room?id=7"}}
}

// approved drafts and approves a plan, and gives its offers once they are issued.
func (w waking) approved(steps ...catalogue.WakeUpStep) (plan string, offers []catalogue.WakeUpOffer) {
	w.t.Helper()
	path := "/v1/customers/" + w.customer + "/wake-up-plans"
	var made catalogue.WakeUpPlan
	if status, _ := w.call("r-op", "POST", path, map[string]any{"steps": steps}, &made); status != 201 {
		w.t.Fatalf("draft: %d", status)
	}
	if status, _ := w.call("r-op", "POST", path+"/"+made.ID+"/decision", map[string]string{"decision": "approved"}, nil); status != 200 {
		w.t.Fatalf("approve: %d", status)
	}
	until(w.t, "everything is offered", func() bool {
		offers = w.offers(made.ID)
		return len(offers) == len(steps) && w.said(offers[0]).ID != ""
	})
	return made.ID, offers
}

func (w waking) offers(plan string) []catalogue.WakeUpOffer {
	var page struct{ Items []catalogue.WakeUpOffer }
	w.call("r-op", "GET", "/v1/customers/"+w.customer+"/wake-up-offers", nil, &page)
	return slices.DeleteFunc(page.Items, func(o catalogue.WakeUpOffer) bool { return o.Plan != plan })
}

// said gives the contact by which the customer hears of an offer.
func (w waking) said(o catalogue.WakeUpOffer) (c catalogue.Outreach) {
	w.call("r-op", "GET", "/v1/outreach/"+o.Outreach, nil, &c)
	return c
}

func (w waking) redeem(who, code string, body map[string]any) (int, httpx.Problem) {
	w.t.Helper()
	return w.tried(who, "/v1/coupons/"+code+"/redemption", body)
}

// tried posts something, and tells what was said against it.
func (w waking) tried(who, path string, body any) (int, httpx.Problem) {
	resp := httpxtest.Send(w.t, who, "POST", w.server.URL+path, body)
	defer func() { _ = resp.Body.Close() }()
	var p httpx.Problem
	if resp.StatusCode >= 300 {
		_ = json.NewDecoder(resp.Body).Decode(&p)
	}
	return resp.StatusCode, p
}

func paid(customer, order string, minor int64) map[string]any {
	return map[string]any{"customer": customer, "order": order, "amount": money.Of(minor, "CNY")}
}

// a coupon has a code, a value and an end, goes out within the contact
// budget, and is good once: of many who hold it out at once one is right. That it was
// used is on the timeline and brings the customer back: what else was planned is taken back.
func TestACouponIsGoodOnce(t *testing.T) {
	w := wakes(t)
	team := w.ask("maintenance:c:red:5:0", w.customer, "red")
	later := w.live()
	later.At = w.now().Add(24 * time.Hour)
	_, offers := w.approved(w.coupon(), later)
	i := slices.IndexFunc(offers, func(o catalogue.WakeUpOffer) bool { return o.Kind == catalogue.WakeUpCoupon })
	coupon, invitation := offers[i], offers[1-i]
	var b struct{ Today int }
	if w.call("r-op", "GET", "/v1/customers/"+w.customer+"/contact-budget", nil, &b); b.Today != 1 {
		t.Errorf("the coupon takes %d of the budget", b.Today)
	}
	if text := w.said(coupon).Text; !strings.Contains(text.Zh, coupon.Code) || !strings.Contains(text.En, "30.00 CNY") || len(coupon.Code) != 10 {
		t.Errorf("%q, code %s", text, coupon.Code)
	}
	var wg sync.WaitGroup
	var good, used atomic.Int64
	for n := range 8 {
		wg.Go(func() {
			status, p := w.redeem("r-op", coupon.Code, paid(w.customer, fmt.Sprint("n", n), 20_000))
			switch {
			case status == 200:
				good.Add(1)
			case status == 409 && p.Rule == "coupon.redeemed" && p.Text.Zh != "" && p.Text.En != "":
				used.Add(1)
			}
		})
	}
	wg.Wait()
	if good.Load() != 1 || used.Load() != 7 {
		t.Errorf("good %d times, used %d", good.Load(), used.Load())
	}
	var now catalogue.WakeUpOffer
	w.call("r-op", "GET", "/v1/coupons/"+strings.ToLower(coupon.Code[:5])+"-"+coupon.Code[5:], nil, &now)
	if status, _ := w.redeem("r-op", coupon.Code, paid(w.customer, now.Order, 20_000)); status != 200 || now.Status != catalogue.OfferRedeemed {
		t.Errorf("told again of the same order: %d, %+v", status, now)
	}
	until(t, "it is on the timeline", func() bool { return len(w.timeline(w.customer, "?kind=coupon").Items) == 1 })
	if e := w.timeline(w.customer, "?kind=coupon").Items[0]; e.Direction != catalogue.Inbound || e.Amount == nil || e.Amount.Minor != 3_000 || e.Data["order"] != now.Order {
		t.Errorf("%+v", e)
	}
	until(t, "the customer is back", func() bool { return w.case1(team.ID).Status == catalogue.TeamRecovered })
	until(t, "the invitation is taken back", func() bool { return w.said(invitation).Status == catalogue.OutreachWithdrawn })
	until(t, "and void", func() bool {
		return slices.ContainsFunc(w.offers(coupon.Plan), func(o catalogue.WakeUpOffer) bool { return o.ID == invitation.ID && o.Status == catalogue.OfferVoid })
	})
}

// a coupon of somebody else's, for too little, expired, never sent or unknown is refused, with everything that is wrong.
func TestCouponsThatAreNotGood(t *testing.T) {
	w := wakes(t)
	other := w.wangs("北京远航科技有限公司", "13610000002")
	_, offers := w.approved(w.coupon())
	code := offers[0].Code
	named := func(p httpx.Problem) (out []string) {
		for _, f := range p.Errors {
			out = append(out, f.Field+" "+f.Rule)
		}
		return out
	}
	body := paid(other, "n1", 19_999)
	body["at"] = instant.Now().Add(-time.Hour).String()
	if status, p := w.redeem("r-op", code, body); status != 422 || !slices.Equal(named(p), []string{"customer coupon.customer", "at after", "amount.minor coupon.from"}) {
		t.Errorf("%d %v", status, named(p))
	}
	for name, c := range map[string]struct {
		who, code string
		body      map[string]any
		status    int
		rule      string
	}{
		"in another currency": {"r-op", code, map[string]any{"amount": money.Of(30_000, "USD")}, 422, ""},
		"without the amount":  {"r-op", code, map[string]any{}, 422, ""},
		"in the future":       {"r-op", code, map[string]any{"amount": money.Of(30_000, "CNY"), "at": instant.Now().Add(3 * time.Hour).String()}, 422, ""},
		"unknown":             {"r-op", "ABCDEFGHJK", paid(w.customer, "n1", 20_000), 404, ""},
		"by who may not":      {"r-pm", code, paid(w.customer, "n1", 20_000), 403, ""},
		"of another's owner":  {"zhao", code, paid(w.customer, "n1", 20_000), 403, ""},
	} {
		if status, p := w.redeem(c.who, c.code, c.body); status != c.status || p.Rule != c.rule && c.rule != "" {
			t.Errorf("%s: %d %s", name, status, p.Rule)
		}
	}
	left := offers[0].Coupon.ValidUntil.Sub(w.now())
	w.ahead.Store((left + time.Minute).Milliseconds())
	if status, p := w.redeem("r-op", code, paid(w.customer, "n1", 20_000)); status != 409 || p.Rule != "coupon.expired" {
		t.Errorf("expired: %d %s", status, p.Rule)
	}
	late := w.coupon()
	late.At = w.now().Add(30 * 24 * time.Hour)
	late.Coupon.ValidUntil = late.At + 1
	plan, offers := w.approved(late)
	if status, _ := w.call("r-op", "POST", "/v1/customers/"+w.customer+"/wake-up-plans/"+plan+"/decision", map[string]string{"decision": "stopped"}, nil); status != 200 {
		t.Fatalf("stop: %d", status)
	}
	until(t, "it is void", func() bool { return w.offers(plan)[0].Status == catalogue.OfferVoid })
	if status, p := w.redeem("r-op", offers[0].Code, paid(w.customer, "n1", 20_000)); status != 409 || p.Rule != "coupon.void" {
		t.Errorf("never sent: %d %s", status, p.Rule)
	}
	refused := w.coupon()
	refused.Channel = "sms" // which takes a consent that nobody gave
	_, offers = w.approved(refused)
	until(t, "what may not be sent is void", func() bool {
		o := w.offers(offers[0].Plan)[0]
		return o.Status == catalogue.OfferVoid && o.Why.Zh != "" && o.Why.En != ""
	})
}

// an invitation names time and address and is answered by its link, until it begins.
func TestInvitationsAreAnswered(t *testing.T) {
	w := wakes(t)
	_, offers := w.approved(w.live())
	text := w.said(offers[0]).Text.Zh
	if !strings.Contains(text, "https://live.example.com/room?id=7") {
		t.Fatalf("%q", text)
	}
	link := text[strings.Index(text, "/v1/links/livestream/"):]
	page := strings.TrimSpace(link)
	link = strings.TrimSuffix(page, "/page")
	answer := func(path, response string) (int, string) {
		status, p := w.tried("", path, map[string]string{"response": response})
		return status, p.Rule
	}
	if status, shown := w.page("GET", page, nil); status != 200 || !strings.Contains(shown, "https://live.example.com") {
		t.Errorf("page: %d", status)
	}
	if status, _ := w.page("POST", page, url.Values{"response": {"accepted"}}); status != 200 {
		t.Errorf("accept: %d", status)
	}
	until(t, "it is on the timeline", func() bool { return len(w.timeline(w.customer, "?kind=event").Items) == 1 })
	for _, c := range []struct {
		name, path, response string
		status               int
		rule                 string
	}{{"perhaps", link, "perhaps", 422, ""}, {"tampered", link + "x", "declined", 403, "link.tampered"}, {"for something else", strings.Replace(link, "livestream", "survey", 1), "declined", 403, "link.purpose"},
		{"declined", link, "declined", 200, ""}, {"declined again", link, "declined", 200, ""}} {
		if status, rule := answer(c.path, c.response); status != c.status || rule != c.rule && c.rule != "" {
			if c.name != "for something else" || status != 422 { // a survey's answers have another shape
				t.Errorf("%s: %d %s", c.name, status, rule)
			}
		}
	}
	if o := w.offers(offers[0].Plan)[0]; o.Status != catalogue.OfferDeclined {
		t.Errorf("%+v", o)
	}
	w.ahead.Store((48*time.Hour + time.Second).Milliseconds())
	if status, rule := answer(link, "accepted"); status != 409 || rule != "livestream.begun" {
		t.Errorf("begun: %d %s", status, rule)
	}
}

// what a step offers is checked whole: nothing is drafted of terms that make no sense.
func TestOffersAreChecked(t *testing.T) {
	w := wakes(t)
	coupon := func(change func(*catalogue.WakeUpStep)) catalogue.WakeUpStep {
		s := w.coupon()
		change(&s)
		return s
	}
	live := func(change func(*catalogue.WakeUpStep)) catalogue.WakeUpStep {
		s := w.live()
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		steps []catalogue.WakeUpStep
		want  []string
	}{
		"no coupon":             {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon = nil })}, []string{"steps[0].coupon required"}},
		"worth nothing":         {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.Value.Minor = 0 })}, []string{"steps[0].coupon.value.minor positive"}},
		"two currencies":        {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.Value.Currency = "USD" })}, []string{"steps[0].coupon.from.currency currency"}},
		"worth more than asked": {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.Value.Minor = 20_001 })}, []string{"steps[0].coupon.from.minor minimum"}},
		"worth all of it":       {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.Value.Minor = 20_000 })}, nil},
		"over when it is sent":  {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.ValidUntil = s.At })}, []string{"steps[0].coupon.valid_until after"}},
		"good for a moment":     {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Coupon.ValidUntil = s.At + 1 })}, nil},
		"two coupons":           {[]catalogue.WakeUpStep{w.coupon(), w.coupon()}, []string{"steps[1].kind one_per_plan"}},
		"of a push":             {[]catalogue.WakeUpStep{coupon(func(s *catalogue.WakeUpStep) { s.Kind = catalogue.WakeUpProduct })}, []string{"steps[0].coupon pointless"}},
		"begun before":          {[]catalogue.WakeUpStep{live(func(s *catalogue.WakeUpStep) { s.Event.StartsAt = s.At })}, []string{"steps[0].event.starts_at after"}},
		"a script":              {[]catalogue.WakeUpStep{live(func(s *catalogue.WakeUpStep) { s.Event.Link = "javascript:alert(1)" })}, []string{"steps[0].event.link url"}},
		"not encrypted":         {[]catalogue.WakeUpStep{live(func(s *catalogue.WakeUpStep) { s.Event.Link = "http://live.example.com" })}, []string{"steps[0].event.link url"}},
		"a password in it":      {[]catalogue.WakeUpStep{live(func(s *catalogue.WakeUpStep) { s.Event.Link = "https://a:b@live.example.com" })}, []string{"steps[0].event.link url"}},
	} {
		status, p := w.tried("r-op", "/v1/customers/"+w.customer+"/wake-up-plans", map[string]any{"steps": c.steps})
		var got []string
		for _, f := range p.Errors {
			got = append(got, f.Field+" "+f.Rule)
		}
		if len(c.want) == 0 && status != 201 || len(c.want) > 0 && (status != 422 || !slices.Equal(got, c.want)) {
			t.Errorf("%s: %d %v, want %v", name, status, got, c.want)
		}
	}
}
