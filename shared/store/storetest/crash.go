package storetest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/store"
)

// childEnv tells a test binary that it is the child of a crash test, and the
// address of the store it is to write to.
const childEnv = "LIUKE_STORE_CRASH"

// Main is the TestMain of an engine's tests. In the child of a crash test it
// writes to the store at the given address until it is killed.
func Main(m *testing.M, openAt func(address string) (store.Engine, error)) int {
	address := os.Getenv(childEnv)
	if address == "" {
		return m.Run()
	}
	e, err := openAt(address)
	if err == nil {
		err = write(e, os.Stdout)
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

const (
	crashWriters = 8
	crashFacts   = 2 // with every commit
)

// write commits and relays for ever and says what was acknowledged.
func write(e store.Engine, out io.Writer) error {
	background := context.Background()
	if err := e.Declare(background, ItemSpec); err != nil {
		return err
	}
	failed := make(chan error)
	run := rand.Uint64()
	for w := range crashWriters {
		go func() {
			for i := 0; ; i++ {
				if err := growOne(e, fmt.Sprintf("%x-%d-%d", run, w, i), out); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	go func() {
		for {
			facts, err := e.Pending(background, 50)
			if err == nil {
				err = e.Published(background, facts)
			}
			if err != nil {
				failed <- err
				return
			}
		}
	}()
	return <-failed
}

// growOne makes a document and changes it three times.
func growOne(e store.Engine, id string, out io.Writer) error {
	d := store.New(id, Item{Owner: "p"})
	for version := 1; version <= 4; version++ {
		d.Body.Score = int64(version)
		if err := store.Of[Item](e, ItemSpec).Commit(context.Background(), d, "", fact("a"), fact("b")); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s %d\n", id, version); err != nil {
			return err
		}
	}
	return nil
}

// Crash kills a process with SIGKILL while it writes, again and again, and
// checks after each time that whatever was acknowledged is there, and that no
// document is without its facts nor any fact without its document.
func Crash(t *testing.T, address string, rounds int, openAt func(address string) (store.Engine, error)) {
	acknowledged := map[string]int64{}
	for round := range rounds {
		n := len(acknowledged)
		writeUntilKilled(t, address, acknowledged)
		if len(acknowledged) == n {
			t.Fatalf("round %d: nothing was acknowledged before the kill", round)
		}
		e, err := openAt(address)
		must(t, err)
		must(t, e.Declare(ctx(t), ItemSpec))
		checkSurvivors(t, e, acknowledged)
		must(t, e.Close())
		if t.Failed() {
			return
		}
	}
	t.Logf("%d documents survived %d kills", len(acknowledged), rounds)
}

// writeUntilKilled runs the child, kills it, and adds what it acknowledged.
func writeUntilKilled(t *testing.T, address string, acknowledged map[string]int64) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+address)
	var complaints bytes.Buffer
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewScanner(out)
	for first := true; lines.Scan(); first = false {
		if first { // the writing has begun
			time.AfterFunc(time.Duration(50+rand.IntN(200))*time.Millisecond, func() { _ = child.Process.Kill() })
		}
		id, version, found := strings.Cut(lines.Text(), " ")
		var v int64
		if _, err := fmt.Sscan(version, &v); err == nil && found {
			acknowledged[id] = v
		}
	}
	_ = child.Wait()
	if complaints.Len() > 0 {
		t.Fatalf("the child failed before it was killed: %s", complaints.String())
	}
}

func checkSurvivors(t *testing.T, e store.Engine, acknowledged map[string]int64) {
	t.Helper()
	c := store.Of[Item](e, ItemSpec)
	for id, version := range acknowledged {
		d, err := c.Get(ctx(t), id)
		if err != nil {
			t.Errorf("acknowledged and gone: %v", err)
			continue
		}
		if d.Version < version || d.Version > version+1 || d.Body.Score != d.Version {
			t.Errorf("%s: acknowledged %d, found %d with body of %d", id, version, d.Version, d.Body.Score)
		}
		history, err := e.History(ctx(t), c.Aggregate(id), 0, 100)
		must(t, err)
		if int64(len(history)) != d.Version*crashFacts {
			t.Errorf("%s: version %d, %d facts", id, d.Version, len(history))
		}
		chainHolds(t, history, d.Version)
	}
	r, err := store.Verify(ctx(t), e)
	must(t, err)
	if r.Broken != nil {
		t.Error(r.Broken)
	}
}
