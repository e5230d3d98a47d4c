package money

import "testing"

// A currency is one of ISO 4217 that somebody can pay with today.
func TestKnown(t *testing.T) {
	for code, want := range map[string]bool{"CNY": true, "USD": true, "EUR": true, "JPY": true, "KWD": true, "TWD": true, "HKD": true, "VES": true, "SLE": true,
		"": false, "cny": false, "CN": false, "CNYY": false, "RMB": false, "ABC": false, "ZZZ": false, "DEM": false, "XXX": false, "XTS": false, "XAU": false, "人民币": false} {
		if Known(code) != want {
			t.Errorf("%q: known %v, want %v", code, !want, want)
		}
	}
}

// Amounts have the decimals of their currency, written and read.
func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		minor          int64
		written        string // empty: refused
	}{
		{"1,054.20", "CNY", 105420, "1054.20 CNY"}, {"1054", "CNY", 105400, "1054.00 CNY"}, {"0.05", "USD", 5, "0.05 USD"}, {"1.005", "CNY", 0, ""},
		{"1054", "JPY", 1054, "1054 JPY"}, {"1054.5", "JPY", 0, ""}, {"1.005", "KWD", 1005, "1.005 KWD"}, {"1.5", "KWD", 1500, "1.500 KWD"},
		{"-1", "CNY", 0, ""}, {"", "CNY", 0, ""}, {".5", "CNY", 0, ""}, {"1e3", "CNY", 0, ""}, {"99999999999999999999", "CNY", 0, ""},
	} {
		a, err := Parse(c.text, c.currency)
		if (err != nil) != (c.written == "") || err == nil && (a.Minor != c.minor || a.String() != c.written) {
			t.Errorf("%q %s: %+v %q %v, want %d %q", c.text, c.currency, a, a.String(), err, c.minor, c.written)
		}
	}
}

func TestAdd(t *testing.T) {
	if sum, err := Of(1, "CNY").Add(Of(2, "CNY")); err != nil || sum != Of(3, "CNY") {
		t.Errorf("%v %v", sum, err)
	}
	if sum, err := (Amount{}).Add(Of(2, "EUR")); err != nil || sum != Of(2, "EUR") {
		t.Errorf("%v %v", sum, err)
	}
	if _, err := Of(1, "CNY").Add(Of(2, "EUR")); err != ErrCurrency {
		t.Errorf("%v", err)
	}
}
