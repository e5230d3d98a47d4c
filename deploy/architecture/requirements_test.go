package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requirements are those that the product fulfils so far: all from lead capture to
// roles (A1 to A18), and the resolved conflicts between them.
func requirements() []string {
	var out []string
	for _, span := range [][2]int{{1, 165}} {
		for n := span[0]; n <= span[1]; n++ {
			out = append(out, fmt.Sprintf("R-%03d", n))
		}
	}
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17} {
		out = append(out, fmt.Sprintf("C-%02d", n))
	}
	return out
}

// tests gives the text of every test file but this one, by its path from the root.
func tests(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") || path == filepath.Join("..", "..", "deploy", "architecture", "requirements_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		found[filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEveryRequirementIsNamedByATest(t *testing.T) {
	files := tests(t)
	if len(files) < 30 {
		t.Fatalf("only %d test files found: the list is not whole", len(files))
	}
	for _, r := range requirements() {
		named := false
		for _, text := range files {
			named = named || strings.Contains(text, r)
		}
		if !named {
			t.Errorf("%s is named by no test", r)
		}
	}
}

var (
	row   = regexp.MustCompile(`^\| ((?:R|C)-[0-9]+) \|`)
	proof = regexp.MustCompile("`(Test[A-Za-z0-9_]+)` \\(`([a-z0-9_/.]+_test\\.go)`\\)")
)

// The table in docs/requirements.md is not to promise what is not there: every
// requirement has a row, and every test that a row names exists in that file,
// which names the requirement.
func TestTheTableOfRequirementsIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	files, rows := tests(t), []string{}
	for line := range strings.Lines(string(text)) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		rows = append(rows, m[1])
		proofs := proof.FindAllStringSubmatch(line, -1)
		if len(proofs) == 0 {
			t.Errorf("%s: the row names no test", m[1])
		}
		for _, p := range proofs {
			switch body, ok := files[p[2]]; {
			case !ok:
				t.Errorf("%s: there is no file %s", m[1], p[2])
			case !strings.Contains(body, "func "+p[1]+"("):
				t.Errorf("%s: there is no %s in %s", m[1], p[1], p[2])
			case !strings.Contains(body, m[1]):
				t.Errorf("%s: %s does not name it", m[1], p[2])
			}
		}
	}
	for _, r := range requirements() {
		if !slices.Contains(rows, r) {
			t.Errorf("%s has no row in docs/requirements.md", r)
		}
	}
}
