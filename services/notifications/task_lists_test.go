package notifications_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// everybody sees who acts next; lists are by due time and neither skip nor repeat.
func TestLists(t *testing.T) {
	o := start(t, config.Config{})
	base := instant.Now().Add(time.Hour)
	for i := range 60 {
		who := []string{"wang", "zhao", "li"}[i%3]
		o.open(fmt.Sprintf("t%02d", i), catalogue.TaskNextTouch, fmt.Sprintf("lead/l%d", i%4), who, base.Add(time.Duration(i/5)*time.Minute))
	}
	team := o.list("boss", "scope=team&limit=7")
	seen := map[string]bool{}
	for i, x := range team {
		if seen[x.ID] || x.Assignee == "li" || i > 0 && x.Due < team[i-1].Due {
			t.Errorf("team list at %d: %+v", i, x)
		}
		seen[x.ID] = true
	}
	if len(team) != 40 {
		t.Errorf("team: %d", len(team))
	}
	if n := len(o.list("director", "scope=all&limit=9")); n != 60 {
		t.Errorf("all: %d", n)
	}
	if n := len(o.list("wang", "subject=lead/l0&limit=4")); n != 15 {
		t.Errorf("of a lead: %d", n)
	}
	if n := len(o.list("wang", "scope=mine&due_to="+base.Add(time.Minute).String())); n != 2 {
		t.Errorf("due: %d", n)
	}
	for query, want := range map[string]int{"scope=all": 403, "scope=team&after=x": 422, "after=x": 422, "due_from=x": 422, "subject=x": 422, "scope=x": 422, "status=done": 200} {
		if status, _ := o.call("wang", "GET", "/v1/tasks?"+query, nil, nil); status != want {
			t.Errorf("%s: %d, want %d", query, status, want)
		}
	}
}

// what one person has to do, as organization's holdings link to it, for
// whoever may see it: oneself, team mates, those above, and all for directors.
func TestTasksOfAPerson(t *testing.T) {
	o := start(t, config.Config{})
	base := instant.Now().Add(time.Hour)
	for i := range 30 {
		o.open(fmt.Sprintf("t%02d", i), catalogue.TaskNextTouch, fmt.Sprintf("lead/l%d", i), []string{"wang", "mate", "li"}[i%3], base.Add(time.Duration(i)*time.Minute))
	}
	for who, may := range map[string]string{"wang": "wang mate", "zhao": "zhao", "li": "li", "boss": "boss wang mate zhao", "director": "", "admin": ""} {
		for _, assignee := range strings.Fields("wang mate zhao li boss director admin") {
			var p httpx.Problem
			status, _ := o.call(who, "GET", "/v1/tasks?assignee="+assignee, nil, &p)
			all := who == "director" || who == "admin"
			want := 403
			if all || slices.Contains(strings.Fields(may), assignee) {
				want = 200
			}
			if status != want || want == 403 && !strings.HasPrefix(p.Rule, "task.read.") {
				t.Errorf("%s reads tasks of %s: %d %s, want %d", who, assignee, status, p.Rule, want)
			}
		}
	}
	list := o.list("boss", "assignee=mate&limit=4")
	if len(list) != 10 {
		t.Errorf("%d tasks, want 10", len(list))
	}
	for i, x := range list {
		if x.Assignee != "mate" || i > 0 && x.Due <= list[i-1].Due {
			t.Errorf("at %d: %+v", i, x)
		}
	}
	if n := len(o.list("director", "assignee=li&due_to="+base.Add(9*time.Minute).String())); n != 3 {
		t.Errorf("due: %d", n)
	}
	if n := len(o.list("wang", "assignee=wang&status=done")); n != 0 {
		t.Errorf("done: %d", n)
	}
	if status, _ := o.call("director", "GET", "/v1/tasks?assignee=wang&subject=lead/l0", nil, nil); status != 422 {
		t.Errorf("of a person and of a subject: %d", status)
	}
}
