// Program learning tries the score that learns on a public record of orders and
// writes the tables of docs/learning.md:
//
//	go run ./services/insights/cmd/learning CDNOW_sample.txt
package main

import (
	"fmt"
	"os"

	"liuke.dev/services/insights/internal/learning/cdnow"
)

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: %s CDNOW_sample.txt", args[0])
	}
	f, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return cdnow.Report(os.Stdout, f)
}
