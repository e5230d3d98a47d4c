package importing

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// Records is an import of customers, or of what they ordered, from a CSV file with
// headers, or from a purchase log as the research literature has it (CDNOW): lines
// of customer, sample, day, pieces and dollars.
type Records struct {
	Client   *api.Client
	As       string
	File     string
	Source   string // name of the other system: with it, its ids are one's own
	Currency string // of amounts without one
	Zone     string // IANA time zone of days
	Kind     string // company or person, where a customer's row does not say
	Channel  string // of orders that name none
}

// Imported is how an import of records ended.
type Imported struct {
	Rows    int // lines that hold something
	Records int // customers or orders that they make
	Created int
	Known   int // there already
	Refused []Refusal
	Units   int64
	Sums    map[string]money.Amount // by currency, of what was created or known
}

// Refusal is a row that was not taken, and why.
type Refusal struct {
	Line   int
	ID     string
	Errors []problem.Field
}

// row is one line of a file by the name of the field.
type row struct {
	line  int
	cells map[string]string
}

// logged are the fields of a purchase log's line.
var logged = []string{"customer", "sample", "date", "units", "amount"}

// read gives the rows of a file. A first line of five numbers is that of a purchase log.
func read(path string) ([]row, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if isLog(raw) {
		return readLog(raw)
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1 // what is missing is said row by row
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: %w", err)
	}
	var out []row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		one := row{line, map[string]string{}}
		for i, h := range header {
			if i < len(cells) {
				one.cells[strings.ToLower(strings.TrimSpace(h))] = strings.TrimSpace(cells[i])
			}
		}
		out = append(out, one)
	}
}

func isLog(raw []byte) bool {
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	fields := bytes.Fields(first)
	if len(fields) != len(logged) {
		return false
	}
	for _, f := range fields {
		if _, err := strconv.ParseFloat(string(f), 64); err != nil {
			return false
		}
	}
	return true
}

// readLog gives the rows of a purchase log; a line of another length keeps what it
// has, and is refused where something is missing.
func readLog(raw []byte) ([]row, error) {
	var out []row
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		one := row{n, map[string]string{}}
		for i, f := range fields {
			if i < len(logged) {
				one.cells[logged[i]] = f
			} else {
				one.cells["rest"] = strings.Join(fields[i:], " ")
			}
		}
		out = append(out, one)
	}
	return out, lines.Err()
}

// field gives the first of several names that a row has.
func (r row) field(names ...string) string { return first(r.cells, names...) }

// customerOf gives the id of a row's customer in its own system.
func (r row) customerOf() string {
	return r.field("customer", "customer_id", "account", "external", "客户", "客户编号")
}

// days are the ways in which files write days and times.
var days = []string{"20060102", "2006-01-02", "2006/01/02", "2006/1/2"}

// when reads a time, or a day as its noon in the zone.
func when(text string, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true
	}
	for _, layout := range days {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.Add(12 * time.Hour), true
		}
	}
	return time.Time{}, false
}

func wrong(field, rule, zh, en string) problem.Field {
	return problem.Field{Field: field, Rule: rule, Text: lang.T(zh, en)}
}

// WriteRefusals writes the refused rows as CSV, a line for each thing that is wrong.
func WriteRefusals(w io.Writer, list []Refusal) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "id", "field", "rule", "zh", "en"}); err != nil {
		return err
	}
	for _, r := range list {
		for _, e := range r.Errors {
			if err := out.Write([]string{strconv.Itoa(r.Line), r.ID, e.Field, e.Rule, e.Text.Zh, e.Text.En}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
