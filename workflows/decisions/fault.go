package decisions

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/workflows/journey"
)

// ErrPolicyNotRead says that a journey has decided by a version of the policy
// that this process has not read yet: another one was faster.
var ErrPolicyNotRead = errors.New("journeys: the policy version of the decision before is not read yet")

// Fault tells why the rules make no decision. The journey waits with the facts
// it was to read, tries again by itself, and goes on once the rules are mended.
type Fault struct {
	Error   string       `json:"error" doc:"What the rules said, or the panic and where it happened"`
	Since   instant.Time `json:"since"`
	Waiting []string     `json:"waiting,omitempty" doc:"Facts that wait to be read"`
}

// RuleError is a failure of a kind's rules themselves: trying again mends it
// only once the rules, or the policy, are other ones.
type RuleError struct{ Err error }

func (e *RuleError) Error() string { return e.Err.Error() }
func (e *RuleError) Unwrap() error { return e.Err }

// think asks the rules; a panic of theirs is an error of this journey alone.
func think(kind journey.Process, in journey.Input) (dec journey.Decision, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the rules of %s/%s panicked: %v (%s)", kind.Name(), in.ID, r, where())
		}
		if err != nil {
			err = &RuleError{err}
		}
	}()
	return kind.Decide(in)
}

// where names the innermost function of ours that panicked.
func where() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	panicked := false
	for {
		f, more := frames.Next()
		if panicked && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s, %s:%d", f.Function, filepath.Base(f.File), f.Line)
		}
		panicked = panicked || f.Function == "runtime.gopanic"
		if !more {
			return "unknown place"
		}
	}
}

// view gives the policy to decide by: the one in force, but never an older one
// than the journey decided by before, which another process may have read first.
func (d *Decider) view(in Request, decided int64) (*policy.View, error) {
	v, err := d.policy.At(in.Now)
	if err != nil || v.Version >= decided {
		return v, err
	}
	if newer, ok := d.policy.Version(decided); ok {
		return newer, nil
	}
	return nil, fmt.Errorf("%w: %d, and this process knows %d", ErrPolicyNotRead, decided, v.Version)
}

// showFault writes a fault to the journey's document, so that lists and the API have
// it; one that stands there already is left.
func (d *Decider) showFault(ctx context.Context, in Request, fault *RuleError) error {
	for {
		doc, err := d.docs.Get(ctx, DocumentID(in.Kind, in.ID))
		if errors.Is(err, store.ErrNotFound) {
			doc, err = store.New(DocumentID(in.Kind, in.ID), Document{Kind: in.Kind, ID: in.ID,
				Says: lang.T("规则出错，尚未作出任何决定", "The rules failed; nothing has been decided yet")}), nil
		}
		if err != nil {
			return err
		}
		b := &doc.Body
		now := Fault{Error: fault.Error(), Since: in.Now}
		for _, e := range in.Events {
			now.Waiting = append(now.Waiting, e.ID)
		}
		if was := b.Fault; was != nil {
			if was.Error == now.Error && slices.Equal(was.Waiting, now.Waiting) {
				return nil
			}
			now.Since = was.Since
		}
		b.Fault, b.Troubled, b.At = &now, true, in.Now
		err = d.docs.Commit(ctx, doc, "")
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
}
