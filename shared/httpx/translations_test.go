package httpx

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// said are messages that huma's package validation does not list: of parameters
// and files, and what decoders say.
var said = []string{
	"required query parameter is missing", "unknown query parameter", "expected at most one value, but received multiple values", "write only property is non-zero",
	"expected value to match exactly one schema but matched multiple",
	"invalid integer", "invalid float", "invalid floating value", "invalid boolean", "invalid date/time for format 2006-01-02", "invalid url.URL value", "invalid value: no",
	"unsupported type", "unparsable value", "unknown content type: text/plain", "File required", "At least one file is required", "Failed to open file",
	"Failed to infer file media type", "Multiple files received but only one was expected", "Invalid mime type: got text/plain, expected image/png",
	"cannot read multipart form: EOF", errNotUTF8.Error(), errNotText.Error(), "exceeded max depth", "unexpected EOF",
}

// spoken are examples of everything that can be found wrong with a request.
func spoken(t *testing.T) []string {
	t.Helper()
	all := append(listed(t), said...)
	for _, text := range []string{`{`, `{"a" 1}`, `[1]`, `{"n": "x"}`} {
		var into struct{ N int }
		all = append(all, json.Unmarshal([]byte(text), &into).Error())
	}
	var at instant.Time
	for _, text := range []string{"noon", "2026-01-01T00:00:00+24:00", "9999-12-31T23:59:59-01:00"} {
		all = append(all, at.UnmarshalText([]byte(text)).Error())
	}
	var d policy.Duration
	return append(all, d.UnmarshalText([]byte("3x")).Error())
}

// listed reads the messages of huma's package validation from its source, so that one which a newer huma adds is noticed.
func listed(t *testing.T) []string {
	t.Helper()
	at, err := build.Import("github.com/danielgtaylor/huma/v2/validation", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(at.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				message, _ := strconv.Unquote(text.Value)
				messages = append(messages, regexp.MustCompile(`%[vs]`).ReplaceAllString(strings.ReplaceAll(message, "%d", "3"), "4"))
			}
			return true
		})
	}
	if len(messages) < 40 {
		t.Fatalf("only %d messages found in %s", len(messages), at.Dir)
	}
	return messages
}

var english = regexp.MustCompile(`[a-z]{3,}`)

// Every rule of validation is told in Chinese in words of its own, and none stands behind a wider one.
func TestEveryRuleOfValidationSpeaksChinese(t *testing.T) {
	reached := map[string]bool{}
	for _, message := range spoken(t) {
		f := fieldOf(&huma.ErrorDetail{Location: "body", Message: message})
		if f.Rule == "valid" {
			t.Errorf("%q has no translation", message)
		}
		if !strings.ContainsFunc(f.Text.Zh, han) || english.MatchString(f.Text.Zh) || strings.Contains(f.Text.Zh, "$") {
			t.Errorf("%q in Chinese: %s", message, f.Text.Zh)
		}
		if strings.ContainsFunc(f.Text.En, han) || f.Text.En == "" {
			t.Errorf("%q in English: %s", message, f.Text.En)
		}
		for _, tr := range translations {
			if tr.form.MatchString(message) {
				reached[tr.form.String()] = true
				break
			}
		}
	}
	for _, tr := range translations {
		if !reached[tr.form.String()] {
			t.Errorf("the rule %s (%s) is never reached", tr.rule, tr.form)
		}
	}
	for message, rule := range map[string]string{"expected string to be RFC 3339 date": "date", "expected string to be RFC 3339 date-time": "date_time", "expected string to be RFC 3339 time": "time"} {
		if f := fieldOf(&huma.ErrorDetail{Message: message}); f.Rule != rule {
			t.Errorf("%q is the rule %s, want %s", message, f.Rule, rule)
		}
	}
}

// What nobody has translated is told in general, not in the other language.
func TestUnknownFaultsSpeakChineseToo(t *testing.T) {
	for _, e := range []*problem.Error{
		fromHuma(422, "validation failed", []error{&huma.ErrorDetail{Location: "body.a", Message: "expected something new"}}),
		fromHuma(400, "validation failed", []error{errors.New("something new")}),
		fromHuma(400, "request body is required", nil), fromHuma(415, "something new", nil), fromHuma(500, "broken", nil), fromHuma(408, "late", nil), fromHuma(413, "large", nil),
	} {
		texts := append([]problem.Field{{Text: e.Text}}, e.Fields...)
		for _, f := range texts {
			if !strings.ContainsFunc(f.Text.Zh, han) || english.MatchString(f.Text.Zh) || strings.ContainsFunc(f.Text.En, han) || f.Text.En == "" {
				t.Errorf("%s %s: %s", f.Field, f.Text.En, f.Text.Zh)
			}
		}
	}
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }
