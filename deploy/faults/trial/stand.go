package trial

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"liuke.dev/deploy/faults/link"
	"liuke.dev/deploy/faults/outside"
	"liuke.dev/deploy/recount"
	"liuke.dev/shared/programtest"
)

// Process is something that can die, stand still and start again.
type Process interface {
	// Kill ends it as a power cut would and waits for its end.
	Kill() error
	// Start starts it again, as it was before it was armed, and waits until it is ready.
	Start(ctx context.Context) error
	// Restart ends it in order and starts it with further settings; it waits for nothing.
	Restart(settings ...string) error
	// Pause stops it, Continue lets it go on.
	Pause() error
	Continue() error
	// Printed waits until it has printed a line with both parts.
	Printed(ctx context.Context, begin, end string) error
	// Exited is closed when it has ended.
	Exited() <-chan struct{}
}

// pace is how fast a day of the policy passes, and how busy people are: as much as
// the suite can take on two cores, so that what is tried is a fault and not a queue.
type pace struct {
	speed int
	// pause is the mean time between two actions of each seller.
	pause time.Duration
}

func (p pace) day() time.Duration { return 24 * time.Hour / time.Duration(p.speed) }

var (
	embeddedPace = pace{43_200, 600 * time.Millisecond}
	realPace     = pace{17_280, time.Second}
)

// OpenEmbedded starts the program with the embedded engines and a company in it,
// with everything that it reaches out to behind links.
func OpenEmbedded(ctx context.Context, binary, dir string) (_ *Trial, err error) {
	t := newTrial(embeddedPace)
	t.liuke = binary
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	if err := t.openOutside(); err != nil {
		return nil, err
	}
	inside, err := free()
	if err != nil {
		return nil, err
	}
	env := t.environment(inside)
	if t.Office, err = programtest.Open(ctx, binary, filepath.Join(dir, "data"), env...); err != nil {
		return nil, err
	}
	if err := t.openInside(inside); err != nil {
		return nil, err
	}
	t.processes = func(_ context.Context, name string) (Process, error) {
		if name != program {
			return nil, fmt.Errorf("there is no process %s", name)
		}
		return &whole{t.Office, env}, nil
	}
	t.disarm = func() { t.Office.Env = env }
	t.Stream = t.Office.Follow(context.WithoutCancel(ctx))
	return t, t.furnish(ctx)
}

// environment is what every process needs to know: inside is the address of the
// link to the services, which must be known to them before theirs is to the link.
func (t *Trial) environment(inside string) []string {
	return []string{fmt.Sprint("LIUKE_SPEED=", t.pace.speed), "LIUKE_TRIAL=true", "LIUKE_INTERNAL_ORIGIN=http://" + inside,
		"LIUKE_SMTP_HOST=127.0.0.1", "LIUKE_SMTP_PORT=" + port(t.Links[toMail].Address()), "LIUKE_SMTP_TLS=none", "LIUKE_SMTP_FROM=liuke@office.example",
		"LIUKE_WEBHOOK_URL=http://" + t.Links[toHook].Address() + "/hook", "LIUKE_WEBHOOK_SECRET=a-secret-for-the-trial"}
}

// openInside makes the links that lead to the office.
func (t *Trial) openInside(inside string) (err error) {
	for name, listen := range map[string]string{toServices: inside, toProgram: "127.0.0.1:0"} {
		if t.Links[name], err = t.links.Open(name, listen, t.Office.HTTP); err != nil {
			return err
		}
	}
	return nil
}

// whole is the all-in-one program.
type whole struct {
	office *programtest.Office
	env    []string
}

func (w *whole) Kill() error { w.office.Kill(); return nil }

func (w *whole) Start(ctx context.Context) error {
	w.office.Env = w.env
	return w.office.Start(ctx)
}

func (w *whole) Restart(settings ...string) error {
	var unwell *exec.ExitError // it ended, but not all of it in time: that is tried at the end, here it only is to begin anew
	if err := w.office.Stop(stopWithin); err != nil && !errors.As(err, &unwell) {
		return err
	}
	w.office.Env = append(w.env[:len(w.env):len(w.env)], settings...)
	return w.office.Begin() // it may die or stop before it is ready: promises come due meanwhile
}

func (w *whole) Pause() error    { return w.office.Program.Pause() }
func (w *whole) Continue() error { return w.office.Program.Continue() }

func (w *whole) Printed(ctx context.Context, begin, end string) error {
	return printed(ctx, w.office.Out, begin, end)
}

func printed(ctx context.Context, out *programtest.Output, begin, end string) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := out.Find(ctx, regexp.MustCompile(regexp.QuoteMeta(begin)+".*"+regexp.QuoteMeta(end)))
	return err
}

func (w *whole) Exited() <-chan struct{} { return w.office.Program.Exited() }

const stopWithin = 30 * time.Second

// free gives an address of this machine that nobody listens on.
func free() (string, error) {
	a, err := programtest.FreeAddresses()
	return a.HTTP, err
}

// openOutside makes what the suite reaches out to, and the links to it.
func (t *Trial) openOutside() (err error) {
	if t.mail, err = outside.OpenMailbox(); err != nil {
		return err
	}
	if t.hooks, err = outside.OpenReceiver(); err != nil {
		return err
	}
	for name, upstream := range map[string]string{toMail: t.mail.Address(), toHook: t.hooks.Address()} {
		if t.Links[name], err = t.links.Open(name, "127.0.0.1:0", upstream); err != nil {
			return err
		}
	}
	return nil
}

// furnish lets reminders leave at any hour, one by one, and leads go back to the
// pool soon, and gives the people who sell an address.
func (t *Trial) furnish(ctx context.Context) error {
	administrator := t.Office.As(t.Office.Administrator)
	var book struct {
		Sections map[string]map[string]any `json:"sections"`
	}
	if err := administrator.Get(ctx, "/v1/policy", &book); err != nil {
		return err
	}
	section := book.Sections["notifications"]
	if section == nil {
		return errors.New("the policy book has no section notifications")
	}
	ownership := book.Sections["ownership"]
	if ownership == nil {
		return errors.New("the policy book has no section ownership")
	}
	ownership["recycle_after"], ownership["warn_before"] = "10d", []string{"3d", "1d"}
	// Quiet hours cannot be none: a minute that is hours away in every zone in which a trial is likely to be.
	far := time.Now().UTC().Add(20 * time.Hour)
	section["quiet_from"], section["quiet_to"] = far.Format("15:04"), far.Add(time.Minute).Format("15:04")
	section["digest_at"], section["channels"] = "", []string{"in_app", "email", "webhook"}
	for name, changed := range map[string]any{"notifications": section, "ownership": ownership} {
		if err := administrator.Call(ctx, "PUT", "/v1/policy/drafts/trial/sections/"+name, "", changed, nil); err != nil {
			return err
		}
	}
	if err := administrator.Post(ctx, "/v1/policy/drafts/trial/publication", map[string]any{"reason": "reminders leave at any hour, leads are let go soon"}, nil); err != nil {
		return err
	}
	for n, person := range t.Office.Sellers {
		email := fmt.Sprintf("seller%d@office.example", n+1)
		if err := administrator.Call(ctx, "PATCH", "/v1/people/"+person, "", map[string]any{"email": email}, nil); err != nil {
			return err
		}
		t.reachable[person] = true
	}
	t.reachable[t.Office.Administrator] = true
	return rest(ctx, 3*time.Second) // every process reads who and what changed
}

// client gives somebody's client behind the link to the services, if there is one.
func (t *Trial) client(person string) *programtest.Client {
	c := t.Office.As(person)
	if l := t.Links[toProgram]; l != nil {
		return programtest.NewClient("http://"+l.Address(), c.Token, c.Patience)
	}
	return c
}

// Close ends everything that was started.
func (t *Trial) Close() error {
	var errs []error
	if t.Stream != nil {
		errs = append(errs, t.Stream.Close())
	}
	if t.Office != nil {
		t.Office.Close()
	}
	for _, end := range t.ends {
		errs = append(errs, end())
	}
	errs = append(errs, t.links.Close())
	if t.mail != nil {
		errs = append(errs, t.mail.Close())
	}
	if t.hooks != nil {
		errs = append(errs, t.hooks.Close())
	}
	return errors.Join(errs...)
}

func newTrial(p pace) *Trial {
	return &Trial{pace: p, Links: map[string]*link.Link{}, links: link.New(), journal: recount.NewJournal(), ledger: recount.NewLedger(), reachable: map[string]bool{}}
}
