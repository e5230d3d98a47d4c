package board

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

var begin = instant.Of(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))

func at(hours int) instant.Time { return begin.Add(time.Duration(hours) * time.Hour) }

// told makes the events of one aggregate, in order.
func told(aggregate string, list ...catalogue.Data) []facts.Event {
	var out []facts.Event
	for i, d := range list {
		raw, err := json.Marshal(d)
		if err != nil {
			panic(err)
		}
		out = append(out, facts.Event{ID: fmt.Sprintf("%s/%d/0", aggregate, i+1), Type: d.Kind().Type, Aggregate: aggregate, Version: int64(i + 1), Time: at(i), Customer: "c", Data: raw})
	}
	return out
}

func dealAt(id, stage, outcome string) catalogue.Deal {
	return catalogue.Deal{ID: id, Title: "单" + id, Customer: "c", Stage: stage, StageType: stage, Outcome: outcome, OpenedAt: at(0), ClosedAt: at(50), StageSince: at(2), Objections: []string{"price"}, Need: "螺丝"}
}

func follow(kind, id string, n int) *catalogue.FollowUpRecorded {
	return &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: fmt.Sprint(n), Subject: catalogue.Subject{Kind: kind, ID: id}, By: "wang", OccurredAt: at(n), RecordedAt: at(n), Channel: "phone", Direction: "outbound",
		KeyPoints: "谈了", NextAction: fmt.Sprintf("第%d步", n), NextTouchAt: at(n + 24), Objections: []string{"feature"}, Question: fmt.Sprintf("问题%d", n)}}
}

func entryAt(id, kind string, hours int) []facts.Event {
	return told("timeline/"+id, &catalogue.TimelineRecorded{After: catalogue.TimelineEntry{ID: id, Customer: "c", Kind: kind, Direction: "inbound", OccurredAt: at(hours), Says: lang.T("话", "words")}})
}

// history is what happens with a customer, by aggregate.
func history() [][]facts.Event {
	lost := dealAt("d2", "quoted", catalogue.DealLost)
	return [][]facts.Event{
		told("deal/d1", &catalogue.DealOpened{After: dealAt("d1", "need", catalogue.DealOpen)}, follow("deal", "d1", 3), &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", Amount: money.Of(5, "CNY"), SentAt: at(4)}},
			&catalogue.StageChanged{Deal: "d1", State: dealAt("d1", "quoted", catalogue.DealOpen)}, &catalogue.DealClosed{Deal: "d1", State: dealAt("d1", "won", catalogue.DealWon)}),
		told("deal/d2", &catalogue.DealOpened{After: dealAt("d2", "need", catalogue.DealOpen)}, &catalogue.DealClosed{Deal: "d2", State: lost}, &catalogue.DealReopened{Deal: "d2", State: dealAt("d2", "quoted", catalogue.DealOpen)}, follow("deal", "d2", 60)),
		told("lead/l1", &catalogue.LeadLinked{Lead: "l1", After: catalogue.Lead{ID: "l1", Customer: "c", Need: "样品", Status: catalogue.LeadContacted, Owner: "wang"}}, &catalogue.LeadStatusChanged{Lead: "l1", After: catalogue.LeadConverted}),
		told("ownership/c", &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "c", Owner: "wang"}}, &catalogue.CustomerPooled{After: catalogue.Ownership{Customer: "c", Pooled: true}}),
		told("ownership/other", &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "other", Owner: "zhao"}}),
		told("case/k", &catalogue.CaseOpened{After: catalogue.Case{ID: "k", Customer: "c", Title: "少发", Status: catalogue.CaseNew}}, &catalogue.CaseStepped{After: catalogue.Case{ID: "k", Customer: "c", Status: catalogue.CaseClosed}}),
		told("contract/t", &catalogue.ContractSignedFact{After: catalogue.Contract{ID: "t", Customer: "c", Status: catalogue.ContractSigned, DraftedAt: at(1), SignedAt: at(40)}}),
		told("attachment/a", &catalogue.AttachmentStored{After: catalogue.Attachment{ID: "a", Name: "报价.pdf", At: at(4)}}, &catalogue.AttachmentRemoved{Before: catalogue.Attachment{ID: "a"}}),
		entryAt("m1", "mail", 5), entryAt("m2", "mail", 9), entryAt("o1", "order", 45),
	}
}

// facts may come again and those of different things in any order;
// the board is the same.
func TestTheBoardIsTheSameInAnyOrder(t *testing.T) {
	var straight Board
	straight.Customer = "c"
	for _, events := range history() {
		for _, e := range events {
			if err := straight.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	straight.Won[0].Fulfilled = "" // which of those that fulfil it came first depends on the order
	want, _ := json.Marshal(straight)
	rapid.Check(t, func(t *rapid.T) {
		b := Board{Customer: "c"}
		queues := history()
		var past []facts.Event
		for len(queues) > 0 {
			i := rapid.IntRange(0, len(queues)-1).Draw(t, "which")
			e := queues[i][0]
			if err := b.Apply(e); err != nil {
				t.Fatal(err)
			}
			past = append(past, e)
			if queues[i] = queues[i][1:]; len(queues[i]) == 0 {
				queues = slices.Delete(queues, i, i+1)
			}
			if rapid.Bool().Draw(t, "again") { // redelivered from some point on
				for _, e := range past[rapid.IntRange(0, len(past)-1).Draw(t, "from"):] {
					if err := b.Apply(e); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if len(b.Won) != 1 || b.Won[0].Fulfilled == "" {
			t.Fatalf("won: %+v", b.Won)
		}
		b.Won[0].Fulfilled = ""
		if got, _ := json.Marshal(b); string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// what the board holds in the end.
func TestWhatTheBoardHolds(t *testing.T) {
	b := Board{Customer: "c"}
	for _, events := range history() {
		for _, e := range events {
			if err := b.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	items := b.Items()
	if len(items) != 2 || items[0].Subject.ID != "d2" || items[1].Subject.ID != "t" {
		t.Errorf("runs: %+v", items)
	}
	if d := items[0]; d.Promise != "第60步" || d.PromisedBy != "wang" || len(d.Objections) != 2 {
		t.Errorf("deal: %+v", d)
	}
	if !b.Owner.Pooled || len(b.Lost) != 0 || len(b.Won) != 1 || len(b.Quotes) != 1 || len(b.Attachments) != 0 || len(b.Questions) != 2 {
		t.Errorf("board: %+v", b)
	}
	if heard, ok := b.Latest(catalogue.Inbound, Spoken); !ok || heard.Entry != "o1" {
		t.Errorf("heard: %+v", heard)
	}
}
