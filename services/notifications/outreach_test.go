package notifications_test

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/lang"
)

func outreach(id, channel, address, language string) *catalogue.OutreachStepped {
	return &catalogue.OutreachStepped{Change: catalogue.OutreachSent, After: catalogue.Outreach{ID: id, Customer: "c1", Channel: channel, Address: address, Language: language,
		Purpose: "wake_up", Department: "operations", Subject: lang.T("好久不见", "Long time no see"), Text: lang.T("您常买的咖啡豆到货了。", "The beans you like are in."),
		Status: catalogue.OutreachSent, PlannedAt: noon, SentAt: noon, SendAt: noon}}
}

// ended gives how deliveries of an outreach ended, as facts told.
func (o *office) ended(delivery string) (out []string) {
	o.t.Helper()
	history, err := o.store.History(o.t.Context(), "delivery/"+delivery, 0, 10)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range history {
		var d struct {
			Data catalogue.DeliveryEnded `json:"data"`
		}
		if err := json.Unmarshal(f.Body, &d); err != nil {
			o.t.Fatal(err)
		}
		out = append(out, d.Data.Outreach+" "+d.Data.Status)
	}
	return out
}

// D-9: what is sent to a customer by mail reaches the customer's address once,
// however often it is told, in the customer's language; what fails is seen and can
// be tried again.
func TestCustomersAreReachedByMail(t *testing.T) {
	p := openPostOffice(t)
	o := start(t, mailConfig(p))
	o.now.Store(int64(noon))
	for range 3 {
		o.tell("outreach/a", 2, outreach("a", "mail", "buyer@customer.test", "zh"))
	}
	o.tell("outreach/b", 2, outreach("b", "mail", "kate@customer.test", "en"))
	o.eventually("two letters", func() bool { return len(p.letters()) == 2 && len(o.deliveries("delivered", "email")) == 2 })
	for _, l := range p.letters() {
		want := map[string]string{"buyer@customer.test": "好久不见", "kate@customer.test": "Long time no see"}[l.To]
		if l.Subject != want {
			t.Errorf("letter %+v", l)
		}
	}
	p.mu.Lock()
	p.deny = []string{"550 no such mailbox"}
	p.mu.Unlock()
	o.tell("outreach/bad", 2, outreach("bad", "mail", "nobody@customer.test", "zh"))
	o.eventually("failed", func() bool { return len(o.deliveries("failed", "email")) == 1 })
	failed := o.deliveries("failed", "email")[0]
	if status, _ := o.call("admin", "POST", "/v1/deliveries/"+failed.ID+"/retry", nil, nil); status != 200 {
		t.Errorf("retry: %d", status)
	}
	o.eventually("after all", func() bool { return len(p.letters()) == 3 && len(o.deliveries("delivered", "email")) == 3 })
	if got := o.ended(failed.ID); len(got) != 2 || got[0] != "bad failed" || got[1] != "bad delivered" {
		t.Errorf("facts %v", got)
	}
}

// D-9: what was held up on its way until the customer's quiet hours began arrives
// when they end, exactly; what may come at any hour arrives at once.
func TestNothingArrivesAtNight(t *testing.T) {
	p := openPostOffice(t)
	o := start(t, mailConfig(p))
	night := noon.Add(9 * time.Hour) // 21:00 in Shanghai
	o.now.Store(int64(night))
	held, urgent := outreach("held", "mail", "buyer@customer.test", "zh"), outreach("urgent", "mail", "kate@customer.test", "zh")
	held.After.Zone, urgent.After.Zone, urgent.After.AnyHour = "Asia/Shanghai", "Asia/Shanghai", true
	o.tell("outreach/held", 2, held)
	o.tell("outreach/urgent", 2, urgent)
	morning := night.Add(12 * time.Hour)
	o.eventually("one waits, one arrived", func() bool {
		d := o.deliveries("pending", "email")
		return len(d) == 1 && d[0].Next == morning && len(p.letters()) == 1
	})
	o.now.Store(int64(morning - 1))
	time.Sleep(50 * time.Millisecond)
	if len(p.letters()) != 1 {
		t.Error("it arrived at night")
	}
	o.now.Store(int64(morning))
	o.eventually("it arrived", func() bool { return len(p.letters()) == 2 })
}

// D-9: other channels go to the gateway that carries them, once and signed; while
// there is none, it is seen and can be tried again.
func TestCustomersAreReachedThroughGateways(t *testing.T) {
	const secret = "a secret of some length"
	o := start(t, config.Config{})
	o.now.Store(int64(noon))
	o.tell("outreach/a", 2, outreach("a", "wecom", "+8613610000001", "zh"))
	o.eventually("no gateway", func() bool { return len(o.deliveries("failed", "webhook")) == 1 })
	var reminders atomic.Int64
	gateway := receive(t, secret, func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Idempotency-Key") != "a:customer:wecom" {
			reminders.Add(1)
		}
	})
	if status, _ := o.call("admin", "POST", "/v1/webhooks", map[string]any{"url": gateway.URL, "secret": secret, "channels": []string{"wecom"}}, nil); status != 201 {
		t.Fatal(status)
	}
	o.remind("r1", "warn", "wang")
	o.call("admin", "POST", "/v1/deliveries/"+o.deliveries("failed", "webhook")[0].ID+"/retry", nil, nil)
	o.eventually("carried", func() bool { return len(o.deliveries("delivered", "webhook")) == 1 })
	if got := gateway.posts(); len(got) != 1 || got[0] != "a:customer:wecom" || gateway.bad.Load() != 0 || reminders.Load() != 0 {
		t.Errorf("posts %v, badly signed %d: a gateway takes no reminders", got, gateway.bad.Load())
	}
}
