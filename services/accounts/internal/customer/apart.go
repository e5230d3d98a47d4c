package customer

import "slices"

// MayBe tells whether two files may be one customer: not if their tax ids differ,
// and not if a person took them apart.
func (f *File) MayBe(o File) bool {
	return f.Compatible(o.TaxID) && !slices.Contains(f.Apart, o.ID) && !slices.Contains(o.Apart, f.ID)
}
