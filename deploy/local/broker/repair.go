package broker

import (
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

// repair cuts what a crash tore. kfake skips a torn tail when it reads a state
// log but then appends behind it, and the next start stops reading there: every
// offset committed in between would be forgotten.
func repair(dir string, log *slog.Logger) error {
	if err := restore(dir); err != nil {
		return err
	}
	for _, name := range []string{"groups.log", "pids.log"} {
		if err := cut(filepath.Join(dir, name), wholeEntries, log); err != nil {
			return err
		}
	}
	indexes, err := filepath.Glob(filepath.Join(escapeGlob(dir), partitionsDir, "*", "*.idx"))
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	for _, path := range indexes {
		whole := func(raw []byte) int { return len(raw) - len(raw)%indexEntry }
		if err := cut(path, whole, log); err != nil {
			return err
		}
	}
	return nil
}

func cut(path string, whole func([]byte) int, log *slog.Logger) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	keep := whole(raw)
	if keep == len(raw) {
		return nil
	}
	log.Warn("broker: cut off a torn write at the end of a log", "file", path, "bytes", len(raw)-keep)
	if err := os.Truncate(path, int64(keep)); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// wholeEntries is the length of the intact beginning of a state log. An entry
// is length, checksum (both 4 bytes, little endian) and what they are of.
func wholeEntries(raw []byte) int {
	at := 0
	for at+10 <= len(raw) {
		length := int(binary.LittleEndian.Uint32(raw[at:]))
		end := at + 8 + length
		if length < 2 || end > len(raw) || crc32.Checksum(raw[at+8:end], castagnoli) != binary.LittleEndian.Uint32(raw[at+4:]) {
			break
		}
		at = end
	}
	return at
}
