package transfer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/transfer"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

// every step from every status, legal or not.
func TestEveryStep(t *testing.T) {
	legal := map[string]map[transfer.Step]string{
		"requested":   {transfer.Approve: "approved", transfer.Reject: "rejected", transfer.Cancel: "cancelled"},
		"approved":    {transfer.HandOver: "handed_over", transfer.Cancel: "cancelled"},
		"handed_over": {transfer.Accept: "accepted", transfer.Reject: "rejected", transfer.Cancel: "cancelled"},
		"accepted":    {}, "rejected": {}, "cancelled": {},
	}
	for status, steps := range legal {
		if transfer.Open(status) != (len(steps) > 0) {
			t.Errorf("open(%s)", status)
		}
		for _, step := range transfer.Steps {
			before := catalogue.Transfer{ID: "t1", Status: status, RequestedAt: now - 5}
			after, err := transfer.Do(before, step, "boss", "because", now)
			want, ok := steps[step]
			if ok && (err != nil || after.Status != want) {
				t.Errorf("%s, %s: %s %v, want %s", status, step, after.Status, err, want)
			}
			var e *problem.Error
			if !ok && (!errors.As(err, &e) || e.Code != problem.Refused || after != before) {
				t.Errorf("%s, %s: is not refused untouched: %v", status, step, err)
			}
		}
	}
}

// each step is timed.
func TestStepsAreTimed(t *testing.T) {
	d, err := transfer.Request("t1", "c1", "wang", "li", "wang", "换区域", now)
	if err != nil || d.RequestedAt != now || d.Status != "requested" {
		t.Fatalf("%+v %v", d, err)
	}
	for i, step := range []transfer.Step{transfer.Approve, transfer.HandOver, transfer.Accept} {
		if d, err = transfer.Do(d, step, "boss", "说明", now.Add(time.Duration(i+1)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if d.ApprovedAt != now.Add(time.Hour) || d.HandedAt != now.Add(2*time.Hour) || d.EndedAt != now.Add(3*time.Hour) || d.Approver != "boss" || d.Note != "说明" {
		t.Errorf("%+v", d)
	}
}

// no step without the words it needs.
func TestWordsAreMandatory(t *testing.T) {
	if _, err := transfer.Request("t1", "c1", "wang", "wang", "wang", " ", now); err == nil || !strings.Contains(err.Error(), "to:") || !strings.Contains(err.Error(), "reason:") {
		t.Errorf("request to oneself without reason: %v", err)
	}
	for step, status := range map[transfer.Step]string{transfer.HandOver: "approved", transfer.Reject: "requested", transfer.Cancel: "requested"} {
		if _, err := transfer.Do(catalogue.Transfer{Status: status}, step, "wang", " ", now); err == nil {
			t.Errorf("%s without words passes", step)
		}
	}
	if _, err := transfer.Do(catalogue.Transfer{Status: "approved"}, transfer.HandOver, "wang", strings.Repeat("a", 4001), now); err == nil {
		t.Error("an endless note passes")
	}
}
