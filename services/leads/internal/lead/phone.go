package lead

import (
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where a phone number without country code belongs.
const homeRegion = "CN"

// Phone gives the E.164 form of a phone number: mobile, landline and 400
// numbers as people write them, of China where no country code is given.
func Phone(v string) (string, bool) {
	if len(v) > 60 {
		return v, false
	}
	if isPlainMobile(v) {
		return mobile(v)
	}
	return parsed(v)
}

func parsed(v string) (string, bool) {
	n, err := phonenumbers.Parse(v, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return v, false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// The numbering plan decides about an eleven-digit mobile number by its first
// five digits at most. Most numbers are such, and to ask the library about one
// takes as long as all the rest of the checks of a lead; so its answers are
// kept, one for each segment.
const (
	mobileDigits  = 11
	segmentDigits = 5
)

var segments sync.Map // first five digits → whether such numbers exist

func isPlainMobile(v string) bool {
	if len(v) != mobileDigits || v[0] != '1' {
		return false
	}
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}

func mobile(v string) (string, bool) {
	segment := v[:segmentDigits]
	known, ok := segments.Load(segment)
	if !ok {
		_, exists := parsed(v)
		known, _ = segments.LoadOrStore(segment, exists)
	}
	if known.(bool) {
		return "+86" + v, true
	}
	return v, false
}
