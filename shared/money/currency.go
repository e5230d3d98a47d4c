package money

import (
	"sync"

	"golang.org/x/text/currency"
)

// newer are currencies of ISO 4217 that the library's tables do not have yet, with
// their decimals: the ouguiya of 2018, the bolívares of 2018 and 2021, the leone of
// 2022, the Zimbabwe gold of 2024, the Caribbean guilder of 2025.
var newer = map[string]int{"MRU": 2, "VES": 2, "VED": 2, "SLE": 2, "ZWG": 2, "XCG": 2}

// tender are the decimals of every currency that is legal tender somewhere.
var tender = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for it := currency.Query(); it.Next(); {
		u := it.Unit()
		out[u.String()], _ = currency.Standard.Rounding(u)
	}
	for code, decimals := range newer {
		out[code] = decimals
	}
	return out
})

// Known tells whether a code is that of a currency of ISO 4217 in use: not an old
// one, nor a metal, a fund or a test code.
func Known(code string) bool {
	_, ok := tender()[code]
	return ok
}

// decimals gives how many a currency has: 2 for most, 0 for JPY, 3 for KWD.
func decimals(code string) int {
	if n, ok := tender()[code]; ok {
		return n
	}
	return 2
}
