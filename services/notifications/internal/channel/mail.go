package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/lang"
)

// SMTP sends mail through a server.
type SMTP struct {
	config  config.SMTP
	origin  string // for links
	timeout time.Duration
}

// NewSMTP makes a mailer; nil if no server is configured.
func NewSMTP(c config.SMTP, origin string, timeout time.Duration) *SMTP {
	if c.Host == "" {
		return nil
	}
	return &SMTP{c, strings.TrimSuffix(origin, "/"), timeout}
}

// Send sends one mail in the person's language. Every attempt carries the same
// Message-ID, so that a mail server or reader can tell a repeat.
func (s *SMTP) Send(ctx context.Context, to catalogue.Person, c Content) error {
	m := mail.NewMsg()
	if err := errors.Join(m.From(s.from()), addressed(m, to)); err != nil {
		return Final(err)
	}
	subject, body := s.write(to.Language, c)
	m.Subject(subject)
	sum := sha256.Sum256([]byte(c.ID))
	m.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + s.domain())
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Liuke-Delivery", c.ID)
	m.SetBodyString(mail.TypeTextPlain, body)
	client, err := mail.NewClient(s.config.Host, s.options()...)
	if err != nil {
		return Final(err)
	}
	return taken(client.DialAndSendWithContext(ctx, m))
}

// Ping signs in to the server and sends nothing.
func (s *SMTP) Ping(ctx context.Context) error {
	client, err := mail.NewClient(s.config.Host, s.options()...)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}

func addressed(m *mail.Msg, to catalogue.Person) error {
	if to.Name == "" {
		return m.AddTo(to.Email)
	}
	return m.AddToFormat(to.Name, to.Email)
}

func (s *SMTP) from() string {
	if s.config.From != "" {
		return s.config.From
	}
	return "liuke@" + s.config.Host
}

func (s *SMTP) domain() string {
	_, d, _ := strings.Cut(strings.TrimSuffix(s.from(), ">"), "@")
	return d
}

func (s *SMTP) options() []mail.Option {
	o := []mail.Option{mail.WithTimeout(s.timeout)}
	if s.config.Port > 0 {
		o = append(o, mail.WithPort(s.config.Port))
	}
	switch s.config.TLS {
	case "tls":
		o = append(o, mail.WithSSL())
	case "none":
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	default:
		o = append(o, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.config.User != "" {
		o = append(o, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.config.User), mail.WithPassword(s.config.Password))
	}
	return o
}

// taken tells a failure that will stay (5xx) from one that may pass.
func taken(err error) error {
	var sent *mail.SendError
	if errors.As(err, &sent) && !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return Final(err)
	}
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 {
		return Final(err)
	}
	return err
}

var levels = map[string]lang.Text{catalogue.LevelRemind: lang.T("提醒", "Reminder"), catalogue.LevelWarn: lang.T("预警", "Warning"),
	catalogue.LevelEscalate: lang.T("升级", "Escalation"), catalogue.LevelInform: lang.T("通知", "Notice")}

// DigestTitle names the digest of a day.
func DigestTitle(day string) lang.Text { return lang.T("今日待办 "+day, "Your day "+day) }

func (s *SMTP) write(language string, c Content) (subject, body string) {
	if c.Outreach != nil {
		return strings.Join(strings.Fields(c.Outreach.Subject.In(language)), " "), c.Outreach.Text.In(language)
	}
	var b strings.Builder
	first := c.Reminders[0]
	subject = fmt.Sprintf("[%s] %s", levels[first.Level].In(language), first.Text.In(language))
	if c.Digest {
		subject = lang.T("留客摘要：", "Liuke digest: ").In(language) + fmt.Sprintf(lang.T("%d 项待办，%d 条提醒", "%d tasks, %d reminders").In(language), len(c.Tasks), count(c.Reminders))
	}
	for _, r := range c.Reminders {
		if r.Rule == "digest" {
			continue
		}
		fmt.Fprintf(&b, "[%s] %s\n", levels[r.Level].In(language), r.Text.In(language))
		fmt.Fprintf(&b, "%s %s\n%s\n\n", lang.T("到期：", "Due:").In(language), r.Due, s.link(r.Subject))
	}
	for _, t := range c.Tasks {
		fmt.Fprintf(&b, "- %s  %s  %s\n  %s\n", t.Due, t.Title.In(language), t.Company, s.link(t.Subject))
	}
	return strings.Join(strings.Fields(subject), " "), b.String()
}

func count(list []catalogue.Reminder) int {
	n := 0
	for _, r := range list {
		if r.Rule != "digest" {
			n++
		}
	}
	return n
}

func (s *SMTP) link(o catalogue.Subject) string {
	return s.origin + "/v1/" + o.Kind + "s/" + url.PathEscape(o.ID)
}
