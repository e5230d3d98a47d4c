package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/narrate"
)

// View shows in a terminal how promises are kept. It reads the Kafka stream
// like any other consumer.
type View struct {
	Out      io.Writer
	Cluster  kafka.Cluster
	People   *directory.Directory
	Speed    int64
	Start    instant.Time
	Language string // zh-CN or en
	Colour   bool

	mu        sync.Mutex
	companies map[string]string // by subject: lead/…, deal/…
	told      map[string]bool   // facts that have their line: the stream may bring one twice
}

// shown are the facts worth a line, with a sign and a colour.
var shown = map[string]struct{ sign, colour string }{
	typeOf(&catalogue.LeadRecorded{}):      {"＋", ""},
	typeOf(&catalogue.FollowUpRecorded{}):  {"☎", "\x1b[32m"},
	typeOf(&catalogue.LeadAssigned{}):      {"→", "\x1b[36m"},
	typeOf(&catalogue.DealOpened{}):        {"＋", ""},
	typeOf(&catalogue.QuoteSent{}):         {"¥", "\x1b[32m"},
	typeOf(&catalogue.DealClosed{}):        {"★", "\x1b[32;1m"},
	typeOf(&catalogue.MarkSet{}):           {"⚑", "\x1b[31m"},
	typeOf(&catalogue.LeadFoldedIn{}):      {"≡", ""},
	typeOf(&catalogue.LeadStatusChanged{}): {"☾", "\x1b[36m"},
	typeOf(&catalogue.LeadPooled{}):        {"♻", "\x1b[31;1m"},
	typeOf(&catalogue.CustomerPooled{}):    {"♻", "\x1b[31;1m"},
	typeOf(&catalogue.CustomerClaimed{}):   {"✋", "\x1b[36m"},
	typeOf(&catalogue.TransferStepped{}):   {"⇄", "\x1b[36m"},
	typeOf(&catalogue.PersonDeactivated{}): {"✗", "\x1b[31m"},

	typeOf(&catalogue.MaintenanceBegan{}):      {"♥", "\x1b[32m"},
	typeOf(&catalogue.OrderRecorded{}):         {"¥", "\x1b[32m"},
	typeOf(&catalogue.StandingAssessed{}):      {"♡", ""},
	typeOf(&catalogue.CaseOpened{}):            {"✆", "\x1b[33m"},
	typeOf(&catalogue.ContractSignedFact{}):    {"§", "\x1b[32m"},
	typeOf(&catalogue.InterventionOpened{}):    {"⛑", "\x1b[31;1m"},
	typeOf(&catalogue.InterventionRecovered{}): {"★", "\x1b[32;1m"},
	typeOf(&catalogue.InterventionClosed{}):    {"⛑", "\x1b[36m"},
	typeOf(&catalogue.ChurnConfirmed{}):        {"✗", "\x1b[31;1m"},
	typeOf(&catalogue.ChurnReviewClosed{}):     {"✎", "\x1b[36m"},
	typeOf(&catalogue.ReviewStepped{}):         {"✎", "\x1b[36m"},
}

// levels colour reminders by how serious they are.
var levels = map[string]struct{ sign, colour string }{
	catalogue.LevelInform: {"·", ""}, catalogue.LevelRemind: {"⏰", "\x1b[33m"}, catalogue.LevelWarn: {"⚠", "\x1b[33;1m"}, catalogue.LevelEscalate: {"▲", "\x1b[35;1m"},
}

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// Run prints until ctx ends.
func (v *View) Run(ctx context.Context) error {
	v.companies, v.told = map[string]string{}, map[string]bool{}
	var all sync.WaitGroup
	for _, topic := range []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications, catalogue.TopicOrganization} {
		all.Go(func() {
			// A projection logs what it cannot read; the stream itself only ends with ctx.
			_ = facts.Follow(ctx, v.Cluster, topic, slog.New(slog.DiscardHandler), v.show, func() {})
		})
	}
	all.Wait()
	return nil
}

func (v *View) show(e facts.Event) error {
	look, ok := shown[e.Type]
	v.remember(e)
	if e.Type == typeOf(&catalogue.ReminderIssued{}) {
		r, err := facts.Decode[catalogue.ReminderIssued](e)
		if err != nil {
			return err
		}
		look, ok = levels[r.After.Level], true
	}
	if !ok || e.Time < v.Start || !telling(e) {
		return nil
	}
	text := v.words(e)
	day := float64(e.Time.Sub(v.Start).Milliseconds()*v.Speed) / (24 * 3600 * 1000)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.told[e.ID] {
		return nil
	}
	v.told[e.ID] = true
	if v.Colour && look.colour != "" {
		_, err := fmt.Fprintf(v.Out, "  %6.1f  %s%s %s\x1b[0m\n", day, look.colour, look.sign, text)
		return err
	}
	_, err := fmt.Fprintf(v.Out, "  %6.1f  %s %s\n", day, look.sign, text)
	return err
}

// words tells a fact in one line: whom it is about, once, and who did it unless it was
// the program itself, whose work most of it is.
func (v *View) words(e facts.Event) string {
	var d struct{ catalogue.Head }
	say := narrate.Fact
	if json.Unmarshal(e.Data, &d) == nil && (d.Actor.Kind == catalogue.ActorJourney || d.Actor.Kind == catalogue.ActorProcess) {
		say = narrate.What
	}
	text := say(e.Type, e.Data, v.name).In(v.Language)
	if company := v.company(e); !strings.Contains(text, company) {
		return company + " | " + text
	}
	return text
}

// telling leaves out what is true and nobody waits to see: orders of long ago, and
// assessments that leave life cycle and redness as they were; of scheduled
// reviews it tells those that found something, and of a lead's steps the one that no
// other line tells: long-term nurture.
func telling(e facts.Event) bool {
	switch e.Type {
	case typeOf(&catalogue.OrderRecorded{}):
		d, err := facts.Decode[catalogue.OrderRecorded](e)
		return err == nil && d.After.RecordedAt.Sub(d.After.PlacedAt) < time.Second
	case typeOf(&catalogue.LeadStatusChanged{}):
		d, err := facts.Decode[catalogue.LeadStatusChanged](e)
		return err == nil && d.After == catalogue.LeadNurturing && d.Before != d.After
	case typeOf(&catalogue.ReviewStepped{}):
		d, err := facts.Decode[catalogue.ReviewStepped](e)
		return err == nil && d.After.Status == catalogue.ReviewHeld && d.After.Findings != ""
	case typeOf(&catalogue.StandingAssessed{}):
		d, err := facts.Decode[catalogue.StandingAssessed](e)
		return err == nil && (slices.Contains(d.Changed, "lifecycle") || slices.Contains(d.Changed, "red")) && d.Before != nil
	}
	return true
}

// remember keeps the name of a lead's, deal's or customer's company, so that later lines can name it.
func (v *View) remember(e facts.Event) {
	var d struct {
		After struct {
			Company string `json:"company"`
			Name    string `json:"name"`
		} `json:"after"`
	}
	if json.Unmarshal(e.Data, &d) != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case d.After.Company != "":
		v.companies[e.Subject] = d.After.Company
	case d.After.Name != "" && e.Customer != "":
		v.companies["customer/"+e.Customer] = d.After.Name
	}
}

func (v *View) company(e facts.Event) string {
	var d struct {
		After struct {
			Subject catalogue.Subject `json:"subject"`
		} `json:"after"`
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, of := range []string{e.Subject, "customer/" + e.Customer} {
		if name := v.companies[of]; name != "" {
			return name
		}
	}
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return ""
	}
	return v.companies[d.After.Subject.Kind+"/"+d.After.Subject.ID]
}

func (v *View) name(id string) string {
	p, _ := v.People.Person(id)
	return p.Name
}
