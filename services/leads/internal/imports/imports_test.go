package imports_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
)

var now = instant.Of(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

// Dates come in several layouts; years of two digits lie at most ten years ahead.
func TestParseDate(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, order, want string }{
		{"20-10-16", imports.DayFirst, "2016-10-20 00:00:00"}, {"1/3/17", imports.DayFirst, "2017-03-01 00:00:00"}, {"1/3/17", imports.MonthFirst, "2017-01-03 00:00:00"},
		{"12/31/2016", imports.MonthFirst, "2016-12-31 00:00:00"}, {"31.12.2016", imports.DayFirst, "2016-12-31 00:00:00"}, {"2016-12-31", imports.DayFirst, "2016-12-31 00:00:00"},
		{"2016/1/2 08:30", imports.DayFirst, "2016-01-02 08:30:00"}, {"2016-01-02T08:30:59", imports.MonthFirst, "2016-01-02 08:30:59"}, {"2016年1月2日", imports.DayFirst, "2016-01-02 00:00:00"},
		{"20160102", imports.DayFirst, "2016-01-02 00:00:00"}, {"16-01-02", imports.YearFirst, "2016-01-02 00:00:00"}, {"2 Jan 2016", imports.DayFirst, "2016-01-02 00:00:00"},
		{"Jan 2, 2016", imports.DayFirst, "2016-01-02 00:00:00"}, {"2016-01-02T00:30:00Z", imports.DayFirst, "2016-01-02 08:30:00"}, {"29-02-16", imports.DayFirst, "2016-02-29 00:00:00"},
		{"01-01-36", imports.DayFirst, "2036-01-01 00:00:00"}, {"01-01-37", imports.DayFirst, "1937-01-01 00:00:00"},
	} {
		got, err := imports.ParseDate(c.text, c.order, zone, now)
		if err != nil || got.Std().In(zone).Format(time.DateTime) != c.want {
			t.Errorf("%s as %s: %v %v, want %s", c.text, c.order, got, err, c.want)
		}
	}
	for _, text := range []string{"", "soon", "31-02-16", "29-02-17", "00-01-16", "13-13-16", "1-1-116", "2016-01-02 25:00", "1-1-1216", "2016", "12", "1.5"} {
		if got, err := imports.ParseDate(text, imports.DayFirst, zone, now); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestGuessOrder(t *testing.T) {
	for order, values := range map[string][]string{
		imports.DayFirst: {"01-02-17", "20-10-16"}, imports.MonthFirst: {"01/02/17", "10/20/16"}, imports.YearFirst: {"2016-01-02"},
	} {
		if got, why := imports.GuessOrder(values); got != order || why.Zh == "" || !strings.Contains(why.En, values[len(values)-1]) {
			t.Errorf("%v: %s %v", values, got, why)
		}
	}
	if got, why := imports.GuessOrder([]string{"01-02-17"}); got != imports.DayFirst || !strings.Contains(why.En, "assumed") {
		t.Errorf("an open order: %s %v", got, why)
	}
}

// A file is read alike in every encoding and with every delimiter.
func TestReadEncodings(t *testing.T) {
	text := "客户,金额\n东方机械,100\n\"西城, 商贸\",\"2\n3\"\n\n,\n"
	encode := func(s string, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}
	for name, c := range map[string]struct {
		raw      []byte
		encoding string
	}{
		"utf-8":         {[]byte(text), "utf-8"},
		"utf-8 marked":  {[]byte("\xef\xbb\xbf" + text), "utf-8"},
		"windows lines": {[]byte(strings.ReplaceAll(text, "\n", "\r\n")), "utf-8"},
		"gb18030":       {encode(simplifiedchinese.GB18030.NewEncoder().String(text)), "gb18030"},
		"utf-16":        {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)), "utf-16"},
		"tabs":          {[]byte("客户\t金额\n东方机械\t100\n西城, 商贸\t\"2\n3\"\n"), "utf-8"},
		"semicolons":    {[]byte("客户;金额\n东方机械;100\n西城, 商贸;\"2\n3\"\n"), "utf-8"},
	} {
		var rows []imports.Row
		f, err := imports.Read(bytes.NewReader(c.raw), func(_ int, r []imports.Row) error { rows = append(rows, r...); return nil })
		if err != nil || f.Encoding != c.encoding || f.Rows != 2 || len(rows) != 2 || f.Bytes != int64(len(c.raw)) {
			t.Errorf("%s: %+v %v", name, f, err)
			continue
		}
		if fmt.Sprintf("%q", rows[0].Cells) != `["东方机械" "100"]` || rows[0].Line != 2 || fmt.Sprintf("%q", rows[1].Cells) != `["西城, 商贸" "2\n3"]` || rows[1].Line != 3 {
			t.Errorf("%s: %+v", name, rows)
		}
		if f.Columns[0].Header != "客户" || f.Columns[0].Filled != 2 || f.Columns[1].Distinct != 2 {
			t.Errorf("%s: %+v", name, f.Columns)
		}
	}
}

// Chunks stay below a document's size, lose no row and keep lines; what cannot be read is a broken row.
func TestReadChunks(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b\n")
	want := map[int]string{}
	r := rand.New(rand.NewPCG(1, 2))
	line := 2
	for i := range 3000 {
		switch r.IntN(20) {
		case 0:
			text.WriteString("only one\n")
			want[line] = "columns"
		case 1:
			text.WriteString("x,\"y\" z\n")
			want[line] = "csv"
		case 2:
			text.WriteString("x," + strings.Repeat("y", 40<<10) + "\n")
			want[line] = "too_long"
		case 3:
			text.WriteString("\n")
		default:
			fmt.Fprintf(&text, "%d,%s\n", i, strings.Repeat("z", r.IntN(3000)))
			want[line] = ""
		}
		line++
	}
	got := map[int]string{}
	f, err := imports.Read(strings.NewReader(text.String()), func(n int, rows []imports.Row) error {
		size := 0
		for _, row := range rows {
			got[row.Line] = row.Broken
			size += len(strings.Join(row.Cells, ""))
		}
		if len(rows) == 0 || len(rows) > 200 || size > 512<<10 {
			t.Errorf("chunk %d has %d rows, %d bytes", n, len(rows), size)
		}
		return nil
	})
	if err != nil || f.Rows != len(want) || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v: %d rows, want %d", err, f.Rows, len(want))
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "blank": " \n\n", "zip": "PK\x03\x04\x00\x00", "too many columns": strings.Repeat(",", 400) + "\n1\n"} {
		_, err := imports.Read(strings.NewReader(text), func(int, []imports.Row) error { return nil })
		var p *problem.Error
		if !errors.As(err, &p) || p.Code != problem.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Headers of both languages are understood; a column means one field.
func TestGuess(t *testing.T) {
	s := policy.Defaults()
	columns := func(headers ...string) (out []imports.Column) {
		for _, h := range headers {
			out = append(out, imports.Column{Header: h, Values: []string{"20-10-16"}})
		}
		return out
	}
	for _, c := range []struct {
		kind    string
		headers []string
		want    string
	}{
		{imports.Deals, []string{"商机编号", "负责人", "客户名称", "产品名称", "销售阶段", "创建日期", "成交日期", "商机金额", "需求是否明确？"},
			"map[amount:商机金额 answer.need_clear:需求是否明确？ closed_at:成交日期 customer:客户名称 external:商机编号 opened_at:创建日期 owner:负责人 product:产品名称 stage:销售阶段]"},
		{imports.Deals, []string{"Deal Name", "Amount", "Close Date", "Deal Owner", "Deal Stage", "Company", "Record ID"},
			"map[amount:Amount closed_at:Close Date customer:Company external:Record ID owner:Deal Owner stage:Deal Stage title:Deal Name]"},
		{imports.Leads, []string{"Company", "Name", "E-mail", "Mobile", "Lead Source", "Notes"}, "map[company:Company contact:Name email:E-mail need:Notes phone:Mobile source:Lead Source]"},
		{imports.Leads, []string{"公司", "姓名", "微信号", "来源", "当前需求一句话描述", "星座"}, "map[company:公司 contact:姓名 need:当前需求一句话描述 source:来源 wechat:微信号]"},
	} {
		m := imports.Guess(c.kind, columns(c.headers...), &s.Pipelines.Pipelines[0])
		if fmt.Sprint(m.Fields) != c.want {
			t.Errorf("%v: %v", c.headers, m.Fields)
		}
		if err := m.Check(c.kind, columns(c.headers...), &s.Pipelines.Pipelines[0]); err != nil {
			t.Errorf("%v: its own guess is refused: %v", c.headers, err)
		}
	}
}

// C-01: what other systems call stages is understood in either template.
func TestGuessStages(t *testing.T) {
	s := policy.Defaults()
	for i, want := range []string{"map[Closed Won:won Engaging:need_confirmed Prospecting:contacted 丢单:lost 报价:quoted 谈判:negotiating]",
		"map[Closed Won:won Engaging:need_confirmation Prospecting:initial_contact 丢单:lost 谈判:negotiation]"} {
		m := imports.Mapping{Fields: map[string]string{"stage": "s"}}
		c := []imports.Column{{Header: "s", Values: []string{"Prospecting", "Engaging", "报价", "谈判", "Closed Won", "丢单", "Whatever"}}}
		if got := fmt.Sprint(imports.GuessStages(m, c, &s.Pipelines.Pipelines[i])); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func plan(t testing.TB, o imports.Options, headers ...string) *imports.Plan {
	t.Helper()
	v := policytest.View(t)
	i := imports.Import{Kind: imports.Deals, Options: o}
	for _, h := range headers {
		i.Columns = append(i.Columns, imports.Column{Header: h, Values: []string{"New", "Won", "Lost"}})
	}
	i.Mapping = imports.Guess(i.Kind, i.Columns, v.Pipeline("p7"))
	p, err := imports.NewPlan(i, v, now, func(name string) (string, bool, bool) { return name, true, name == "ann" })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Values are read generously, corrected only by spelling, and never silently.
func TestDealValues(t *testing.T) {
	p := plan(t, imports.Options{Currency: "CNY", Products: []string{"GTX Pro", "GTK 500"}}, "id", "owner", "account", "product", "stage", "value", "lost reason", "objections")
	for _, c := range []struct {
		cells  []string
		check  func(catalogue.Deal) bool
		entry  string
		became string
	}{
		{[]string{"1", "ann", "Acme", "GTXPro", "New", "", "", ""}, func(d catalogue.Deal) bool { return d.Product == "GTX Pro" }, "product_spelling", "GTX Pro"},
		{[]string{"1", "ann", "Acme", "gtx-pro", "New", "", "", ""}, func(d catalogue.Deal) bool { return d.Product == "GTX Pro" }, "product_spelling", "GTX Pro"},
		{[]string{"1", "ann", "Acme", "GTX Por", "New", "", "", ""}, func(d catalogue.Deal) bool { return d.Product == "GTX Por" }, "product_unknown", "GTX Por"},
		{[]string{"1", "ann", "Acme", "", "New", "¥1,054.20", "", ""}, func(d catalogue.Deal) bool { return d.Amount.Minor == 105420 && d.Amount.Currency == "CNY" }, "", ""},
		{[]string{"1", "ann", "Acme", "", "New", "$ 12", "", ""}, func(d catalogue.Deal) bool { return d.Amount.Minor == 1200 && d.Amount.Currency == "USD" }, "", ""},
		{[]string{"1", "ann", "Acme", "", "New", "EUR 12.5", "", ""}, func(d catalogue.Deal) bool { return d.Amount.Minor == 1250 && d.Amount.Currency == "EUR" }, "", ""},
		{[]string{"1", "ann", "Acme", "", "New", "JPY 1054", "", ""}, func(d catalogue.Deal) bool { return d.Amount.Minor == 1054 && d.Amount.Currency == "JPY" }, "", ""},
		{[]string{"1", "ann", "Acme", "", "New", "0", "", ""}, func(d catalogue.Deal) bool { return d.Amount.Minor == 0 }, "", ""},
		{[]string{"1", "ann", "Acme", "", "Lost", "", "价格", ""}, func(d catalogue.Deal) bool { return d.LostReason == "price" }, "", ""},
		{[]string{"1", "ann", "Acme", "", "Lost", "", "too slow", ""}, func(d catalogue.Deal) bool { return d.LostReason == "not_recorded" && d.LostRemark == "too slow" }, "one_of", "not_recorded"},
		{[]string{"1", "ann", "Acme", "", "Lost", "", "", ""}, func(d catalogue.Deal) bool { return d.LostReason == "not_recorded" }, "R-066", "not_recorded"},
		{[]string{"1", "ann", "Acme", "", "New", "", "", "价格、竞品"}, func(d catalogue.Deal) bool { return fmt.Sprint(d.Objections) == "[price competitor]" }, "", ""},
		{[]string{"1", "ann", "", "", "New", "", "", ""}, func(d catalogue.Deal) bool { return d.Marks[0].Rule == "data_gap.customer" && d.Title == "商机 1" }, "data_gap.customer", ""},
	} {
		x := p.Deal(imports.Row{Line: 2, Cells: c.cells})
		if x.Refused || !c.check(x.Deal) {
			t.Errorf("%q: %+v %+v", c.cells, x.Deal, x.Entries)
		}
		found := c.entry == ""
		for _, e := range x.Entries {
			found = found || e.Rule == c.entry && e.Became == c.became && e.Outcome == imports.Adjusted
			if strings.HasPrefix(e.Field, "p") && c.entry != e.Rule {
				t.Errorf("%q: %+v", c.cells, e)
			}
		}
		if !found {
			t.Errorf("%q is not reported: %+v", c.cells, x.Entries)
		}
	}
	for cell, rule := range map[string]string{"XYZ 12": "currency", "DEM 12": "currency", "JPY 12.5": "amount", "-1": "amount"} {
		x := p.Deal(imports.Row{Line: 2, Cells: []string{"1", "ann", "Acme", "", "New", cell, "", ""}})
		if !x.Refused || x.Entries[len(x.Entries)-1].Rule != rule {
			t.Errorf("%q: refused %v, %+v, want %s", cell, x.Refused, x.Entries, rule)
		}
	}
}

// A row's name does not depend on how it is read: it is source and external id, or its content.
func TestRowKeys(t *testing.T) {
	key := func(o imports.Options, cells ...string) string {
		return fmt.Sprintf("%q", plan(t, o, "id", "owner", "stage").Deal(imports.Row{Line: 2, Cells: cells}).Key)
	}
	one := key(imports.Options{}, "1", "ann", "New")
	for name, other := range map[string]string{"id": key(imports.Options{}, "2", "ann", "New"), "source": key(imports.Options{Source: "old"}, "1", "ann", "New"),
		"no id": key(imports.Options{}, "", "ann", "New")} {
		if other == one {
			t.Errorf("%s does not tell rows apart", name)
		}
	}
	if key(imports.Options{}, "1", "bob", "Won") != one || key(imports.Options{}, "", "ann", "New") == key(imports.Options{}, "", "ann", "Won") {
		t.Error("an external id names a row; without one its content does")
	}
}

// Reading is not the bottleneck of an import.
func BenchmarkDealRow(b *testing.B) {
	p := plan(b, imports.Options{Products: []string{"GTX Pro"}}, "id", "owner", "account", "product", "stage", "value")
	row := imports.Row{Line: 2, Cells: []string{"1", "ann", "Acme", "GTXPro", "Won", "1054"}}
	for b.Loop() {
		p.Deal(row)
	}
}
