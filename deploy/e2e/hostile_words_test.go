package e2e

import (
	"encoding/json"
	"strings"
)

var hostileTexts = []string{
	"", " ", "\x00", "a\x00b", "\x1b[31m\x07\r\n\t", "\u202eevil\u2066", "😀👩‍👩‍👧", "客户'; DROP TABLE leads; --", "<script>alert(1)</script>", "../../../etc/passwd",
	"%s%n%x{{7*7}}${jndi:ldap://x}", "null", "0", "-1", "1e309", "a:b:c", "a/b", "\ufffd\uffff", strings.Repeat("长", 5000), strings.Repeat("x", 200_000),
	"http://169.254.169.254/", "+86 138 0013 8000 ext 9999999999999999999999", "=cmd|' /C calc'!A0", "a@b", "-", ".", "..", "*", "__proto__",
}

var hostileTimes = []any{
	"2026-01-01T00:00:00", "2026-01-01", "2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00+24:00", "2026-13-45T99:99:99Z", "2026-02-30T00:00:00Z", "0000-00-00T00:00:00Z",
	"99999-01-01T00:00:00Z", "2026-01-01T00:00:00 Asia/Nowhere", "", 7, 1e300, true, object{}, []any{},
}

// strangeTimes are well written.
var strangeTimes = []any{"0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
	"2026-06-30T23:59:60Z", "2016-01-01T00:00:00.123456789123+08:00"}

var hostileNumbers = []any{json.RawMessage("1.5"), json.RawMessage("1e400"), json.RawMessage("9223372036854775808"), json.RawMessage("-9223372036854775809"), "7", "", object{}}

// strangeNumbers are numbers.
var strangeNumbers = []any{-1, 0, json.RawMessage("9223372036854775807"), json.RawMessage("-9223372036854775808"), json.RawMessage("1e3"), json.RawMessage("-0")}

// hostileSegments are escaped parts of a path.
var hostileSegments = []string{
	"nobody", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a%2Fb", "..%2F..%2Fetc", "%00", "a%00b", "%ff%fe", "a:b:c", "%E5%AE%A2%E6%88%B7%F0%9F%98%80", "%20", "'", "%27%20OR%201=1--", "-1",
	"99999999999999999999", strings.Repeat("x", 3000), "%0d%0aX-Evil:1", "%7B%7D", "*", "null", "%25", "%3Cscript%3E", "%5Cu0000", "%ef%bf%bf",
}

var hostileCursors = []string{"", "garbage", "AAAA", "%00", "%ff", "eyJrIjoiIn0", "eyJpbmRleCI6ImJ5X3RpbWUiLCJrZXkiOlsiYSJdfQ", strings.Repeat("A", 900), strings.Repeat("A", 5000), "W10", "bnVsbA", "e30"}

var hostileTags = []string{`"999999"`, `"0"`, `"-1"`, "garbage", `"`, `W/"x"`, `"9223372036854775808"`, strings.Repeat("1", 500), "\xff\xfe"}
