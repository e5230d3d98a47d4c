package audience_test

import (
	"slices"
	"testing"

	"liuke.dev/services/accounts/internal/care/audience"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
)

// who is invited is decided by tier, type, tags and preference, and said why.
func TestWhoIsInvitedAndWhy(t *testing.T) {
	vip := customer.File{Customer: catalogue.Customer{Tier: "vip", Type: "enterprise", Tags: []string{"reference"}, NeedTags: []string{"growth"},
		Preferences: []catalogue.Preference{{Topic: "product", Value: "ERP"}}}}
	plain := customer.File{Customer: catalogue.Customer{Tier: "normal"}}
	folded := vip
	folded.MergedInto = "another"
	erp := []catalogue.Preference{{Topic: "product", Value: " erp "}}
	for name, c := range map[string]struct {
		a       catalogue.Activity
		f       customer.File
		because []string
		ok      bool
	}{
		"for all":            {catalogue.Activity{}, plain, nil, true},
		"a folded file":      {catalogue.Activity{}, folded, nil, false},
		"tier":               {catalogue.Activity{Tiers: []string{"core", "vip"}}, vip, []string{"tier:vip"}, true},
		"another tier":       {catalogue.Activity{Tiers: []string{"core"}}, vip, nil, false},
		"no tier":            {catalogue.Activity{Tiers: []string{"core"}}, customer.File{}, nil, false},
		"a need is a tag":    {catalogue.Activity{Tags: []string{"growth", "cost"}}, vip, []string{"need:growth"}, true},
		"none of the tags":   {catalogue.Activity{Tags: []string{"cost"}}, vip, nil, false},
		"preference":         {catalogue.Activity{Preferences: erp}, vip, []string{"preference:product=ERP"}, true},
		"no such preference": {catalogue.Activity{Preferences: erp}, plain, nil, false},
		"all that is named":  {catalogue.Activity{Tiers: []string{"vip"}, Types: []string{"enterprise"}, Tags: []string{"reference"}, Preferences: erp}, vip, []string{"tier:vip", "type:enterprise", "tag:reference", "preference:product=ERP"}, true},
		"all but one":        {catalogue.Activity{Tiers: []string{"vip"}, Types: []string{"dealer"}, Tags: []string{"reference"}}, vip, nil, false},
	} {
		if because, ok := audience.Fits(c.a, c.f); ok != c.ok || ok && !slices.Equal(because, c.because) {
			t.Errorf("%s: %v %v", name, because, ok)
		}
	}
}
