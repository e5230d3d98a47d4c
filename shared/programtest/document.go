package programtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// WriteSection replaces a section of a page in docs, which stands between two
// markers that name it and the command that writes it.
func WriteSection(page, section, command, text string) error {
	root, err := Root()
	if err != nil {
		return err
	}
	path := filepath.Join(root, "docs", page)
	old, err := os.ReadFile(path) //nolint:gosec // a file of the project
	if err != nil {
		return err
	}
	begin, end := fmt.Sprintf("<!-- %s:begin (written by %s) -->", section, command), fmt.Sprintf("<!-- %s:end -->", section)
	before, rest, ok := bytes.Cut(old, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return fmt.Errorf("docs/%s has lost its markers %s and %s", page, begin, end)
	}
	out := slices.Concat(before, []byte(begin+"\n\n"+text+"\n"), []byte(end), after)
	return os.WriteFile(path, out, 0o644) //nolint:gosec // documentation is for everybody
}

// Revision says which revision of the project is checked out.
func Revision() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "revision unknown"
	}
	return "revision " + strings.TrimSpace(string(out))
}
