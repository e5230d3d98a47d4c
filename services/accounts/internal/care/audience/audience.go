// Package audience tells which customers an activity is for, and why. It is pure.
package audience

import (
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
)

// Fits tells whether an activity is for a customer: one of its tiers, one of its
// types, any of its tags and any of its preferences, each only where the activity
// names some. because names what of the customer fits.
func Fits(a catalogue.Activity, f customer.File) (because []string, ok bool) {
	if f.MergedInto != "" {
		return nil, false
	}
	for _, c := range []struct {
		wanted []string
		has    string
		name   string
	}{{a.Tiers, f.Tier, "tier:"}, {a.Types, f.Type, "type:"}} {
		if len(c.wanted) == 0 {
			continue
		}
		if c.has == "" || !slices.Contains(c.wanted, c.has) {
			return nil, false
		}
		because = append(because, c.name+c.has)
	}
	tags, ok := tagged(a, f)
	if !ok {
		return nil, false
	}
	liked, ok := preferred(a, f)
	return append(append(because, tags...), liked...), ok
}

func tagged(a catalogue.Activity, f customer.File) (because []string, ok bool) {
	for _, c := range []struct {
		has  []string
		name string
	}{{f.Tags, "tag:"}, {f.NeedTags, "need:"}, {f.ProductTags, "product:"}} {
		for _, t := range c.has {
			if slices.Contains(a.Tags, t) {
				because = append(because, c.name+t)
			}
		}
	}
	return because, len(a.Tags) == 0 || len(because) > 0
}

func preferred(a catalogue.Activity, f customer.File) (because []string, ok bool) {
	for _, want := range a.Preferences {
		for _, has := range f.Preferences {
			if want.Topic == has.Topic && strings.EqualFold(strings.TrimSpace(want.Value), strings.TrimSpace(has.Value)) {
				because = append(because, "preference:"+has.Topic+"="+has.Value)
			}
		}
	}
	return because, len(a.Preferences) == 0 || len(because) > 0
}
