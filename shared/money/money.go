// Package money holds amounts as integer minor units with their currency; no
// amount is ever a floating-point number.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Amount is an amount of money in minor units (分 for CNY, cents for USD).
type Amount struct {
	Minor    int64  `json:"minor" doc:"Amount in minor units of the currency (分, cents)" minimum:"0" maximum:"9000000000000000"`
	Currency string `json:"currency" doc:"ISO 4217 code" pattern:"^[A-Z]{3}$" example:"CNY"`
}

// ErrCurrency says that two amounts of different currencies were mixed.
var ErrCurrency = errors.New("money: currencies differ")

// Of makes an amount of minor units.
func Of(minor int64, currency string) Amount { return Amount{Minor: minor, Currency: currency} }

// Add adds two amounts of one currency; the zero Amount takes the other's.
func (a Amount) Add(b Amount) (Amount, error) {
	switch {
	case a.Currency == "":
		return b, nil
	case b.Currency == "" || a.Currency == b.Currency:
		return Amount{a.Minor + b.Minor, a.Currency}, nil
	}
	return Amount{}, ErrCurrency
}

// IsZero tells whether no amount is set.
func (a Amount) IsZero() bool { return a == Amount{} }

// String writes the amount with the decimals of its currency.
func (a Amount) String() string {
	n := decimals(a.Currency)
	if n == 0 {
		return fmt.Sprintf("%d %s", a.Minor, a.Currency)
	}
	unit := int64(1)
	for range n {
		unit *= 10
	}
	return fmt.Sprintf("%d.%0*d %s", a.Minor/unit, n, a.Minor%unit, a.Currency)
}

// Parse reads a decimal amount such as "1054", "1,054.20" as minor units of the
// currency; more decimals than the currency has are an error.
func Parse(text, currency string) (Amount, error) {
	s := strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	whole, fraction, _ := strings.Cut(s, ".")
	n := decimals(currency)
	if len(fraction) > n || whole == "" {
		return Amount{}, fmt.Errorf("money: %q is not an amount of %s, which has %d decimals", text, currency, n)
	}
	minor, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", n-len(fraction)), 10, 53)
	if err != nil {
		return Amount{}, fmt.Errorf("money: %q is not a non-negative amount", text)
	}
	return Amount{int64(minor), currency}, nil
}
