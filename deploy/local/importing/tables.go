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

	"liuke.dev/shared/problem"
)

// row is one line of a file by the name of the field.
type row struct {
	line   int
	cells  map[string]string
	broken *problem.Field // why it cannot be read at all
	short  bool           // has fewer fields than the header
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
	return readTable(raw)
}

// readTable gives the rows below a header. A row that cannot be read says so, and
// the next ones are read all the same.
func readTable(raw []byte) ([]row, error) {
	r := newReader(raw)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: %w", err)
	}
	for i, h := range header {
		header[i] = strings.ToLower(strings.TrimSpace(h))
	}
	var out []row
	before := 0 // lines that are behind the reader
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var torn *csv.ParseError
		switch {
		case errors.As(err, &torn):
			fault := wrong("row", "csv", "引号不配对，整行无法读取", "the quotes do not match: the row cannot be read")
			line := before + torn.StartLine
			out = append(out, row{line: line, broken: &fault})
			if torn.Line > torn.StartLine { // its open quote took the lines after it along: they are rows of their own
				before, r = line, newReader(below(raw, line))
			}
		case err != nil:
			return nil, err
		default:
			line, _ := r.FieldPos(0)
			out = append(out, rowOf(before+line, header, cells))
		}
	}
}

func newReader(raw []byte) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1 // what is missing or too much is said row by row
	return r
}

// below gives what stands after so many lines.
func below(raw []byte, lines int) []byte {
	for range lines {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	return raw
}

func rowOf(line int, header, cells []string) row {
	one := row{line: line, cells: map[string]string{}, short: len(cells) < len(header)}
	for i, cell := range cells {
		switch cell = strings.TrimSpace(cell); {
		case i < len(header):
			one.cells[header[i]] = cell
		case cell != "":
			one.broken = ragged()
		}
	}
	return one
}

func ragged() *problem.Field {
	fault := wrong("row", "columns", "列数与标题不符", "has another number of columns than the header")
	return &fault
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
		one := row{line: n, cells: map[string]string{}}
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

// table reads a list that goes with the rows: people, accounts or products. No file
// is an empty list; a row that cannot be read, or has no name, is refused.
func (j *Job) table(path string, name ...string) ([]row, int, error) {
	if path == "" {
		return nil, 0, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, 0, nil
	}
	rows, err := readTable(raw)
	if err != nil {
		return nil, 0, err
	}
	var whole []row
	for _, r := range rows {
		switch {
		case r.broken != nil:
			j.refuse(path, r.line, "", *r.broken)
		case r.short:
			j.refuse(path, r.line, "", *ragged())
		case r.field(name...) == "":
			j.refuse(path, r.line, "", problem.Required(name[0]))
		default:
			whole = append(whole, r)
		}
	}
	return whole, len(rows), nil
}
