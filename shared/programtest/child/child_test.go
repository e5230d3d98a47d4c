package child

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

type config struct{ File, Refuse string }

func TestMain(m *testing.M) {
	os.Exit(Main(m, func(c config, up func(...any)) error {
		if c.Refuse != "" {
			return errors.New(c.Refuse)
		}
		up("pid", os.Getpid())
		for {
			if err := os.WriteFile(c.File, []byte(time.Now().String()), 0o600); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
		}
	}))
}

// A child runs with what it was given until it is killed, and then no more.
func TestChild(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sign of life")
	p := Start(t, config{File: file})
	if len(p.Said) != 2 || p.Said[0] != "pid" {
		t.Errorf("said %v", p.Said)
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		}
		if time.Now().After(until) {
			t.Fatal("no sign of life")
		}
	}
	p.Kill()
	last, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if again, err := os.ReadFile(file); err != nil || string(again) != string(last) {
		t.Errorf("it goes on after it was killed: %v", err)
	}
	p.Kill()
}

// failing is a test that is expected to fail.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper()        {}
func (f *failing) Cleanup(func()) {}
func (f *failing) Fatal(...any)   { panic(f) }
func (f *failing) Fatalf(format string, args ...any) {
	f.said = format
	panic(f)
}

// A child that does not start fails the test that started it.
func TestChildThatFails(t *testing.T) {
	f := &failing{TB: t}
	defer func() {
		if recover() == nil || f.said == "" {
			t.Error("the test went on")
		}
	}()
	Start(f, config{Refuse: "no room"})
}
