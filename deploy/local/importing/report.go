package importing

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spreadsheet"
)

// Entry is what was refused or adjusted in a row of a list that goes with the file:
// people, accounts or products. The program reports the rows of the file itself.
type Entry struct {
	File    string
	Line    int
	Outcome string // refused or adjusted
	Field   string
	Rule    string
	Value   string // what stood in the file
	Became  string
	Text    lang.Text
}

// Outcomes of an entry, as the program names them.
const (
	refused  = "refused"
	adjusted = "adjusted"
)

func (j *Job) refuse(path string, line int, value string, f problem.Field) {
	j.entries = append(j.entries, Entry{filepath.Base(path), line, refused, f.Field, f.Rule, value, "", f.Text})
}

func (j *Job) adjust(path string, line int, field, rule, value, became, zh, en string) {
	j.entries = append(j.entries, Entry{filepath.Base(path), line, adjusted, field, rule, value, became, lang.T(zh, en)})
}

// Entries gives what was refused or adjusted so far in people, accounts and products.
func (j *Job) Entries() []Entry { return j.entries }

// refusals gives what the program says is wrong with one row, nothing where the
// error is about more than that row.
func refusals(err error, field string) []problem.Field {
	var e *api.Error
	if !errors.As(err, &e) || e.Status != http.StatusUnprocessableEntity && (e.Status != http.StatusConflict || e.Problem.Rule == "") {
		return nil
	}
	if len(e.Problem.Errors) == 0 {
		return []problem.Field{{Field: field, Rule: cmp.Or(e.Problem.Rule, string(e.Problem.Code)), Text: e.Problem.Text}}
	}
	return e.Problem.Errors
}

// Report writes the report as CSV: first people, accounts and products, then the
// rows of the file. The last column names the file that a line belongs to.
func (j *Job) Report(ctx context.Context, id string, w io.Writer) error {
	body, err := j.Client.Open(ctx, j.As, http.MethodGet, "/v1/imports/"+id+"/report.csv", "", nil)
	if err != nil {
		return err
	}
	return errors.Join(j.report(body, w), body.Close())
}

func (j *Job) report(body io.Reader, w io.Writer) error {
	in, out := csv.NewReader(body), csv.NewWriter(w)
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("the program's report: %w", err)
	}
	rows := [][]string{append(header, "file")} // with the mark that spreadsheets recognise UTF-8 by
	entries := slices.SortedStableFunc(slices.Values(j.entries), func(x, y Entry) int { return cmp.Or(strings.Compare(x.File, y.File), x.Line-y.Line) })
	for _, e := range entries {
		rows = append(rows, []string{strconv.Itoa(e.Line), e.Outcome, e.Field, e.Rule, spreadsheet.Harmless(e.Value), spreadsheet.Harmless(e.Became), e.Text.Zh, e.Text.En, e.File})
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the program's report: %w", err)
		}
		if err := out.Write(append(cells, filepath.Base(j.File))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
