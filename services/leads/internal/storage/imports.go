package storage

import (
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/store"
)

// Imports are the collections that imports are kept in.
type Imports struct {
	Docs    store.Collection[imports.Import]
	Chunks  store.Collection[imports.Chunk]
	Reports store.Collection[imports.Report]
}

// ImportsOf gives the typed views of the collections that OpenDeals declared.
func ImportsOf(e store.Engine) Imports {
	return Imports{Docs: store.Of[imports.Import](e, importSpec), Chunks: store.Of[imports.Chunk](e, importChunkSpec),
		Reports: store.Of[imports.Report](e, importReportSpec)}
}
