// Package duty holds what journeys with steps promise alike: something is one
// person's to do by a time. Whose it is gets a task, is reminded, warned and
// escalated past the due time, and the task is taken back once nobody waits for
// it any more. What is to be done, whose it is and when it is due each kind of
// journey says for itself.
package duty

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/workflows/journey"
)

// Matter is what a journey's tasks and reminders are about.
type Matter struct {
	Subject  catalogue.Subject
	Customer string
	Company  string
	// Name is put before what is said of it; empty: it is clear without.
	Name lang.Text
}

// Named makes a name that is the same in every language.
func Named(name string) lang.Text { return lang.T(name, name) }

// About puts the matter's name before what is said of it.
func (m Matter) About(t lang.Text) lang.Text {
	if m.Name.Zh == "" {
		return t
	}
	return lang.T(m.Name.Zh+"："+t.Zh, m.Name.En+": "+t.En)
}

// Remind tells somebody, and those above where the level says so, what is due.
func (m Matter) Remind(f *journey.Firing, level, owner string, says lang.Text) {
	m.RemindOf(f, level, owner, says, f.Due)
}

// RemindOf tells of something that is due at another time than the obligation was.
func (m Matter) RemindOf(f *journey.Firing, level, owner string, says lang.Text, due instant.Time) {
	f.Ask(journey.Remind, m.Subject, effects.Remind{Level: level, Rule: f.Rule, Subject: m.Subject, Customer: m.Customer, Owner: owner,
		Text: m.About(says), Due: due, Late: f.Late})
}

// Task gives somebody a task and gives its id.
func (m Matter) Task(f *journey.Firing, kind, assignee string, title lang.Text, due instant.Time) string {
	return f.Ask(journey.CreateTask, m.Subject, effects.CreateTask{Kind: kind, Subject: m.Subject, Customer: m.Customer, Company: m.Company,
		Title: m.About(title), Assignee: assignee, Due: due, Rule: f.Rule})
}

// Cancel takes the tasks of a kind back; rules narrows it to those of these rules.
func (m Matter) Cancel(f *journey.Firing, reason, kind string, rules ...string) {
	f.Ask(journey.CancelTasks, m.Subject, effects.CancelTasks{Subject: m.Subject, Kinds: []string{kind}, Rules: rules, Reason: reason})
}
