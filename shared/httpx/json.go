package httpx

import (
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

var errNotUTF8 = errors.New("body is not valid UTF-8")

// jsonFormat is JSON that refuses invalid UTF-8 instead of replacing it.
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
		return json.Unmarshal(b, v)
	},
}
