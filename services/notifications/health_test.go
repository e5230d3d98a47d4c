package notifications_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/config"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/health"
)

// The mail server is shown by those who ask how the process stands, asked without
// a letter; without one that is configured there is nothing to show.
func TestTheMailServerStandsOnTheBoard(t *testing.T) {
	p := openPostOffice(t)
	gone := mailConfig(p)
	ports, err := freeport.Find(freeport.Loopback, 1)
	if err != nil {
		t.Fatal(err)
	}
	gone.SMTP.Port = ports[0]
	for name, c := range map[string]struct {
		config config.Config
		want   string
	}{"there": {mailConfig(p), health.OK}, "away": {gone, health.Failing}, "none": {config.Config{}, ""}} {
		o := start(t, c.config)
		all := o.health.States(t.Context())
		i := slices.IndexFunc(all, func(s health.State) bool { return s.Name == "mail" })
		switch {
		case i < 0 && c.want != "":
			t.Errorf("%s: mail is not shown: %+v", name, all)
		case i >= 0 && (all[i].State != c.want || all[i].Needed || !health.Ready(all)):
			t.Errorf("%s: %+v", name, all[i])
		}
	}
	if n := len(p.letters()); n != 0 {
		t.Errorf("%d letters were sent", n)
	}
}
