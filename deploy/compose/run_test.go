//go:build engines && linux

package compose

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/programtest"
	"liuke.dev/shared/service"
)

const password = "correct-horse-battery-7"

// The file's commands, variables, ports, paths, secrets and routes are those that
// work: a newcomer starts it, makes the first administrator, signs in, records a
// lead through the proxy and sees its task and its journey, the journey in
// Temporal's UI too, and somebody on the host reads the fact from Kafka.
func TestWhatTheFileSaysRuns(t *testing.T) {
	s := newStand(t)
	s.kafka()
	s.mongo()
	s.postgres()
	s.temporal()
	s.ui()
	binaries := s.build()
	for _, name := range service.Services {
		s.program(Container(name), binaries)
	}
	s.proxy()

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	origin := *s.project.Services["leads"].Environment["LIUKE_ORIGIN"]
	stranger := programtest.NewClient(origin, "", 30*time.Second)
	setUp(ctx, t, stranger, s.printed("organization"))
	token := signIn(ctx, t, origin)
	administrator := programtest.NewClient(origin, token, 30*time.Second)
	eventually(ctx, t, "leads knows who signed in", func() error { return known(administrator.Get(ctx, "/v1/leads", nil)) })
	seller := programtest.NewClient(origin, s.token(hire(ctx, t, administrator)), 30*time.Second)
	lead := record(ctx, t, seller)
	eventually(ctx, t, "its journey", func() error { return seller.Get(ctx, "/v1/journeys/lead/"+lead, nil) })
	eventually(ctx, t, "its journey in Temporal's UI", func() error { return s.shown(ctx, "lead", lead) })
	eventually(ctx, t, "its task", func() error { return task(ctx, seller, lead) })
	s.factIsRead(ctx, lead)
	s.doctor(ctx, binaries)

	for path, want := range map[string]int{"/readyz": 404, "/metrics": 404, "/v1/nothing": 404, "/healthz": 200, "/openapi.json": 200} {
		answer, err := http.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// doctor runs the command line's container as `docker compose run --rm liuke` does.
func (s *stand) doctor(ctx context.Context, binaries string) {
	s.t.Helper()
	command := exec.CommandContext(ctx, filepath.Join(binaries, "local"))
	for _, word := range s.project.Services["liuke"].Command {
		command.Args = append(command.Args, s.within("liuke", word))
	}
	command.Env = append(s.env("liuke"), "HOME="+s.dir, "LANG=en_US.UTF-8")
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "✗") {
			s.t.Errorf("the doctor finds: %s", line)
		}
	}
	if all := "6 processes are ready"; !strings.Contains(string(said), all) {
		s.t.Errorf("the doctor does not say that %s: %s", all, said)
	}
}

var link = regexp.MustCompile(`(\S+)/setup\?token=(\S+)`)

// setUp makes the first administrator by the link that organization prints.
func setUp(ctx context.Context, t *testing.T, c *programtest.Client, log string) {
	t.Helper()
	printed := link.FindStringSubmatch(log)
	if printed == nil || printed[1] != c.URL {
		t.Fatalf("no link to %s is printed: %s", c.URL, log)
	}
	token, err := url.QueryUnescape(printed[2])
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Call(ctx, http.MethodPost, "/setup/administrator", "", map[string]any{"token": token, "name": "管理员", "email": "admin@firm.example", "password": password, "language": "zh-CN"}, nil); err != nil {
		t.Fatal(err)
	}
}

// signIn goes the way of a person with a browser, by the issuer at the origin.
func signIn(ctx context.Context, t *testing.T, origin string) string {
	t.Helper()
	const back, verifier = "http://127.0.0.1:5173/callback", "a-code-verifier-that-is-long-enough-for-the-standard-43"
	sum := sha256.Sum256([]byte(verifier))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(origin + "/oidc/authorize?" + url.Values{"client_id": {"liuke-console"}, "redirect_uri": {back}, "response_type": {"code"}, "state": {"s"}, "nonce": {"n"},
		"scope": {"openid profile email"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_ = page.Body.Close()
	answer, err := browser.PostForm(origin+"/oidc/login", url.Values{"id": {page.Request.URL.Query().Get("id")}, "email": {"admin@firm.example"}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	at, err := answer.Location()
	if err != nil {
		t.Fatalf("no way back after the login: %s %v", answer.Status, err)
	}
	redeemed, err := browser.PostForm(origin+"/oidc/oauth/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {"liuke-console"}, "code": {at.Query().Get("code")}, "redirect_uri": {back}, "code_verifier": {verifier}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = redeemed.Body.Close() }()
	var tokens struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(redeemed.Body).Decode(&tokens); err != nil || tokens.Access == "" {
		t.Fatalf("no token: %s %v", redeemed.Status, err)
	}
	return tokens.Access
}

// known tells whether somebody was recognised, if not let in: who administers does not sell.
func known(err error) error {
	var r *programtest.Refusal
	if errors.As(err, &r) && r.Status == http.StatusForbidden {
		return nil
	}
	return err
}

// token signs a person's token with the services' key, as `liuke token` does.
func (s *stand) token(person string) string {
	s.t.Helper()
	key, err := auth.LoadKey(s.project.Secrets["service_key"].File)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := key.Issue(auth.Principal{ID: person}, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func hire(ctx context.Context, t *testing.T, c *programtest.Client) string {
	t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	if err := c.Post(ctx, "/v1/people", map[string]any{"name": "销售", "roles": []string{"salesperson"}}, &made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func record(ctx context.Context, t *testing.T, c *programtest.Client) (id string) {
	t.Helper()
	eventually(ctx, t, "a lead of the new seller", func() error {
		var made struct {
			ID string `json:"id"`
		}
		err := c.Post(ctx, "/v1/leads", map[string]any{"company": "试试公司", "contact": "王", "phone": "13800138000", "need": "询价", "source": "website"}, &made)
		id = made.ID
		return err
	})
	return id
}

func task(ctx context.Context, c *programtest.Client, lead string) error {
	var page struct {
		Items []struct {
			Subject catalogue.Subject `json:"subject"`
		} `json:"items"`
	}
	if err := c.Get(ctx, "/v1/tasks?scope=mine", &page); err != nil {
		return err
	}
	for _, one := range page.Items {
		if one.Subject.ID == lead {
			return nil
		}
	}
	return fmt.Errorf("none of %d tasks is the lead's", len(page.Items))
}

// factIsRead reads the lead's fact as a consumer on the host would.
func (s *stand) factIsRead(ctx context.Context, lead string) {
	s.t.Helper()
	port := s.project.Services["kafka"].Ports[0]
	client := s.client(port.HostIP + ":" + port.Published)
	defer client.Close() //nolint:errcheck // only read
	ctx, found := context.WithTimeout(ctx, 30*time.Second)
	seen := false
	err := client.Follow(ctx, catalogue.TopicLeads, func(m kafka.Message) {
		if strings.Contains(m.Key, lead) {
			seen = true
			found()
		}
	}, func() {})
	if found(); !seen {
		s.t.Errorf("nobody on the host reads the lead's fact: %v", err)
	}
	stranger := kafka.New(kafka.Config{Brokers: []string{port.HostIP + ":" + port.Published}})
	defer stranger.Close() //nolint:errcheck // was refused
	if _, err := stranger.Lag(s.t.Context(), "strangers", []string{catalogue.TopicLeads}); err == nil {
		s.t.Error("Kafka asks nobody for a password")
	}
}

func eventually(ctx context.Context, t *testing.T, what string, try func() error) {
	t.Helper()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
