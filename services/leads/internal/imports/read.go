package imports

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Bounds of a file.
const (
	MaxBytes   = 64 << 20
	maxColumns = 300
	maxCell    = 32 << 10
	chunkRows  = 200
	chunkBytes = 256 << 10
	detectOver = 1 << 20
	keptValues = 200
	keptLength = 120
	keptBytes  = 256 << 10 // of all columns together: they are part of one document
)

// File is what reading a file found out about it.
type File struct {
	Encoding  string
	Delimiter string
	Bytes     int64
	SHA256    string
	Columns   []Column
	Rows      int
	Chunks    int

	kept int
}

// Read reads a CSV file as it streams in and hands its rows over in chunks.
func Read(in io.Reader, chunk func(n int, rows []Row) error) (File, error) {
	counted := &counter{in: in, left: MaxBytes, hash: sha256.New()}
	text, encoding, err := decode(counted)
	if err != nil {
		return File{}, err
	}
	f := File{Encoding: encoding}
	r := newReader(text, &f)
	headers, err := r.Read()
	if err != nil {
		return File{}, counted.or(unreadable(err))
	}
	if err := f.open(headers); err != nil {
		return File{}, err
	}
	if err := f.rows(r, counted, chunk); err != nil {
		return File{}, err
	}
	f.Bytes, f.SHA256 = counted.n, hex.EncodeToString(counted.hash.Sum(nil))
	return f, nil
}

func newReader(text *bufio.Reader, f *File) *csv.Reader {
	first, _ := text.Peek(4096)
	line, _, _ := bytes.Cut(first, []byte("\n"))
	comma := ','
	for _, c := range []rune{';', '\t', '|', '，'} {
		if strings.Count(string(line), string(c)) > strings.Count(string(line), string(comma)) {
			comma = c
		}
	}
	f.Delimiter = string(comma)
	r := csv.NewReader(text)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, false
	return r
}

func (f *File) open(headers []string) error {
	if len(headers) > maxColumns {
		return bad("too_many_columns", fmt.Sprintf("超过 %d 列", maxColumns), fmt.Sprintf("has more than %d columns", maxColumns))
	}
	seen := map[string]bool{}
	for i, h := range headers {
		h = strings.TrimSpace(h)
		if h == "" {
			h = fmt.Sprintf("#%d", i+1)
		}
		if !utf8.ValidString(h) || len(h) > 500 {
			return bad("header", fmt.Sprintf("第 %d 列的标题无法读取", i+1), fmt.Sprintf("the header of column %d cannot be read", i+1))
		}
		for n := 2; seen[h]; n++ {
			h = fmt.Sprintf("%s (%d)", strings.TrimSpace(headers[i]), n)
		}
		seen[h] = true
		f.Columns = append(f.Columns, Column{Header: h, Values: []string{}})
	}
	return nil
}

func (f *File) rows(r *csv.Reader, counted *counter, chunk func(int, []Row) error) error {
	distinct := make([]map[string]bool, len(f.Columns))
	for i := range distinct {
		distinct[i] = map[string]bool{}
	}
	var rows []Row
	size := 0
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		f.Chunks++
		err := chunk(f.Chunks-1, rows)
		rows, size = nil, 0
		return err
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		row, err := rowOf(r, cells, err, len(f.Columns))
		if err != nil {
			return counted.or(err)
		}
		if row.Broken == "" && blank(row.Cells) {
			continue
		}
		f.Rows++
		f.note(row, distinct)
		n := 64
		for _, c := range row.Cells {
			n += len(c) + 8
		}
		if len(rows) == chunkRows || size+n > chunkBytes {
			if err := flush(); err != nil {
				return err
			}
		}
		rows, size = append(rows, row), size+n
	}
}

// rowOf makes the row of a record; what cannot be read is a broken row, not the end.
func rowOf(r *csv.Reader, cells []string, err error, columns int) (Row, error) {
	var p *csv.ParseError
	switch {
	case errors.As(err, &p):
		return Row{Line: p.StartLine, Broken: "csv"}, nil
	case err != nil:
		return Row{}, err
	}
	line, _ := r.FieldPos(0)
	row := Row{Line: line}
	for len(cells) > columns && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) != columns:
		row.Broken = "columns"
	case tooLong(cells):
		row.Broken = "too_long"
	}
	for _, c := range cells {
		if !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError) || strings.ContainsRune(c, 0) {
			row.Broken = "encoding"
		}
	}
	if row.Broken == "" {
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		row.Cells = cells
	}
	return row, nil
}

func tooLong(cells []string) bool {
	sum := 0
	for _, c := range cells {
		if sum += len(c); len(c) > maxCell {
			return true
		}
	}
	return sum > chunkBytes/2
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

func (f *File) note(row Row, distinct []map[string]bool) {
	for i, v := range row.Cells {
		if v == "" {
			continue
		}
		c := &f.Columns[i]
		c.Filled++
		if len(v) > keptLength || distinct[i][v] || len(distinct[i]) >= keptValues || f.kept+len(v) > keptBytes {
			continue
		}
		distinct[i][v] = true
		f.kept += len(v) + 4
		c.Distinct = len(distinct[i])
		c.Values = append(c.Values, v)
	}
}

// decode gives the file as UTF-8: by its mark, else as UTF-8 if it is that,
// else as GB 18030, which Chinese spreadsheets write.
func decode(in io.Reader) (*bufio.Reader, string, error) {
	b := bufio.NewReaderSize(in, detectOver)
	head, err := b.Peek(detectOver)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, "", bad("empty", "文件是空的", "is empty")
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = b.Discard(3) // it was just seen
		return b, "utf-8", nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return bufio.NewReader(transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())), "utf-16", nil
	case bytes.ContainsRune(head, 0):
		return nil, "", bad("not_text", "不是文本文件", "is not a text file")
	case utf8Head(head):
		return b, "utf-8", nil
	}
	return bufio.NewReader(transform.NewReader(b, simplifiedchinese.GB18030.NewDecoder())), "gb18030", nil
}

// utf8Head tells whether the bytes are UTF-8, a character cut at the end aside.
func utf8Head(b []byte) bool {
	for i := 0; i < utf8.UTFMax && len(b) > 0; i++ {
		if utf8.Valid(b) {
			return true
		}
		if len(b) < detectOver {
			return false
		}
		b = b[:len(b)-1]
	}
	return utf8.Valid(b)
}

type counter struct {
	in   io.Reader
	n    int64
	left int64
	hash hash.Hash
	over bool
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	if c.left -= int64(n); c.left < 0 {
		c.over = true
		return 0, errTooLarge
	}
	_, _ = c.hash.Write(p[:n]) // a hash never fails
	return n, err
}

var errTooLarge = errors.New("file too large")

func (c *counter) or(err error) error {
	if c.over || errors.Is(err, errTooLarge) {
		return &problem.Error{Code: problem.TooLarge, Text: lang.T("文件超过 64 MiB", "The file is larger than 64 MiB")}
	}
	return err
}

func unreadable(err error) error {
	if errors.Is(err, io.EOF) {
		return bad("empty", "文件是空的", "is empty")
	}
	var p *csv.ParseError
	if errors.As(err, &p) {
		return bad("csv", "标题行无法读取："+p.Err.Error(), "the header line cannot be read: "+p.Err.Error())
	}
	return err
}

func bad(rule, zh, en string) error {
	return problem.InvalidFields(problem.FieldError("file", rule, zh, en))
}
