package paper_test

import (
	"strings"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/contracts/paper"
	"liuke.dev/services/accounts/internal/contracts/paper/papertest"
	"liuke.dev/shared/instant"
)

// the document says in Chinese and Latin letters what the contract says, on as many pages as it takes.
func TestPrint(t *testing.T) {
	lines := []string{"甲方（买方）：上海华兴贸易有限公司，税号：9144030071526726XG", "", "Total: 12,000.00 CNY (“all in”) — é"}
	for range 80 {
		lines = append(lines, "第一条 标的：产品与服务，明细如下。")
	}
	begin := time.Now()
	pdf, err := paper.Print(paper.Sheet{Title: "产品与服务合同", Number: "LK-20270101-ABC", Lines: lines, Signs: []string{"甲方（盖章）："}, Created: instant.Time(1_800_000_000_000)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes in %v", len(pdf), time.Since(begin).Round(time.Millisecond))
	text := papertest.Text(t, pdf)
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

// Lines break after Chinese characters and between words, in words only where they do not fit at all.
func TestWrap(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "甲乙丙丁": "甲乙丙丁", "甲乙丙丁戊己": "甲乙丙丁戊|己", "to be or not": "to be or|not", "abcdefghijklm": "abcdefghij|klm", "甲乙 contract": "甲乙|contract", "甲contract乙": "甲contract|乙",
	} {
		if got := strings.Join(paper.Wrap(line, 10), "|"); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
