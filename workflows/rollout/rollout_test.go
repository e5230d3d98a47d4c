package rollout

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
)

var monday = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func version(build, state string, hours, workers int) Version {
	return Version{Build: build, State: state, Since: monday.Add(time.Duration(hours) * time.Hour), Workers: workers}
}

// Who takes over, and who must not.
func TestDecide(t *testing.T) {
	one, two := version("1", Current, 0, 2), version("2", Inactive, 1, 1)
	for name, c := range map[string]struct {
		s     Status
		build string
		mode  string
		want  reason
	}{
		"before the server has seen it":         {Status{}, "1", Auto, notYet},
		"the first of all":                      {Status{Versions: []Version{version("1", Inactive, 0, 1)}}, "1", Auto, first},
		"the first of all, by hand":             {Status{Versions: []Version{version("1", Inactive, 0, 1)}}, "1", Manual, first},
		"after a program without versions":      {Status{Versions: []Version{version("1", Inactive, 0, 1)}, Unversioned: 1}, "1", Auto, first},
		"the same, by hand":                     {Status{Versions: []Version{version("1", Inactive, 0, 1)}, Unversioned: 1}, "1", Manual, leaves},
		"a second worker of the current build":  {Status{Current: "1", Versions: []Version{one}}, "1", Auto, isCurrent},
		"a new build":                           {Status{Current: "1", Versions: []Version{two, one}}, "2", Auto, isNew},
		"a new build, by hand":                  {Status{Current: "1", Versions: []Version{two, one}}, "2", Manual, leaves},
		"an old worker that restarts meanwhile": {Status{Current: "2", Versions: []Version{version("2", Current, 1, 1), version("1", Draining, 0, 1)}}, "1", Auto, leaves},
		"an old build that never had a turn":    {Status{Current: "2", Versions: []Version{version("2", Current, 1, 1), version("1", Inactive, 0, 1)}}, "1", Auto, leaves},
		"going back: the new one has no worker": {Status{Current: "2", Versions: []Version{version("2", Current, 1, 0), version("1", Drained, 0, 1)}}, "1", Auto, othersGone},
		"going back by hand needs the operator": {Status{Current: "2", Versions: []Version{version("2", Current, 1, 0), version("1", Drained, 0, 1)}}, "1", Manual, leaves},
		"one that an operator ramps":            {Status{Current: "1", Ramping: "2", Versions: []Version{version("2", Ramping, 1, 1), one}}, "2", Auto, isRamping},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decide(c.s, c.build, c.mode); got != c.want {
				t.Errorf("%q, want %q", got.text, c.want.text)
			}
		})
	}
}

// A call that was not answered may have come true, and is looked after; a refusal is final.
func TestWhatIsNotAnsweredIsLookedAfter(t *testing.T) {
	for err, want := range map[error]bool{
		serviceerror.NewDeadlineExceeded("late"):                      true,
		serviceerror.NewCanceled("stream terminated by RST_STREAM"):   true,
		serviceerror.NewUnavailable("away"):                           true,
		context.DeadlineExceeded:                                      true,
		serviceerror.NewFailedPrecondition("conflict token mismatch"): false,
		errors.New("no such build"):                                   false,
	} {
		if unanswered(fmt.Errorf("make build 2 current: %w", err)) != want {
			t.Errorf("%v: want %t", err, want)
		}
	}
}

func TestBuild(t *testing.T) {
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}}}
	if got := build(info); got != "0.1.0-0123456789-changed" {
		t.Errorf("%q", got)
	}
	if got := build(&debug.BuildInfo{}); got != "0.1.0" {
		t.Errorf("%q", got)
	}
	if got := Build(" 2026:03/02 中 "); got != "2026-03-02" {
		t.Errorf("%q", got)
	}
}
