package broker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// indexEntry is the size of one entry of kfake's index files.
const indexEntry = 15

// maxEntry bounds what can be an entry of a state log; kfake's are below 10 KB.
const maxEntry = 1 << 20

// repair takes out what a crash or a full disk tore. kfake skips a torn tail
// when it reads a state log but then appends behind it, and the next start
// stops reading there: every offset committed in between would be forgotten.
func repair(dir string, log *slog.Logger) error {
	if err := restore(dir); err != nil {
		return err
	}
	for _, name := range []string{"groups.log", "pids.log"} {
		if err := rewrite(filepath.Join(dir, name), intactEntries, log); err != nil {
			return err
		}
	}
	indexes, err := filepath.Glob(filepath.Join(escapeGlob(dir), partitionsDir, "*", "*.idx"))
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	for _, path := range indexes {
		whole := func(raw []byte) []byte { return raw[:len(raw)-len(raw)%indexEntry] }
		if err := rewrite(path, whole, log); err != nil {
			return err
		}
	}
	return nil
}

func rewrite(path string, intact func([]byte) []byte, log *slog.Logger) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	keep := intact(raw)
	if len(keep) == len(raw) {
		return nil
	}
	log.Warn("broker: took a torn write out of a log", "file", path, "bytes", len(raw)-len(keep))
	if err := replace(path, keep); err != nil {
		return fmt.Errorf("broker: %s cannot be repaired: %w", path, err)
	}
	return nil
}

func replace(path string, content []byte) error {
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// intactEntries are the entries of a state log without what lies torn behind
// or between them. An entry is length, checksum (both 4 bytes, little endian)
// and what they are of.
func intactEntries(raw []byte) []byte {
	var keep bytes.Buffer
	for at := 0; at < len(raw); {
		if n := entryAt(raw[at:]); n > 0 {
			keep.Write(raw[at : at+n])
			at += n
		} else {
			at++
		}
	}
	return keep.Bytes()
}

// entryAt is the size of the entry that raw begins with, 0 when it begins with none.
func entryAt(raw []byte) int {
	if len(raw) < 10 {
		return 0
	}
	length := int(binary.LittleEndian.Uint32(raw))
	if length < 2 || length > maxEntry || 8+length > len(raw) {
		return 0
	}
	if crc32.Checksum(raw[8:8+length], castagnoli) != binary.LittleEndian.Uint32(raw[4:]) {
		return 0
	}
	return 8 + length
}
