// Package importing brings files of another system in through the program's own
// interface: its people, its accounts, and then its leads or deals.
package importing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// Job says what is imported.
type Job struct {
	Client   *api.Client
	As       string // administrator or manager who imports
	Kind     string // leads or deals
	File     string
	Source   string // name of the other system
	People   string // CSV of people: name, and optionally manager
	Accounts string // CSV of accounts: name, and optionally sector
	Products string // CSV of products: name
	Options  map[string]any
	Fields   map[string]string // field → header, over what was guessed
	Stages   map[string]string // value → stage, over what was guessed

	// Staff and Customers are what People and Accounts make, known once Prepare was called.
	Staff     Before
	Customers Before

	staff    []person
	accounts []account
	products []string
	ids      map[string]string // of people, by name
	entries  []Entry
}

// State of an import at the program.
type State struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Rows    int    `json:"rows"`
	Percent int    `json:"percent"`
	Mapping struct {
		Fields    map[string]string `json:"fields"`
		Stages    map[string]string `json:"stages"`
		DateOrder string            `json:"date_order"`
	} `json:"mapping"`
	Counts struct {
		Created    int                     `json:"created"`
		Unchanged  int                     `json:"unchanged"`
		Refused    int                     `json:"refused"`
		Adjusted   int                     `json:"adjusted"`
		ByStage    map[string]int          `json:"by_stage"`
		WonAmounts map[string]money.Amount `json:"won_amounts"`
	} `json:"counts"`
	Error string `json:"error"`
}

// Preview is what an import would make of its file.
type Preview struct {
	Rows     int            `json:"rows"`
	Refused  int            `json:"refused"`
	Adjusted int            `json:"adjusted"`
	Rules    map[string]int `json:"rules"`
	Stages   map[string]int `json:"stages"`
}

// Prepare reads people, accounts and products, uploads the file and sets the mapping
// as it would be. Nobody is added and no account is made before Run.
func (j *Job) Prepare(ctx context.Context) (State, error) {
	j.entries = nil
	if err := j.readPeople(ctx); err != nil {
		return State{}, fmt.Errorf("people: %w", err)
	}
	if err := j.readAccounts(ctx); err != nil {
		return State{}, fmt.Errorf("accounts: %w", err)
	}
	if err := j.readProducts(); err != nil {
		return State{}, fmt.Errorf("products: %w", err)
	}
	state, err := j.upload(ctx)
	if err != nil {
		return state, err
	}
	customers := map[string]string{}
	for _, a := range j.accounts {
		customers[a.name] = j.asked(a.name) // the file that would be opened has this id
	}
	change := map[string]any{"options": j.options(customers, j.Staff.New)}
	if len(j.Fields) > 0 {
		change["fields"] = merged(state.Mapping.Fields, j.Fields)
	}
	if len(j.Stages) > 0 {
		change["stages"] = merged(state.Mapping.Stages, j.Stages)
	}
	if err := j.Client.Do(ctx, j.As, http.MethodPut, "/v1/imports/"+state.ID+"/mapping", change, &state); err != nil {
		return state, errors.Join(err, j.Discard(ctx, state.ID))
	}
	return state, nil
}

func (j *Job) readProducts() error {
	rows, _, err := j.table(j.Products, "product", "name")
	j.products = []string{}
	for _, r := range rows {
		j.products = append(j.products, r.field("product", "name"))
	}
	return err
}

// options are what is known of the file, with people who are yet to be added.
func (j *Job) options(customers map[string]string, expected []string) map[string]any {
	options := map[string]any{"source": j.Source}
	for k, v := range j.Options {
		options[k] = v
	}
	options["people"], options["customers"], options["products"] = j.ids, customers, j.products
	if len(expected) > 0 {
		options["new_people"] = expected
	}
	return options
}

func merged(guessed, given map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range guessed {
		out[k] = v
	}
	for k, v := range given {
		out[k] = v
	}
	return out
}

func (j *Job) upload(ctx context.Context) (State, error) {
	var state State
	f, err := os.Open(j.File)
	if err != nil {
		return state, err
	}
	defer func() { _ = f.Close() }() // only read
	path := "/v1/imports?kind=" + url.QueryEscape(j.Kind) + "&name=" + url.QueryEscape(filepath.Base(j.File))
	return state, j.Client.Send(ctx, j.As, http.MethodPost, path, "text/csv", f, &state)
}

// Preview asks what the import would do.
func (j *Job) Preview(ctx context.Context, id string) (Preview, error) {
	var p Preview
	return p, j.Client.Do(ctx, j.As, http.MethodGet, "/v1/imports/"+id+"/preview", nil, &p)
}

// askEvery is how often the progress is asked for.
const askEvery = 200 * time.Millisecond

// Discard forgets an upload that is not to be run.
func (j *Job) Discard(ctx context.Context, id string) error {
	return j.Client.Do(ctx, j.As, http.MethodDelete, "/v1/imports/"+id, nil, nil)
}

// Run adds the people, matches or creates the accounts, carries the import out and
// tells its progress until it has ended. Everything may be repeated: what is there
// already stays.
func (j *Job) Run(ctx context.Context, id string, progress func(State)) (State, error) {
	var s State
	if err := j.addPeople(ctx); err != nil {
		return s, fmt.Errorf("people: %w", err)
	}
	customers, err := j.match(ctx, false)
	if err != nil {
		return s, fmt.Errorf("accounts: %w", err)
	}
	if err := j.settle(ctx, id, customers); err != nil {
		return s, err
	}
	if err := j.Client.Do(ctx, j.As, http.MethodPost, "/v1/imports/"+id+"/run", nil, &s); err != nil {
		return s, err
	}
	for {
		if err := j.Client.Do(ctx, j.As, http.MethodGet, "/v1/imports/"+id, nil, &s); err != nil {
			return s, err
		}
		progress(s)
		switch s.Status {
		case "done":
			return s, nil
		case "failed":
			return s, errors.New(s.Error)
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(askEvery):
		}
	}
}

// heardWithin is how long the program may take to hear of people who were just added.
const heardWithin = 30 * time.Second

// settle gives the import the ids of the people and accounts that are now there.
func (j *Job) settle(ctx context.Context, id string, customers map[string]string) error {
	for end := time.Now().Add(heardWithin); ; {
		err := j.Client.Do(ctx, j.As, http.MethodPut, "/v1/imports/"+id+"/mapping", map[string]any{"options": j.options(customers, nil)}, nil)
		var e *api.Error
		switch {
		case errors.As(err, &e) && e.Problem.Rule == "import_running":
			return nil // an earlier try got further
		case e == nil || !unheard(e) || time.Now().After(end):
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(askEvery):
		}
	}
}

// unheard tells that nothing is wrong but people of whom the program has not heard yet.
func unheard(e *api.Error) bool {
	return len(e.Problem.Errors) > 0 && !slices.ContainsFunc(e.Problem.Errors, func(f problem.Field) bool { return !strings.HasPrefix(f.Field, "options.people.") })
}

func first(row map[string]string, headers ...string) string {
	for _, h := range headers {
		if v := row[h]; v != "" {
			return v
		}
	}
	return ""
}

// slug makes an id of a name.
func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name), "_")
}
