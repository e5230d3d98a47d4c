// Package realdata finds the public data that some tests run on: real deals
// (crm-sales) and a shop's purchase log (cdnow). It is not part of the project,
// so those tests carry the build tag realdata
// (docs/walkthroughs/developer.md).
package realdata

import (
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
