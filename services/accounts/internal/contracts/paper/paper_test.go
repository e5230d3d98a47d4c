package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"liuke.dev/shared/instant"
)

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shown   = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`)
)

// Text reads what a PDF of ours shows, as a reader of PDF would: codes of our font are UTF-16.
func read(t *testing.T, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for _, m := range streams.FindAllSubmatch(pdf, -1) {
		content := m[1]
		if z, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			if content, err = io.ReadAll(z); err != nil {
				continue
			}
		}
		for _, s := range shown.FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(s[1], func(e []byte) []byte {
				if e[1] == 'r' {
					return []byte{'\r'}
				}
				return e[1:]
			})
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return out.String()
}

// the document says in Chinese and Latin letters what the contract says, on as many pages as it takes.
func TestPrint(t *testing.T) {
	lines := []string{"甲方（买方）：上海华兴贸易有限公司，税号：9144030071526726XG", "", "Total: 12,000.00 CNY (“all in”) — é"}
	for range 80 {
		lines = append(lines, "第一条 标的：产品与服务，明细如下。")
	}
	begin := time.Now()
	pdf, err := Print(Sheet{Title: "产品与服务合同", Number: "LK-20270101-ABC", Lines: lines, Signs: []string{"甲方（盖章）："}, Created: instant.Time(1_800_000_000_000)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes in %v", len(pdf), time.Since(begin).Round(time.Millisecond))
	text := read(t, pdf)
	for _, want := range []string{"产品与服务合同", lines[0], lines[2], "甲方（盖章）：", "LK-20270101-ABC"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the document:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "第一条"); n != 80 {
		t.Errorf("%d of 80 lines", n)
	}
	if len(pdf) > 300_000 {
		t.Errorf("%d bytes: the font is to be reduced to what is used", len(pdf))
	}
}

func TestWrap(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "甲乙丙丁": "甲乙丙丁", "甲乙丙丁戊己": "甲乙丙丁戊|己", "to be or not": "to be or|not", "abcdefghijklm": "abcdefghij|klm", "甲乙 contract": "甲乙|contract", "甲contract乙": "甲contract|乙",
	} {
		if got := strings.Join(Wrap(line, 10), "|"); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
