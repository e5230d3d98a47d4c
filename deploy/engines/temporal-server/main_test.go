package main

import (
	"context"
	"testing"

	"liuke.dev/deploy/local/temporalserver"
)

// The server has no UI in its own process: on one machine the second server would
// find its port taken and end. The UI is a process of its own.
func TestTheServerOpensNoUI(t *testing.T) {
	for name, want := range map[string]struct {
		args []string
		ui   string
	}{
		"server":        {nil, ""},
		"UI":            {[]string{"ui"}, temporalserver.DefaultUIAddress},
		"UI of a place": {[]string{"ui", "--address", "127.0.0.1:1"}, "127.0.0.1:1"},
	} {
		var got *temporalserver.Config
		note := func(_ context.Context, c temporalserver.Config) error { got = &c; return nil }
		command := root(note, note)
		command.SetArgs(append([]string{}, want.args...))
		if err := command.ExecuteContext(t.Context()); err != nil || got == nil || got.UIAddress != want.ui {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}
