package app

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Wanted says which tasks a list shows.
type Wanted struct {
	Scope    string // mine, team, all
	Assignee string // whose; it takes the place of the scope
	Status   string
	From, To instant.Time // of the due time
	Subject  catalogue.Subject
	Limit    int
	After    string
}

func (w Wanted) due() store.Range {
	var r store.Range
	if w.From > 0 {
		r.From = w.From.String()
	}
	if w.To > 0 {
		r.To = w.To.String()
	}
	return r
}

// List gives tasks in the order in which they are due.
func (d *Desk) List(ctx context.Context, p auth.Principal, w Wanted) ([]*store.Doc[task.Task], string, error) {
	q := store.Query{Range: w.due(), Limit: w.Limit, After: w.After}
	switch {
	case w.Subject.ID != "":
		if err := d.Guard.MayAtAll(p, access.SubjectTasks); err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = storage.BySubject, []any{w.Subject.Kind, w.Subject.ID, w.Status}
	case w.Assignee != "":
		if err := d.Guard.May(p, access.TaskRead, w.Assignee); err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = storage.ByAssignee, []any{w.Assignee, w.Status}
	case w.Scope == "all":
		if err := d.Guard.MayAtAll(p, access.EverybodyTasks); err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = storage.ByStatus, []any{w.Status}
	case w.Scope == "team":
		return d.team(ctx, p, w)
	default:
		if err := d.Guard.MayAtAll(p, access.TaskRead); err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = storage.ByAssignee, []any{p.ID, w.Status}
	}
	page, err := d.Docs.Tasks.Page(ctx, q)
	return page.Docs, page.Next, err
}

// team merges the lists of everybody below a person, and their own.
func (d *Desk) team(ctx context.Context, p auth.Principal, w Wanted) ([]*store.Doc[task.Task], string, error) {
	if err := d.Guard.MayAtAll(p, access.TaskRead); err != nil {
		return nil, "", err
	}
	at, err := parsePosition(w.After)
	if err != nil {
		return nil, "", err
	}
	if at.due != "" {
		w.From = at.from
	}
	var all []*store.Doc[task.Task]
	for _, member := range append(d.People.Team(p.ID), p.ID) {
		q := store.Query{Index: storage.ByAssignee, Equal: []any{member, w.Status}, Range: w.due(), Limit: w.Limit + 1}
		found := 0
		for found <= w.Limit {
			page, err := d.Docs.Tasks.Page(ctx, q)
			if err != nil {
				return nil, "", err
			}
			for _, doc := range page.Docs {
				if at.before(doc) {
					all = append(all, doc)
					found++
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b *store.Doc[task.Task]) int { return compare(a, b.Body.Due, b.ID) })
	if len(all) <= w.Limit {
		return all, "", nil
	}
	last := all[w.Limit-1]
	return all[:w.Limit], position{due: last.Body.Due.String(), id: last.ID}.String(), nil
}

func compare(a *store.Doc[task.Task], due instant.Time, id string) int {
	switch {
	case a.Body.Due < due:
		return -1
	case a.Body.Due > due:
		return 1
	}
	return strings.Compare(a.ID, id)
}

// position is a place in a merged list.
type position struct {
	due, id string
	from    instant.Time
}

func (p position) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.due + "|" + p.id))
}

func parsePosition(s string) (position, error) {
	if s == "" {
		return position{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	due, id, ok := strings.Cut(string(b), "|")
	at, errAt := instant.Parse(due)
	if err != nil || errAt != nil || !ok {
		return position{}, store.ErrBadCursor
	}
	return position{due, id, at}, nil
}

func (p position) before(doc *store.Doc[task.Task]) bool {
	return p.due == "" || compare(doc, p.from, p.id) > 0
}
