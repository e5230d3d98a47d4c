package storage

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Deal is a deal with what its lists are asked by.
type Deal struct {
	catalogue.Deal
	Open bool `json:"open"`
}

// NewDeal gives the document body of a deal.
func NewDeal(d catalogue.Deal) Deal { return Deal{Deal: d, Open: d.Outcome == catalogue.DealOpen} }

var dealSpec = store.Spec{Name: "deal", Indexes: []store.Index{
	{Name: "opened", Order: "opened_at"},
	{Name: "outcome", Equal: []string{"outcome"}, Order: "opened_at"},
	{Name: "owner", Equal: []string{"owner"}, Order: "opened_at"},
	{Name: "owner_outcome", Equal: []string{"owner", "outcome"}, Order: "opened_at"},
	{Name: "owner_open", Equal: []string{"owner", "open"}, Order: "next_touch_at"},
	{Name: "customer", Equal: []string{"customer"}, Order: "opened_at"},
	{Name: "customer_open", Equal: []string{"customer", "open"}, Order: "opened_at"},
	{Name: "stage", Equal: []string{"pipeline", "stage"}, Order: "stage_since"},
	{Name: "owner_stage", Equal: []string{"owner", "pipeline", "stage"}, Order: "stage_since"},
	{Name: "progress", Equal: []string{"open"}, Order: "last_progress_at"},
	{Name: "owner_progress", Equal: []string{"owner", "open"}, Order: "last_progress_at"},
}}

// OpenDeals declares the collections of deals and imports and gives the deals' typed view.
func OpenDeals(ctx context.Context, e store.Engine) (store.Collection[Deal], error) {
	err := e.Declare(ctx, dealSpec, importSpec, importChunkSpec, importReportSpec)
	return store.Of[Deal](e, dealSpec), err
}

var (
	importSpec = store.Spec{Name: "import", Indexes: []store.Index{
		{Name: "created", Order: "created_at"},
		{Name: "status", Equal: []string{"status"}, Order: "created_at"},
	}}
	importChunkSpec  = store.Spec{Name: "import_chunk"}
	importReportSpec = store.Spec{Name: "import_report", Indexes: []store.Index{{Name: "import", Equal: []string{"import"}, Order: "place"}}}
)
