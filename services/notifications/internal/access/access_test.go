package access_test

import (
	"testing"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

func guard() access.Guard {
	return access.Guard{Clock: func() instant.Time { return now }, People: directory.Of(
		catalogue.Person{ID: "me", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "mate", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "junior", Active: true, Team: "south", Supervisor: "me"},
		catalogue.Person{ID: "stranger", Active: true, Team: "west", Supervisor: "other"},
		catalogue.Person{ID: "away", Active: true, Team: "west", Absences: []catalogue.Absence{{From: now - 1, To: now + 1, Delegate: "me"}}},
	)}
}

// Whose things the matrix asks about, in the order of its letters.
var holders = []string{"me", "away", "mate", "junior", "stranger"}

const (
	own   = "yynnn"
	mates = "yyynn"
	team  = "yyyyn"
	all   = "yyyyy"
)

func worker(reads string) map[access.Action]string {
	return map[access.Action]string{access.TaskRead: reads, access.TaskCreate: mates, access.TaskDo: own, access.ReminderRead: own, access.DeliveryRead: own,
		access.EventsFollow: own, access.SubjectTasks: all}
}

func senior() map[access.Action]string {
	return map[access.Action]string{access.TaskRead: all, access.TaskCreate: all, access.TaskDo: all, access.TaskReassign: all, access.ReminderRead: own,
		access.DeliveryRead: all, access.DeliveryRetry: all, access.EventsFollow: own, access.SubjectTasks: all, access.EverybodyTasks: all}
}

// each role, action and holder.
var matrix = map[auth.Role]map[access.Action]string{
	auth.Salesperson: worker(mates), auth.AccountManager: worker(mates), auth.Service: worker(all), auth.Success: worker(all),
	auth.Implementation: worker(all), auth.Marketing: worker(all), auth.Operations: worker(all), auth.Product: worker(own), auth.Technical: worker(own),
	auth.SalesManager: {access.TaskRead: team, access.TaskCreate: all, access.TaskDo: team, access.TaskReassign: team, access.ReminderRead: own,
		access.DeliveryRead: team, access.EventsFollow: own, access.SubjectTasks: all},
	auth.SalesDirector: senior(), auth.Management: senior(),
	auth.Administrator: {access.TaskRead: all, access.TaskDo: own, access.ReminderRead: own, access.DeliveryRead: all, access.DeliveryRetry: all,
		access.WebhookManage: all, access.EventsFollow: own, access.SubjectTasks: all, access.EverybodyTasks: all},
	auth.System: {access.Effect: all, access.TaskRead: all, access.SubjectTasks: all, access.EverybodyTasks: all},
}

func TestMatrix(t *testing.T) {
	g := guard()
	for _, role := range append(auth.Roles, auth.System) {
		row, ok := matrix[role]
		if !ok {
			t.Errorf("no row for %s", role)
		}
		for _, action := range access.Actions {
			want := row[action]
			if want == "" {
				want = "nnnnn"
			}
			for i, h := range holders {
				err := g.May(auth.Principal{ID: "me", Roles: []auth.Role{role}}, action, h)
				if (err == nil) != (want[i] == 'y') {
					t.Errorf("%s %s of %s: %v, want %c", role, action, h, err, want[i])
				}
			}
		}
	}
}
