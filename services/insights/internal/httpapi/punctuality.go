package httpapi

import (
	"context"
	"encoding/base64"
	"slices"
	"time"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/punctuality"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Punctuality serves how promptly people record their follow-ups.
type Punctuality struct {
	Book   *punctuality.Book
	Guard  access.Guard
	People *directory.Directory
	Clock  instant.Clock
}

// The period of a report: thirty days unless told, a year and a day at most.
const (
	usualPeriod = 30 * 24 * time.Hour
	mostPeriod  = 366 * 24 * time.Hour
)

// PeriodParams name the period of a report.
type PeriodParams struct {
	From string `query:"from" format:"date-time" doc:"Recorded from this instant on; by default thirty days before to"`
	To   string `query:"to" format:"date-time" doc:"Recorded before this instant; by default now"`
}

func (in PeriodParams) period(now instant.Time) (punctuality.Period, error) {
	p := punctuality.Period{To: now}
	var wrong []problem.Field
	read := func(name, text string, into *instant.Time) {
		if text == "" {
			return
		}
		v, err := instant.Parse(text)
		if err != nil {
			wrong = append(wrong, problem.FieldError("query."+name, "date_time", "应为带时区的 RFC 3339 时间", "must be an RFC 3339 time with a zone"))
		}
		*into = v
	}
	read("to", in.To, &p.To)
	p.From = p.To.Add(-usualPeriod)
	read("from", in.From, &p.From)
	switch {
	case len(wrong) > 0:
	case p.From >= p.To:
		wrong = append(wrong, problem.FieldError("query.from", "before_to", "必须早于 to", "must be before to"))
	case p.To.Sub(p.From) > mostPeriod:
		wrong = append(wrong, problem.FieldError("query.from", "maximum", "期间最长 366 天", "the period may be 366 days at most"))
	}
	return p, problem.InvalidFields(wrong...)
}

// OwnerFigures are the figures of one person in a period.
type OwnerFigures struct {
	Owner string       `json:"owner"`
	Name  string       `json:"name,omitempty"`
	From  instant.Time `json:"from"`
	To    instant.Time `json:"to"`
	punctuality.Figures
}

// LateRecord is one follow-up that was recorded late, or on time.
type LateRecord struct {
	ID string `json:"id" doc:"The fact that recorded it"`
	punctuality.Record
}

// Register adds the operations.
func (a *Punctuality) Register(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/late-records", ID: "late-records", Tag: "insights", Summary: "Recorded on time or late, per owner and period",
		Description: "How many follow-ups each owner recorded within the time of the policy, how many later, and by how much (R-024). One sees oneself; managers see their team, directors and management all."}, a.owners)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/late-records/{owner}", ID: "late-records-of-owner", Tag: "insights",
		Summary: "The late records of an owner, newest first"}, a.records)
}

func (a *Punctuality) owners(ctx context.Context, in *struct {
	httpx.PageParams
	PeriodParams
	Owner string `query:"owner" maxLength:"60" doc:"Only this person"`
}) (*httpx.List[OwnerFigures], error) {
	p, err := in.period(a.Clock())
	if err != nil {
		return nil, err
	}
	people, err := a.reached(auth.From(ctx), in.Owner)
	if err != nil {
		return nil, err
	}
	if people, err = from(people, in.After); err != nil {
		return nil, err
	}
	next := ""
	if len(people) > in.Limit {
		people = people[:in.Limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(people[in.Limit-1]))
	}
	items := make([]OwnerFigures, len(people))
	for i, id := range people {
		known, _ := a.People.Person(id)
		items[i] = OwnerFigures{Owner: id, Name: known.Name, From: p.From, To: p.To}
		if items[i].Figures, err = a.Book.Of(ctx, id, p); err != nil {
			return nil, err
		}
	}
	return httpx.NewList(items, next), nil
}

// reached gives the people whose figures the caller may see, or the one asked for.
func (a *Punctuality) reached(p auth.Principal, owner string) ([]string, error) {
	if owner != "" {
		return []string{owner}, a.Guard.May(p, access.LateRecords, owner)
	}
	return a.Guard.Reached(p, access.LateRecords, a.People.Everybody())
}

// from gives the people after the one whom a cursor names.
func from(people []string, after string) ([]string, error) {
	if after == "" {
		return people, nil
	}
	last, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(last) == 0 {
		return nil, store.ErrBadCursor
	}
	i, found := slices.BinarySearch(people, string(last))
	if found {
		i++
	}
	return people[i:], nil
}

func (a *Punctuality) records(ctx context.Context, in *struct {
	httpx.PageParams
	PeriodParams
	Owner string `path:"owner" maxLength:"60"`
	Late  bool   `query:"late" default:"true" doc:"false: those recorded on time"`
}) (*httpx.List[LateRecord], error) {
	if err := a.Guard.May(auth.From(ctx), access.LateRecords, in.Owner); err != nil {
		return nil, err
	}
	p, err := in.period(a.Clock())
	if err != nil {
		return nil, err
	}
	page, err := a.Book.Page(ctx, in.Owner, in.Late, p, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	items := make([]LateRecord, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = LateRecord{d.ID, d.Body}
	}
	return httpx.NewList(items, page.Next), nil
}
