package timeline

import (
	"context"
	"errors"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

const tag = "Timeline"

func (t *Timeline) register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("POST", "/v1/timeline", "append-timeline", "Tell what happened with a customer",
		"EntryAnswers 201 recorded, 200 known (told before under the same source and source_id: nothing changes), 202 unmatched (nobody known; kept aside) (R-081)."), t.postOne)
	batch := op("POST", "/v1/timeline/batch", "append-timeline-batch", "Tell of many things at once", "Each item is answered by itself, in order (R-081).")
	batch.Status, batch.MaxBody = http.StatusOK, 8<<20
	httpx.Handle(s, batch, t.postMany)
	httpx.Handle(s, op("GET", "/v1/customers/{id}/timeline", "list-timeline", "A customer's timeline", "Newest first by when it occurred (R-036, R-081)."), t.list)
	httpx.Handle(s, op("GET", "/v1/timeline/unmatched", "list-unmatched-timeline", "What belongs to nobody known", "Oldest first."), t.listUnmatched)
	again := op("POST", "/v1/timeline/unmatched/retries", "retry-unmatched-timeline", "Look again whose it is",
		"Of the ids given, or the 500 oldest; with a customer they are placed there. Most find their place by themselves once the customer is known.")
	again.Status = http.StatusOK
	httpx.Handle(s, again, t.retryUnmatched)
}

type output[T any] struct {
	Status int
	Body   T
}

type draftInput struct{ Body EntryDraft }

// ToldAnswer is what became of an entry.
type ToldAnswer struct {
	Status string                  `json:"status" enum:"recorded,known,unmatched,refused" doc:"recorded: on the timeline; known: told before, nothing changed; unmatched: nobody known, kept aside; refused: see errors"`
	ID     string                  `json:"id,omitempty"`
	Entry  catalogue.TimelineEntry `json:"entry"`
	Reason *lang.Text              `json:"reason,omitempty" doc:"Why it is unmatched or refused"`
	Errors []problem.Field         `json:"errors,omitempty"`
}

var statuses = map[string]int{Recorded: http.StatusCreated, Known: http.StatusOK, Parked: http.StatusAccepted}

func (t *Timeline) postOne(ctx context.Context, in *draftInput) (*output[ToldAnswer], error) {
	p, d := auth.From(ctx), in.Body
	if d.Source == "" && !p.Is(auth.System) { // a note of a person's own
		d.Source = "manual"
		if d.SourceID == "" {
			d.SourceID = httpx.NewID(ctx)
		}
		if d.By == "" {
			d.By = p.ID
		}
	}
	o, err := t.Tell(ctx, p, d)
	if err != nil {
		return nil, err
	}
	return &output[ToldAnswer]{statuses[o.State], ToldAnswer{Status: o.State, ID: o.Entry.ID, Entry: o.Entry, Reason: o.Reason}}, nil
}

type draftsInput struct {
	Body struct {
		Items []EntryDraft `json:"items" minItems:"1" maxItems:"500"`
	}
}

// EntryAnswers are in the order of the items.
type EntryAnswers struct {
	Items []EntryAnswer `json:"items"`
}

// EntryAnswer is what became of an item; the entry itself is left out.
type EntryAnswer struct {
	Status string          `json:"status" enum:"recorded,known,unmatched,refused"`
	ID     string          `json:"id,omitempty"`
	Reason *lang.Text      `json:"reason,omitempty"`
	Errors []problem.Field `json:"errors,omitempty"`
}

func (t *Timeline) postMany(ctx context.Context, in *draftsInput) (*output[EntryAnswers], error) {
	told, err := t.TellMany(ctx, auth.From(ctx), in.Body.Items)
	if err != nil {
		return nil, err
	}
	out := EntryAnswers{Items: make([]EntryAnswer, 0, len(told))}
	for _, o := range told {
		a := EntryAnswer{Status: o.State, ID: o.Outcome.Entry.ID, Reason: o.Reason}
		var refused *problem.Error
		if errors.As(o.Err, &refused) {
			a = EntryAnswer{Status: "refused", Reason: &refused.Text, Errors: refused.Fields}
		}
		out.Items = append(out.Items, a)
	}
	return &output[EntryAnswers]{http.StatusOK, out}, nil
}

type listInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.PageParams
	Kind      []string `query:"kind" maxItems:"40" doc:"Only these kinds, separated by commas"`
	Direction string   `query:"direction" enum:"inbound,outbound,none"`
	Source    string   `query:"source" maxLength:"40"`
	From      string   `query:"from" maxLength:"40" doc:"Occurred from then on: a time with a zone"`
	To        string   `query:"to" maxLength:"40" doc:"Occurred before then"`
	Unique    bool     `query:"unique" doc:"Without what another source told first"`
}

func (t *Timeline) list(ctx context.Context, in *listInput) (*httpx.List[catalogue.TimelineEntry], error) {
	f := Filter{Kinds: in.Kind, Direction: in.Direction, Source: in.Source, Unique: in.Unique}
	var c checks
	f.From, f.To = c.asked("query.from", in.From), c.asked("query.to", in.To)
	if err := problem.InvalidFields(c.wrong...); err != nil {
		return nil, err
	}
	list, next, err := t.List(ctx, auth.From(ctx), in.ID, f, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type pageInput struct{ httpx.PageParams }

func (t *Timeline) listUnmatched(ctx context.Context, in *pageInput) (*httpx.List[UnmatchedEntry], error) {
	list, next, err := t.ListUnmatched(ctx, auth.From(ctx), in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type retryInput struct {
	Body struct {
		IDs      []string `json:"ids,omitempty" maxItems:"500"`
		Customer string   `json:"customer,omitempty" maxLength:"200" doc:"Whose they are, if somebody knows"`
	}
}

func (t *Timeline) retryUnmatched(ctx context.Context, in *retryInput) (*output[RetriedEntries], error) {
	r, err := t.Retry(ctx, auth.From(ctx), in.Body.IDs, in.Body.Customer)
	if err != nil {
		return nil, err
	}
	return &output[RetriedEntries]{http.StatusOK, r}, nil
}
