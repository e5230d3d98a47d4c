// Package realdata finds the public data that some tests run on: real deals
// (crm-sales) and a shop's purchase log (cdnow). It is not part of the project,
// so those tests carry the build tag realdata
// (docs/walkthroughs/developer.md).
package realdata

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Folder is the environment variable that names the folder with the data.
const Folder = "LIUKE_TEST_DATA"

// File gives the path of a file of the data; the test fails where it is missing.
func File(t testing.TB, set, name string) string {
	t.Helper()
	folder := os.Getenv(Folder)
	if folder == "" {
		t.Fatalf("%s must name the folder with the real data", Folder)
	}
	path := filepath.Join(folder, set, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the real data is needed: %v", err)
	}
	return path
}

// Table gives a CSV file of the data: where it is, its text, and its rows by header.
func Table(t testing.TB, set, name string) (path string, text []byte, rows []map[string]string) {
	t.Helper()
	path = File(t, set, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range cells[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[cells[0][i]] = cell
		}
		rows = append(rows, m)
	}
	return path, text, rows
}
