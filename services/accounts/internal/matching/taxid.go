package matching

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// creditCode is the alphabet of the unified social credit code (GB 32100-2015):
// no I, O, S, V, Z.
const creditCode = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	foreignTax = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z]{7,12}$`) // VAT numbers with their country
	oldTax     = regexp.MustCompile(`^[0-9]{15}$`)              // registration numbers before 2015
)

// TaxID gives a tax id in one spelling: a unified social credit code
// (统一社会信用代码) with a right check digit, an old 15-digit number, or a foreign
// VAT number that begins with its country.
func TaxID(s string) (string, bool) {
	s = strings.ToUpper(width.Fold.String(s))
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '\t' || r == '\u00a0' {
			return -1
		}
		return r
	}, s)
	switch {
	case len(s) == 18:
		return s, checkDigit(s)
	case oldTax.MatchString(s):
		return s, strings.Trim(s, s[:1]) != ""
	case foreignTax.MatchString(s):
		return s, strings.ContainsAny(s[2:], "0123456789")
	}
	return "", false
}

// checkDigit verifies the last place: weights are the powers of 3 modulo 31.
func checkDigit(s string) bool {
	sum, weight := 0, 1
	for i := range 17 {
		n := strings.IndexByte(creditCode, s[i])
		if n < 0 {
			return false
		}
		sum += n * weight
		weight = weight * 3 % 31
	}
	return strings.IndexByte(creditCode, s[17]) == (31-sum%31)%31
}
