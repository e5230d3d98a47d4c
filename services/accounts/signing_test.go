package accounts_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/hooks"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/service"
)

const signingSecret = "a secret of both sides"

// signer is a signing service that answers as it is told to.
type signer struct {
	mu   sync.Mutex
	says []int // statuses of the next posts; then 200
	keys []string
}

func (s *signer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
	if len(s.says) > 0 {
		status := s.says[0]
		if s.says = s.says[1:]; status != 200 {
			w.WriteHeader(status)
			return
		}
	}
	_, _ = fmt.Fprintf(w, `{"id":"e%d","address":"https://sign.example.com/%s"}`, len(s.keys), r.Header.Get("Idempotency-Key"))
}

func (s *signer) posts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.keys...)
}

// signed is a trade whose contracts are signed at a service.
func signed(t *testing.T, s *signer) (*trade, *kafkatest.Memory) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	cluster := kafkatest.New()
	return tradersOn(t, cluster, func(d *service.Deps) { d.Config.Signing.URL, d.Config.Signing.Secret = server.URL, signingSecret }), cluster
}

type handedSeen struct {
	contractSeen
	Handover struct {
		Address, Error string
		Tries          int
		Final          bool
	}
}

// sent gives a contract that was sent for signing.
func (o *trade) sent(customer string) contractSeen {
	o.t.Helper()
	c := o.draft(customer, items{{"product": "licence", "quantity": 1}})
	o.do("wang", c.ID, "submission", nil)
	return o.do("wang", c.ID, "sending", nil)
}

func (o *trade) handed(id string) (c handedSeen) {
	o.t.Helper()
	if status, _ := o.call("director", "GET", "/v1/contracts/"+id, nil, &c); status != 200 {
		o.t.Fatalf("contract: %d", status)
	}
	return c
}

// tells sends a callback, signed with a secret.
func (o *trade) tells(secret string, body map[string]any) (int, string) {
	o.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), "POST", o.server.URL+"/v1/signing/callbacks", strings.NewReader(string(raw)))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(hooks.HeaderSignature, hooks.Sign(secret, instant.Now(), raw))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var p httpx.Problem
	_ = json.NewDecoder(resp.Body).Decode(&p)
	return resp.StatusCode, p.Rule
}

// a contract is signed at another company's service: the service fails twice
// and is posted the same under the same key until it takes it; the customer gets its
// address; its callback, and nobody else's, signs the contract, once.
func TestAContractIsSignedOutside(t *testing.T) {
	s := &signer{says: []int{503, 500}}
	o, _ := signed(t, s)
	customer := o.customer("上海华兴贸易有限公司")
	c := o.sent(customer)
	o.soon("it is handed over", func() bool { return o.handed(c.ID).Handover.Address != "" })
	h := o.handed(c.ID)
	key := "contract:" + c.ID + ".1"
	if keys := s.posts(); len(keys) != 3 || keys[0] != key || keys[1] != key || keys[2] != key || h.Handover.Tries != 3 || h.SigningLink != "https://sign.example.com/"+key {
		t.Errorf("posted %v, %+v, link %s", keys, h.Handover, h.SigningLink)
	}
	o.soon("the customer hears of it", func() bool {
		var page struct{ Items []catalogue.Outreach }
		o.call("director", "GET", "/v1/outreach?customer="+customer, nil, &page)
		return len(page.Items) > 0 && strings.Contains(page.Items[0].Text.Zh, h.SigningLink)
	})
	good := map[string]any{"event": "v1", "contract": c.ID, "round": 1, "status": "signed", "hash": c.Hash, "name": "李总"}
	but := func(change ...any) map[string]any {
		out := map[string]any{}
		for k, v := range good {
			out[k] = v
		}
		for i := 0; i+1 < len(change); i += 2 {
			out[change[i].(string)] = change[i+1]
		}
		return out
	}
	for _, x := range []struct {
		name, secret string
		body         map[string]any
		status       int
		rule         string
	}{
		{"somebody else's", "another secret of theirs", good, 403, "signing.signature"},
		{"another document", signingSecret, but("hash", strings.Repeat("0", 64)), 409, "contract.changed"},
		{"another sending", signingSecret, but("round", 2), 409, "contract.changed"},
		{"nobody signed", signingSecret, but("name", " "), 422, ""},
		{"of no contract", signingSecret, but("contract", "none"), 404, ""},
		{"neither", signingSecret, but("status", "perhaps"), 422, ""},
		{"signed", signingSecret, good, 200, ""},
		{"told again", signingSecret, good, 200, ""},
		{"told again under another id", signingSecret, but("event", "v2"), 200, ""},
		{"declined afterwards", signingSecret, but("event", "v3", "status", "declined", "reason", "不要了"), 409, ""},
	} {
		if status, rule := o.tells(x.secret, x.body); status != x.status || x.rule != "" && rule != x.rule {
			t.Errorf("%s: %d %s, want %d %s", x.name, status, rule, x.status, x.rule)
		}
	}
	got := o.handed(c.ID)
	if sig := got.Signature; sig == nil || sig.Provider != "webhook" || sig.Name != "李总" || sig.Hash != c.Hash || got.Status != catalogue.ContractActive {
		t.Errorf("%+v %s", got.Signature, got.Status)
	}
	if n := strings.Count(strings.Join(o.history("contract/"+c.ID), " "), "contract_signed"); n != 1 {
		t.Errorf("signed %d times", n)
	}
	second := o.sent(customer)
	if status, _ := o.tells(signingSecret, map[string]any{"event": "w1", "contract": second.ID, "round": 1, "status": "declined", "reason": "价格不合适"}); status != 200 || o.handed(second.ID).Status != catalogue.ContractDraft {
		t.Errorf("declined: %d, %s", status, o.handed(second.ID).Status)
	}
}

// what the service refuses for good is a dead letter at once, and the contract
// says why; sent again, it is another sending.
func TestADocumentThatTheServiceRefuses(t *testing.T) {
	s := &signer{says: []int{400}}
	o, cluster := signed(t, s)
	c := o.sent(o.customer("上海华兴贸易有限公司"))
	letters := func() int {
		page, err := facts.DeadLetters(cluster).List(t.Context(), facts.LetterQuery{})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Letters)
	}
	o.soon("it is a dead letter", func() bool { return letters() == 1 })
	if h := o.handed(c.ID); !h.Handover.Final || !strings.Contains(h.Handover.Error, "400") || h.SigningLink != "" || len(s.posts()) != 1 {
		t.Errorf("%+v, link %q, %d posts", h.Handover, h.SigningLink, len(s.posts()))
	}
	o.do("wang", c.ID, "sending", nil)
	o.soon("the second sending is handed over", func() bool { return o.handed(c.ID).SigningLink == "https://sign.example.com/contract:"+c.ID+".2" })
}

// a service that stays down is tried a few times; then the sending is a dead
// letter, which an operator sends again when the service is back.
func TestAServiceThatStaysDown(t *testing.T) {
	s := &signer{says: []int{503, 503, 503, 503, 503}}
	o, cluster := signed(t, s)
	c := o.sent(o.customer("上海华兴贸易有限公司"))
	desk := facts.DeadLetters(cluster)
	var page facts.LetterPage
	o.soon("it is a dead letter", func() bool {
		var err error
		if page, err = desk.List(t.Context(), facts.LetterQuery{}); err != nil {
			t.Fatal(err)
		}
		return len(page.Letters) == 1
	})
	if h := o.handed(c.ID); h.Handover.Final || h.Handover.Tries != 5 || !strings.Contains(h.Handover.Error, "503") {
		t.Errorf("%+v", h.Handover)
	}
	if _, err := desk.Replay(t.Context(), page.Letters[0].ID); err != nil {
		t.Fatal(err)
	}
	o.soon("it is handed over", func() bool { return o.handed(c.ID).Handover.Address != "" })
}
