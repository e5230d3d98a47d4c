// Package importing brings files of another system in through the program's own
// interface: its people, its accounts, and then its leads or deals.
package importing

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
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

// Prepare brings in people and accounts, uploads the file and sets the mapping.
// Everything may be repeated: what is known already stays.
func (j *Job) Prepare(ctx context.Context) (State, error) {
	people, err := j.people(ctx)
	if err != nil {
		return State{}, fmt.Errorf("people: %w", err)
	}
	customers, err := j.customers(ctx)
	if err != nil {
		return State{}, fmt.Errorf("accounts: %w", err)
	}
	products, err := column(j.Products, "product", "name")
	if err != nil {
		return State{}, fmt.Errorf("products: %w", err)
	}
	state, err := j.upload(ctx)
	if err != nil {
		return state, err
	}
	options := map[string]any{"source": j.Source}
	for k, v := range j.Options {
		options[k] = v
	}
	for name, v := range map[string]any{"people": people, "customers": customers, "products": products} {
		options[name] = v
	}
	change := map[string]any{"options": options}
	if len(j.Fields) > 0 {
		change["fields"] = merged(state.Mapping.Fields, j.Fields)
	}
	if len(j.Stages) > 0 {
		change["stages"] = merged(state.Mapping.Stages, j.Stages)
	}
	return state, j.Client.Do(ctx, j.As, http.MethodPut, "/v1/imports/"+state.ID+"/mapping", change, &state)
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

// Run carries the import out and tells its progress until it has ended.
func (j *Job) Run(ctx context.Context, id string, progress func(State)) (State, error) {
	var s State
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

// Report writes the report as CSV.
func (j *Job) Report(ctx context.Context, id string, w io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, j.Client.URL+"/v1/imports/"+id+"/report.csv", nil)
	if err != nil {
		return err
	}
	token, err := j.Client.Token(j.As)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, resp.Body)
	return errors.Join(err, resp.Body.Close())
}

// people adds the people of a file under their managers, unless somebody of
// that name is known, and gives their ids by name.
func (j *Job) people(ctx context.Context) (map[string]string, error) {
	rows, err := table(j.People)
	if err != nil || len(rows) == 0 {
		return map[string]string{}, err
	}
	ids, err := j.known(ctx)
	if err != nil {
		return ids, err
	}
	add := func(name string, person map[string]any) error {
		if name == "" || ids[name] != "" {
			return nil
		}
		person["name"], person["language"] = name, "en"
		id, err := j.Client.Post(api.WithKey(ctx, "import:"+j.Source+":"+name), j.As, "/v1/people", person)
		ids[name] = id
		return err
	}
	for _, r := range rows {
		manager := first(r, "manager", "supervisor", "主管")
		if err := add(manager, map[string]any{"roles": []string{"sales_manager"}, "supervisor": j.As}); err != nil {
			return ids, err
		}
		seller := map[string]any{"roles": []string{"salesperson"}}
		if manager != "" {
			seller["supervisor"] = ids[manager]
		}
		if err := add(first(r, "sales_agent", "name", "姓名"), seller); err != nil {
			return ids, err
		}
	}
	return ids, nil
}

// known gives the ids of the people there are, by name.
func (j *Job) known(ctx context.Context) (map[string]string, error) {
	ids := map[string]string{}
	for after := ""; ; {
		var page struct {
			Items []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := j.Client.Do(ctx, j.As, http.MethodGet, "/v1/people?limit=200&after="+url.QueryEscape(after), nil, &page); err != nil {
			return ids, err
		}
		for _, p := range page.Items {
			ids[p.Name] = p.ID
		}
		if after = page.Next; after == "" {
			return ids, nil
		}
	}
}

// perCall is how many accounts are matched with one call.
const perCall = 200

// customers matches or creates the accounts of a file and gives their ids by name.
func (j *Job) customers(ctx context.Context) (map[string]string, error) {
	ids := map[string]string{}
	rows, err := table(j.Accounts)
	if err != nil {
		return ids, err
	}
	for part := range slices.Chunk(rows, perCall) {
		var items []map[string]any
		var names []string
		for _, r := range part {
			name := first(r, "account", "name", "company", "客户公司名称")
			if name == "" {
				continue
			}
			names = append(names, name)
			item := map[string]any{"id": j.Source + ":" + slug(name), "name": name}
			if sector := first(r, "sector", "industry", "行业"); sector != "" {
				item["sector"] = sector
			}
			items = append(items, item)
		}
		var answer struct {
			Items []struct {
				Customer string `json:"customer"`
			} `json:"items"`
		}
		if err := j.Client.Do(ctx, j.As, http.MethodPost, "/v1/customers/matches", map[string]any{"items": items}, &answer); err != nil {
			return ids, err
		}
		for i, name := range names {
			ids[name] = answer.Items[i].Customer
		}
	}
	return ids, nil
}

// table reads a CSV file as rows by lower-case header; no file gives no rows.
func table(path string) ([]map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var out []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, h := range all[0] {
			row[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = strings.TrimSpace(cells[i])
		}
		out = append(out, row)
	}
	return out, nil
}

func column(path string, headers ...string) ([]string, error) {
	rows, err := table(path)
	values := []string{}
	for _, r := range rows {
		if v := first(r, headers...); v != "" {
			values = append(values, v)
		}
	}
	return values, err
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
