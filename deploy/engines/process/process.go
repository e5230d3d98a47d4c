// Package process owns the processes that engines are: started with a log
// file, awaited until they answer, stopped, killed, paused and started again,
// and ended together with the process that started them.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"liuke.dev/shared/offspring"
)

// Command says what to run.
type Command struct {
	// Name is what the process is called in errors and lists: kafka-1.
	Name string
	Path string
	Args []string
	// Env is added to this process's environment.
	Env []string
	// Dir is the working directory.
	Dir string
	// Data are the files and directories with what it keeps.
	Data []string
	// Log takes standard output and error; what is in it stays.
	Log string
	// UID and GID to run as; nil for those of this process.
	User *User
	// Detached processes go on when this one ends.
	Detached bool
	// StopSignal asks the process to end in order; SIGTERM if it is not set.
	StopSignal syscall.Signal
	// Ready asks the process something in its own protocol.
	Ready func(context.Context) error
	// ReadyWithin bounds a start, two minutes if it is not set: machines may be busy.
	ReadyWithin time.Duration
}

// User of the operating system.
type User struct{ UID, GID uint32 }

// ErrRuns is wrapped by Start when the process runs already, ErrEnded when it
// ended before it answered, ErrSilent when it did not answer in time.
var (
	ErrRuns   = errors.New("runs already")
	ErrEnded  = errors.New("ended before it answered")
	ErrSilent = errors.New("not ready in time")
)

const (
	stopWithin  = 15 * time.Second
	killWithin  = 10 * time.Second
	readyWithin = 2 * time.Minute
	askWithin   = 2 * time.Second
	askEvery    = 50 * time.Millisecond
)

// Process is one that runs, ran, or will run.
type Process struct {
	command Command

	mu     sync.Mutex
	id     ID
	exited chan struct{} // closed when our child has ended; nil for somebody else's child
}

// ID tells a process from all others on this machine. Its number alone does
// not: it may be somebody else's later.
type ID struct {
	PID     int    `json:"pid"`
	Started string `json:"started"`
}

// New gives a process that does not run yet.
func New(c Command) *Process { return &Process{command: c} }

// Attach gives a process that another process started.
func Attach(c Command, id ID) *Process { return &Process{command: c, id: id} }

// Name of the process.
func (p *Process) Name() string { return p.command.Name }

// Log is the file with what the process says.
func (p *Process) Log() string { return p.command.Log }

// Data are the files and directories with what the process keeps.
func (p *Process) Data() []string { return p.command.Data }

// ID of the process that runs or ran last.
func (p *Process) ID() ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

// Running tells whether the process lives, paused or not.
func (p *Process) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running()
}

func (p *Process) running() bool {
	if p.exited != nil {
		select {
		case <-p.exited:
			return false
		default:
			return true
		}
	}
	return p.id.PID > 0 && alive(p.id)
}

// Start runs the process and returns when it answers.
func (p *Process) Start(ctx context.Context) error {
	if err := p.spawn(); err != nil {
		return fmt.Errorf("%s: %w", p.command.Name, err)
	}
	if err := p.Await(ctx); err != nil {
		return errors.Join(err, p.Kill())
	}
	return nil
}

func (p *Process) spawn() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running() {
		return ErrRuns
	}
	if err := os.MkdirAll(filepath.Dir(p.command.Log), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(p.command.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close() //nolint:errcheck // the child has it
	child := exec.Command(p.command.Path, p.command.Args...)
	child.Env = append(os.Environ(), p.command.Env...)
	child.Dir, child.Stdout, child.Stderr = p.command.Dir, out, out
	child.SysProcAttr = attributes(p.command)
	keepToOurselves()
	start := offspring.Start
	if p.command.Detached {
		start = (*exec.Cmd).Start
	}
	if err := start(child); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = child.Wait() // how it ended is in its log
		close(exited)
	}()
	p.id, p.exited = ID{PID: child.Process.Pid, Started: startOf(child.Process.Pid)}, exited
	return nil
}

// Await returns when the process answers.
func (p *Process) Await(ctx context.Context) error {
	within := p.command.ReadyWithin
	if within == 0 {
		within = readyWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		err := p.Ready(ctx)
		if err == nil {
			return nil
		}
		if !p.Running() {
			return fmt.Errorf("%s %w: %s", p.command.Name, ErrEnded, p.lastWords())
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w: %s", ErrSilent, err, p.lastWords())
		case <-time.After(askEvery):
		}
	}
}

// Ready asks once whether the process answers, by a request in its own protocol.
func (p *Process) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	if err := p.command.Ready(ctx); err != nil {
		return fmt.Errorf("%s does not answer: %w", p.command.Name, err)
	}
	return nil
}

// lastWords is the end of the log.
func (p *Process) lastWords() string {
	text, err := os.ReadFile(p.command.Log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return p.command.Log + ": " + strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// Stop asks the process to end in order, and kills it if it does not in time,
// which is an error. One that does not run is stopped.
func (p *Process) Stop() error {
	if !p.Running() {
		return nil
	}
	pid := p.ID().PID
	how := p.command.StopSignal
	if how == 0 {
		how = syscall.SIGTERM
	}
	_ = syscall.Kill(pid, how)
	p.signal(syscall.SIGCONT) // a paused one would not hear it
	if p.gone(stopWithin) {
		return nil
	}
	return errors.Join(fmt.Errorf("%s did not stop within %s and was killed", p.command.Name, stopWithin), p.Kill())
}

// Kill is kill -9, for the process and those that it started, at once.
func (p *Process) Kill() error {
	if !p.Running() {
		return nil
	}
	p.signal(syscall.SIGSTOP) // so that none is born while they are counted
	p.signal(syscall.SIGKILL)
	if !p.gone(killWithin) {
		return fmt.Errorf("%s lives on after kill -9", p.command.Name)
	}
	return nil
}

// Pause freezes the process and those that it started, without a word to who talks to them.
func (p *Process) Pause() error { return p.expect(syscall.SIGSTOP) }

// Continue lets a paused process go on.
func (p *Process) Continue() error { return p.expect(syscall.SIGCONT) }

// Restart starts the process again on what it left behind, on the same port; it is stopped first if it runs.
func (p *Process) Restart(ctx context.Context) error {
	if err := p.Stop(); err != nil {
		return err
	}
	return p.Start(ctx)
}

func (p *Process) expect(s syscall.Signal) error {
	if !p.Running() {
		return fmt.Errorf("%s does not run", p.command.Name)
	}
	p.signal(s)
	return nil
}

// signal reaches the process first and then those that it started: PostgreSQL's
// have process groups of their own.
func (p *Process) signal(s syscall.Signal) {
	pid := p.ID().PID
	family := descendants(pid)
	if s == syscall.SIGSTOP {
		_ = syscall.Kill(pid, s)
		family = descendants(pid)
	}
	for _, id := range append([]int{pid}, family...) {
		_ = syscall.Kill(id, s) // it may have ended by itself
	}
}

func (p *Process) gone(within time.Duration) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if !p.Running() {
			return true
		}
	}
	return false
}
