package httpx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/instant"
)

var (
	errNotUTF8 = errors.New("body is not valid UTF-8")
	errNotText = errors.New("body holds a null character or half a surrogate pair")
)

// jsonFormat is JSON that refuses text which cannot be kept as it came, instead
// of replacing it: invalid UTF-8, half a surrogate pair, the null character.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	},
	Unmarshal: func(b []byte, v any) error {
		if !utf8.Valid(b) {
			return errNotUTF8
		}
		if !writable(b) {
			return errNotText
		}
		return placed(b, json.Unmarshal(b, v))
	},
}

// misplaced begins the message of an error that knows its field, see fieldOf.
const misplaced = "in field "

// placed adds to an error about a time the field that holds it: the schema lets
// through what is written like a time, and the decoder does not say where it was.
func placed(b []byte, err error) error {
	var bad *instant.ParseError
	if !errors.As(err, &bad) {
		return err
	}
	var whole any
	if json.Unmarshal(b, &whole) != nil {
		return err
	}
	if path, found := locate(whole, bad.Text); found {
		return fmt.Errorf("%s%s: %w", misplaced, strings.TrimPrefix(path, "."), err)
	}
	return err
}

// locate gives the path of the first field that holds a text: .foo[1].bar
func locate(v any, text string) (string, bool) {
	switch v := v.(type) {
	case string:
		return "", v == text
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if path, found := locate(v[name], text); found {
				return "." + name + path, true
			}
		}
	case []any:
		for i, item := range v {
			if path, found := locate(item, text); found {
				return fmt.Sprintf("[%d]%s", i, path), true
			}
		}
	}
	return "", false
}

// writable looks for escapes that stand for no character: a half of a surrogate
// pair, and the null character, which neither databases nor other programs take.
func writable(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '\\')
		if i < 0 || i+1 >= len(b) {
			return true
		}
		if b = b[i:]; b[1] != 'u' {
			b = b[2:]
			continue
		}
		r, ok := escaped(b)
		if !ok {
			return true // not JSON, which the parser says better
		}
		b = b[6:]
		if utf16.IsSurrogate(r) {
			low, _ := escaped(b)
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return false
			}
			b = b[6:]
		}
		if r == 0 {
			return false
		}
	}
}

// escaped reads the \uXXXX that b begins with.
func escaped(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
