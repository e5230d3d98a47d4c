package storage

import (
	"liuke.dev/shared/catalogue"

	"liuke.dev/services/leads/internal/lead"
)

// OfLead gives the stored form of a lead.
func OfLead(l catalogue.Lead) Lead {
	var d Lead
	d.Set(l)
	return d
}

// Set changes the lead and what its lists are asked by.
func (d *Lead) Set(l catalogue.Lead) {
	d.Lead = l
	d.Open = lead.Open(l.Status)
	d.NoNextTouch = lead.NoNextTouch(l)
	d.NeedKey = lead.NeedKey(l.Need)
	d.InPool = l.Pooled && l.Customer == "" && d.Open
}
