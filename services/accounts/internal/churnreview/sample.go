package churnreview

import (
	"hash/fnv"
	"slices"
	"strconv"

	"liuke.dev/shared/policy"
)

// Sampled tells whether a lost key account is one of those whom somebody
// interviews one to one: one in so many, by the review's id, so that
// nobody chooses and everybody can check.
func Sampled(id, tier string, p policy.ChurnReviews) bool {
	return slices.Contains(p.KeyTiers, tier) && hash(id)%uint64(p.SampleOneIn) == 0
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	x := h.Sum64() // its low bits are few: mixed, so that the remainder is even
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

func digits(n int) string { return strconv.Itoa(n) }
