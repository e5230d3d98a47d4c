//go:build realdata

package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/shared/programtest"
	"liuke.dev/shared/realdata"
)

// realFile gives the path of a file of the real data, and its rows by header.
func realFile(t *testing.T, name string) (string, []map[string]string) {
	t.Helper()
	path, _, rows := realdata.Table(t, "crm-sales", name)
	return path, rows
}

// pipeline gives the file of deals, or its first rows where this form takes no more.
func pipeline(t *testing.T) (string, []map[string]string) {
	t.Helper()
	path, rows := realFile(t, "sales_pipeline.csv")
	if importRows == 0 {
		return path, rows
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	some := bytes.Join(bytes.SplitAfterN(whole, []byte("\n"), importRows+2)[:importRows+1], nil) // and the header
	path = filepath.Join(t.TempDir(), "sales_pipeline.csv")
	if err := os.WriteFile(path, some, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, rows[:importRows]
}

// checkPreview looks at the import twice, with --preview and by not answering, and
// wants that the system is as empty as before.
func checkPreview(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream, accounts []map[string]string) {
	t.Helper()
	people, err := programtest.All[struct{ ID string }](ctx, o.As(o.Boss), "/v1/people")
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range [][]string{{"--preview"}, {}} {
		said, report := importReal(ctx, t, o, how...)
		for _, want := range []string{fmt.Sprintf("accounts.csv, %d rows: %d accounts would be made, 0 are there already", len(accounts), len(accounts)), " people would be made, 0 are there already",
			": 0 would be refused", "technolgy → technology", "nothing was imported"} {
			if !strings.Contains(said, want) {
				t.Errorf("%v does not say %q:\n%s", how, want, said)
			}
		}
		if _, err := os.Stat(report); err == nil {
			t.Errorf("%v left a report", how)
		}
		for path, want := range map[string]int{"/v1/customers": 0, "/v1/deals": 0, "/v1/imports": 0, "/v1/people": len(people)} {
			if got, err := programtest.All[struct{ ID string }](ctx, o.As(o.Boss), path); err != nil || len(got) != want {
				t.Errorf("%v left %d at %s, there were %d: %v", how, len(got), path, want, err)
			}
		}
	}
	if n := dealFacts(s); n > 0 {
		t.Errorf("a preview left %d facts of deals", n)
	}
}

// checkReport wants every correction of a sector in the report, with what stood there.
func checkReport(t *testing.T, path string, accounts []map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	said, want := map[string]bool{}, 0
	for _, r := range rows[1:] {
		if r[3] == "sector_spelling" {
			said[strings.Join([]string{r[8], r[0], r[1], r[2], r[4], r[5]}, " ")] = true
		}
	}
	for i, a := range accounts {
		if a["sector"] == "technolgy" {
			want++
			if line := fmt.Sprintf("accounts.csv %d adjusted sector technolgy technology", i+2); !said[line] {
				t.Errorf("the report does not say: %s", line)
			}
		}
	}
	if want == 0 || len(said) != want {
		t.Errorf("%d sectors corrected, the file has %d that are misspelled", len(said), want)
	}
}
