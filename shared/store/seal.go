package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Seal completes a write before it reaches the engine: it numbers the facts,
// chains them to the aggregate's facts before them by hash, and lets the
// record remember the command. Record.Version stays the one that was read. It
// refuses ids that no engine takes, and facts that together exceed MaxDocument.
func Seal(collection string, w *Write) error {
	if id := w.Record.ID; id == "" || len(id) > MaxID || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return fmt.Errorf("%w: %.80q", ErrBadID, id)
	}
	if len(w.Record.Body) > MaxDocument {
		return ErrTooLarge
	}
	size := 0
	version := w.Record.Version + 1
	chain := w.Record.Chain
	aggregate := collection + "/" + w.Record.ID
	sealed := make([]Fact, len(w.Facts))
	for i, f := range w.Facts {
		f.Aggregate, f.Version, f.N = aggregate, version, i
		f.ID = FactID(aggregate, version, i)
		if f.Type == "" || f.Topic == "" || len(f.Body) == 0 {
			return fmt.Errorf("fact %s lacks type, topic or body", f.ID)
		}
		if size += len(f.Body); size > MaxDocument {
			return ErrTooLarge
		}
		f.Prev, f.Hash = chain, Link(chain, f.ID, f.Body)
		chain = f.Hash
		sealed[i] = f
	}
	w.Facts = sealed
	w.Record.Chain = chain
	if w.Command != "" {
		kept := append(append([]string{}, w.Record.Commands...), w.Command)
		if over := len(kept) - MaxCommands; over > 0 {
			kept = kept[over:]
		}
		w.Record.Commands = kept
	}
	return nil
}

// FactID gives the id under which a fact is recorded, once and for all.
func FactID(aggregate string, version int64, n int) string {
	return fmt.Sprintf("%s/%d/%d", aggregate, version, n)
}

// Link gives the hash that chains a fact to the one before it.
func Link(prev, id string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write([]byte{0})
	h.Write([]byte(id))
	h.Write([]byte{0})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
