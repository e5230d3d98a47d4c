package importing

import (
	"encoding/csv"
	"io"
	"strconv"
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
