package programtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"liuke.dev/shared/offspring"
)

// Launch says how the program is started.
type Launch struct {
	Binary string
	// Command is serve or demo; empty for a service's own program, which takes no flags.
	Command string
	// Data is the data directory; empty leaves the choice to the program.
	Data string
	Addresses
	// Env are settings such as LIUKE_SPEED=100.
	Env []string
	// Args are further flags.
	Args []string
	// Output takes what the program prints; nil: a new one.
	Output *Output
}

// Program is a running child process.
type Program struct {
	Launch
	Out *Output

	cmd    *exec.Cmd
	begun  time.Time
	exited chan struct{}
	err    error // of Wait, valid once exited is closed
	once   sync.Once
}

// Start starts the program and does not wait for it to be ready.
func Start(l Launch) (*Program, error) {
	var args []string
	if l.Command != "" {
		args = append([]string{l.Command}, l.flags()...)
	}
	if l.Command != "" && l.Data != "" {
		args = append(args, "--data", l.Data)
	}
	p := &Program{Launch: l, Out: l.Output, exited: make(chan struct{}), begun: time.Now()}
	if p.Out == nil {
		p.Out = new(Output)
	}
	p.cmd = exec.Command(l.Binary, append(args, l.Args...)...) //nolint:gosec // the program that was built
	p.cmd.Env = environment(l.Env)
	p.cmd.Stdout, p.cmd.Stderr = p.Out, p.Out
	p.cmd.WaitDelay = 5 * time.Second
	if err := offspring.Start(p.cmd); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// PID gives the process id.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Begun tells when the program was started.
func (p *Program) Begun() time.Time { return p.begun }

// Exited is closed when the process has ended.
func (p *Program) Exited() <-chan struct{} { return p.exited }

// Ready waits until /readyz answers 200. It fails at once if the program ends.
func (p *Program) Ready(ctx context.Context) error {
	last := "no answer"
	for {
		state, err := p.ready(ctx)
		if err == nil {
			return nil
		}
		if state != "" {
			last = state
		}
		select {
		case <-p.exited:
			return fmt.Errorf("the program ended (%v) before it was ready:\n%s", p.err, p.Out.Tail(4000))
		case <-ctx.Done():
			return fmt.Errorf("not ready after %s: %s: %w\n%s", time.Since(p.begun).Round(time.Millisecond), last, ctx.Err(), p.Out.Tail(4000))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

var errNotReady = errors.New("not ready")

func (p *Program) ready(ctx context.Context) (state string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+"/readyz", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errNotReady
	}
	return string(body), err
}

// Kill ends the program as a power cut would, and waits for its end.
func (p *Program) Kill() {
	p.once.Do(func() { _ = p.cmd.Process.Kill() }) // an error says that it has ended
	<-p.exited
}

// Pause stops the process where it stands.
func (p *Program) Pause() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Continue lets a paused process go on.
func (p *Program) Continue() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Stop asks the program to end (SIGINT, as Ctrl-C does; a service's own program
// by SIGTERM, as an orchestrator does) and waits. A program
// that does not end in time is killed, which is an error.
func (p *Program) Stop(within time.Duration) error {
	ask := syscall.SIGINT
	if p.Command == "" {
		ask = syscall.SIGTERM
	}
	if err := p.cmd.Process.Signal(ask); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
		return p.Err()
	case <-time.After(within):
		// The stacks tell what hangs.
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-p.exited:
		case <-time.After(3 * time.Second):
		}
		p.Kill()
		return fmt.Errorf("the program did not end within %s:\n%s", within, p.Out.Tail(20000))
	}
}

// Err waits for the end and gives its error, with what was printed last.
func (p *Program) Err() error {
	<-p.exited
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("%w\n%s", p.err, p.Out.Tail(4000))
}

// Run runs a short command of the program (token, verify …) and gives what it
// printed on standard output.
func Run(ctx context.Context, binary string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(out), fmt.Errorf("liuke %v: %w: %s", args, err, failed.Stderr)
	}
	return string(out), err
}

// decode reads JSON without refusing what it does not know.
func decode(data []byte, into any) error {
	if into == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, into)
}
