// Command catalogue writes docs/events: the schemas of all facts, the AsyncAPI
// document and the table of events. Its argument is the folder.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"liuke.dev/shared/facts"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	folder := filepath.Join("docs", "events")
	if len(args) > 1 {
		return errors.New("usage: catalogue [FOLDER]")
	} else if len(args) == 1 {
		folder = args[0]
	}
	files, err := facts.Generated()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.schema.json"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := files[filepath.Base(path)]; !ok && strings.HasPrefix(filepath.Base(path), "liuke.") {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
