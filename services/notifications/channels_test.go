package notifications_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// robot is what a chat group answers for.
type robot struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	signed []string
	answer string
	status int
}

func listen(t *testing.T) *robot {
	t.Helper()
	r := &robot{answer: `{"errcode":0}`, status: 200}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies, r.signed = append(r.bodies, string(body)), append(r.signed, q.Header.Get("Liuke-Signature"))
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *robot) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.bodies...)
}

func (r *robot) say(status int, answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.answer = status, answer
}

// here lets robots be on this machine.
func here(s *policy.Sections) { s.Notifications.RobotHosts = []string{"127.0.0.1"} }

type channelsSeen struct {
	InApp bool `json:"in_app"`
	Email bool `json:"email"`
	Robot *struct{ URL, Format, Secret, Gone string }
}

func (o *office) choose(who string, body map[string]any, want int) (seen channelsSeen) {
	o.t.Helper()
	if status, _ := o.call(who, "PUT", "/v1/reminders/channels", body, &seen); status != want {
		o.t.Fatalf("%s chooses %v: %d, want %d", who, body, status, want)
	}
	return seen
}

// a person chooses whether reminders come by mail and to which robot
// of their own; the app's list stays, and who chose nothing is reached as before.
func TestPersonalChannels(t *testing.T) {
	p, r := openPostOffice(t), listen(t)
	o := start(t, mailConfig(p), here)
	o.now.Store(int64(noon))
	var before channelsSeen
	if status, _ := o.call("wang", "GET", "/v1/reminders/channels", nil, &before); status != 200 || !before.InApp || !before.Email || before.Robot != nil {
		t.Errorf("before: %d %+v", status, before)
	}
	o.choose("wang", map[string]any{"email": false, "robot": map[string]any{"url": r.URL, "format": "wecom"}}, 200)
	o.choose("zhao", map[string]any{"email": true, "robot": map[string]any{"url": r.URL, "format": "feishu"}}, 200)
	o.remind("w", "remind", "wang")
	o.remind("l", "remind", "li") // chose nothing
	o.eventually("wang's robot and li's mail", func() bool { return len(r.told()) == 1 && len(p.letters()) == 1 })
	if got, want := r.told()[0], `{"msgtype":"text","text":{"content":"[提醒] 线索三天没有跟进"}}`; got != want {
		t.Errorf("the robot was told %s, want %s", got, want)
	}
	if l := p.letters()[0]; l.To != "li@firm.test" {
		t.Errorf("letter to %s", l.To)
	}
	if len(o.inbox("wang", "")) != 1 || len(o.inbox("li", "")) != 1 {
		t.Error("the app's list lacks a reminder")
	}
	o.remind("z", "remind", "zhao")
	o.eventually("zhao's robot and mail", func() bool { return len(r.told()) == 2 && len(p.letters()) == 2 })
	if got, want := r.told()[1], `{"msg_type":"text","content":{"text":"[Reminder] No follow-up for three days"}}`; got != want {
		t.Errorf("the robot was told %s, want %s", got, want)
	}
	o.eventually("both noted", func() bool { return len(o.deliveries("delivered", "robot")) == 2 })
	o.choose("wang", map[string]any{"email": true}, 200)
	o.remind("w2", "remind", "wang")
	o.eventually("by mail again", func() bool { return len(p.letters()) == 3 })
	if n := len(r.told()); n != 2 {
		t.Errorf("a robot that was taken away was told: %d", n)
	}
}

// the policy bounds what people choose: its channels, its quiet hours, and
// the hosts that robots may be at.
func TestThePolicyBoundsPersonalChannels(t *testing.T) {
	r := listen(t)
	o := start(t, config.Config{}, here)
	o.now.Store(int64(noon.Add(10 * time.Hour))) // 22:00 in Shanghai
	o.choose("wang", map[string]any{"email": true, "robot": map[string]any{"url": r.URL, "format": "dingtalk"}}, 200)
	o.choose("boss", map[string]any{"email": true, "robot": map[string]any{"url": r.URL, "format": "dingtalk"}}, 200)
	o.remind("quiet", "remind", "wang")
	o.remind("urgent", "escalate", "wang")
	o.eventually("the escalation", func() bool { return len(r.told()) == 1 })
	morning := instant.Of(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)) // 08:00 in Shanghai
	if held := o.deliveries("withheld", "robot"); len(held) != 1 || held[0].Person != "wang" || held[0].Next != morning {
		t.Errorf("withheld: %+v", held)
	}
	o.now.Store(int64(morning))
	o.eventually("after the quiet hours", func() bool { return len(r.told()) == 2 })
	for address, want := range map[string]int{"https://10.0.0.1/x": 422, "http://localhost:1/x": 422, "https://qyapi.weixin.qq.com/x": 422, "ftp://127.0.0.1/x": 422, "x": 422,
		"http://a:b@127.0.0.1/x": 422, "https://127.0.0.1/x": 200} {
		o.choose("li", map[string]any{"email": true, "robot": map[string]any{"url": address}}, want)
	}
	o.choose("li", map[string]any{"email": true, "robot": map[string]any{"url": r.URL, "format": "telex"}}, 422)
	o.choose("journeys", map[string]any{"email": true}, 403)
	off := start(t, config.Config{}, here, func(s *policy.Sections) { s.Notifications.Channels = []string{"in_app"} })
	off.now.Store(int64(noon))
	off.choose("wang", map[string]any{"email": true, "robot": map[string]any{"url": r.URL}}, 200)
	off.remind("r", "remind", "wang")
	if n := len(off.inbox("wang", "")); n != 1 || len(off.deliveries("pending", "robot"))+len(off.deliveries("delivered", "robot")) != 0 {
		t.Error("a channel that the policy does not name was used")
	}
}

// What a robot refuses is tried again and seen; one that is gone is switched off;
// one of the format liuke gets signed posts.
func TestRobotsThatFail(t *testing.T) {
	r := listen(t)
	o := start(t, config.Config{}, here)
	o.now.Store(int64(noon))
	r.say(200, `{"errcode":45009,"errmsg":"api freq out of limit"}`)
	o.choose("wang", map[string]any{"email": true, "robot": map[string]any{"url": r.URL, "format": "wecom"}}, 200)
	o.remind("a", "remind", "wang")
	o.eventually("put off", func() bool {
		d := o.deliveries("pending", "robot")
		return len(d) == 1 && d[0].Attempts == 1 && strings.Contains(d[0].Error, "45009") && d[0].Next.After(noon)
	})
	r.say(410, "")
	seen := o.choose("wang", map[string]any{"email": true, "robot": map[string]any{"url": r.URL}}, 200)
	if seen.Robot.Format != "liuke" || len(seen.Robot.Secret) < 20 {
		t.Fatalf("robot %+v", seen.Robot)
	}
	o.remind("b", "remind", "wang")
	o.eventually("failed for good", func() bool { return len(o.deliveries("failed", "robot")) == 1 })
	r.mu.Lock()
	body, signature := r.bodies[len(r.bodies)-1], r.signed[len(r.signed)-1]
	r.mu.Unlock()
	var posted struct{ Type string }
	if signature != channel.Sign(seen.Robot.Secret, noon, []byte(body)) || json.Unmarshal([]byte(body), &posted) != nil || posted.Type != "reminder" {
		t.Errorf("posted %s signed %s", body, signature)
	}
	var after channelsSeen
	o.call("wang", "GET", "/v1/reminders/channels", nil, &after)
	if after.Robot == nil || after.Robot.Gone == "" {
		t.Errorf("after 410: %+v", after.Robot)
	}
	n := len(r.told())
	o.remind("c", "remind", "wang")
	if len(o.inbox("wang", "")) != 3 || len(r.told()) != n {
		t.Error("a robot that is gone was told, or the app's list lacks a reminder")
	}
}
