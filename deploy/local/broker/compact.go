package broker

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	partitionsDir = "partitions"
	// keptDir holds the logs as they were while they are being compacted. It
	// gets its name when it is whole and loses it when it is no longer needed.
	keptDir    = "before-compaction"
	keptNewDir = keptDir + ".new"
	keptOldDir = keptDir + ".old"
)

// compact runs kfake's compaction, which deletes a log and then writes it anew,
// so that a crash half way loses nothing: hard links keep the old files until
// the new ones are on the disk. It must run while nobody can write.
func compact(dir string, topics []string, run func() error) error {
	logs, err := logsOf(dir, topics)
	if err != nil || len(logs) == 0 {
		return err
	}
	if err := keep(dir, logs); err != nil {
		return fmt.Errorf("broker: before compaction: %w", err)
	}
	// On failure the old logs stay where the next start finds and restores them.
	if err := run(); err != nil {
		return fmt.Errorf("broker: compaction failed, nothing is lost, the next start goes on with the logs as they were: %w", err)
	}
	for _, log := range logs {
		if err := syncDir(filepath.Join(dir, partitionsDir, log)); err != nil {
			return fmt.Errorf("broker: after compaction: %w", err)
		}
	}
	return drop(dir)
}

// logsOf names the partitions of some topics that have something to compact.
func logsOf(dir string, topics []string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, partitionsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	wanted := map[string]bool{}
	for _, t := range topics {
		wanted[url.PathEscape(t)] = true
	}
	var logs []string
	for _, e := range entries {
		name := e.Name()
		if at := strings.LastIndexByte(name, '-'); at > 0 && wanted[name[:at]] {
			logs = append(logs, name)
		}
	}
	return logs, nil
}

func keep(dir string, logs []string) error {
	if err := os.RemoveAll(filepath.Join(dir, keptNewDir)); err != nil {
		return err
	}
	for _, log := range logs {
		if err := linkAll(filepath.Join(dir, partitionsDir, log), filepath.Join(dir, keptNewDir, log)); err != nil {
			return err
		}
	}
	if err := os.Rename(filepath.Join(dir, keptNewDir), filepath.Join(dir, keptDir)); err != nil {
		return err
	}
	return syncDir(dir)
}

func linkAll(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Link(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return syncDir(to)
}

// drop forgets the kept logs: one rename decides, the rest is tidying.
func drop(dir string) error {
	if err := os.Rename(filepath.Join(dir, keptDir), filepath.Join(dir, keptOldDir)); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return os.RemoveAll(filepath.Join(dir, keptOldDir))
}

// restore puts back logs whose compaction was cut short.
func restore(dir string) error {
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, keptNewDir)), os.RemoveAll(filepath.Join(dir, keptOldDir))); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	logs, err := os.ReadDir(filepath.Join(dir, keptDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	for _, log := range logs {
		half := filepath.Join(dir, partitionsDir, log.Name())
		if err := os.RemoveAll(half); err != nil {
			return fmt.Errorf("broker: %w", err)
		}
		if err := linkAll(filepath.Join(dir, keptDir, log.Name()), half); err != nil {
			return fmt.Errorf("broker: %w", err)
		}
	}
	if err := syncDir(filepath.Join(dir, partitionsDir)); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return drop(dir)
}

// syncDir makes renames and new files in a directory survive a power loss.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// escapeGlob keeps a directory's own name from being read as a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
