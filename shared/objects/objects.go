// Package objects is the port through which files are kept beside documents:
// attachments of customers, contracts. An object is a stream of bytes
// under a key; it is there whole or not at all, and putting another under its
// key replaces it whole.
//
// Engines: package folder (a directory of this machine) and package s3 (Amazon
// S3 and what speaks like it); package engines opens the one that an address
// names. Package objectstest holds the contract that both pass. An object is no
// document: whoever keeps one commits a document that names its key, afterwards.
package objects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strings"
)

// MaxKey is the longest key in bytes.
const MaxKey = 500

// What a store answers when it cannot do what was asked. Test with errors.Is.
var (
	ErrNotFound    = errors.New("objects: no such object")
	ErrBadKey      = errors.New("objects: not a key")
	ErrTooLarge    = errors.New("objects: larger than allowed")
	ErrUnavailable = errors.New("objects: not available")
)

// Stored tells what was put.
type Stored struct {
	Size   int64  // bytes
	SHA256 string // hexadecimal
}

// Store keeps objects.
type Store interface {
	// Put stores what content gives until its end, without holding it in memory;
	// an error of content, ErrTooLarge among them, leaves what was there before.
	Put(ctx context.Context, key, contentType string, content io.Reader) (Stored, error)
	// Open gives an object's content and its size. Errors: ErrNotFound, ErrUnavailable.
	Open(ctx context.Context, key string) (io.ReadCloser, int64, error)
	// Remove deletes an object; one that is not there is removed already.
	Remove(ctx context.Context, key string) error
	Ping(ctx context.Context) error
}

var part = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// CheckKey refuses what cannot be a key on every engine: keys are parts of
// letters, digits, dots, dashes and underscores, joined by slashes, of which none
// begins with a dot.
func CheckKey(key string) error {
	if len(key) > MaxKey {
		return fmt.Errorf("%w: longer than %d bytes", ErrBadKey, MaxKey)
	}
	for p := range strings.SplitSeq(key, "/") {
		if !part.MatchString(p) {
			return fmt.Errorf("%w: %q", ErrBadKey, key)
		}
	}
	return nil
}

// Limit gives a reader that fails with ErrTooLarge once content has given more
// than limit bytes.
func Limit(content io.Reader, limit int64) io.Reader { return &limited{content, limit} }

type limited struct {
	io.Reader
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// Meter measures what is read through it; engines put by it.
type Meter struct {
	content io.Reader
	size    int64
	sum     hash.Hash
}

// Measure begins to measure.
func Measure(content io.Reader) *Meter { return &Meter{content: content, sum: sha256.New()} }

func (m *Meter) Read(b []byte) (int, error) {
	n, err := m.content.Read(b)
	m.size += int64(n)
	m.sum.Write(b[:n])
	return n, err
}

// Stored tells what was read.
func (m *Meter) Stored() Stored {
	return Stored{Size: m.size, SHA256: hex.EncodeToString(m.sum.Sum(nil))}
}
