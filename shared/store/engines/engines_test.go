package engines

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenMakesTheFileOfAService(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	for _, address := range []string{"sqlite:" + dir, "sqlite://" + dir} {
		e, err := Open(context.Background(), address, "leads")
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "leads.db")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefusesWhatIsNoAddress(t *testing.T) {
	for _, c := range [][2]string{
		{"", "leads"}, {"sqlite:", "leads"}, {"postgres://x:secret@h/d", "leads"}, {"mongodb:///x", "leads"},
		{"mongodb://h/a.b", "leads"}, {"sqlite:" + t.TempDir(), "../leads"}, {"sqlite:" + t.TempDir(), ""},
	} {
		_, err := Open(context.Background(), c[0], c[1])
		if err == nil {
			t.Errorf("%q %q: opened", c[0], c[1])
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the password is in the error: %v", c[0], err)
		}
	}
}

func TestSplitDatabase(t *testing.T) {
	for address, want := range map[string][2]string{
		"mongodb://h":                           {"mongodb://h/", ""},
		"mongodb://h/":                          {"mongodb://h/", ""},
		"mongodb://h/liuke_":                    {"mongodb://h/", "liuke_"},
		"mongodb://u:p@a:1,b:2/t_?replicaSet=r": {"mongodb://u:p@a:1,b:2/?replicaSet=r", "t_"},
		"mongodb+srv://h/x?w=majority":          {"mongodb+srv://h/?w=majority", "x"},
	} {
		server, database, err := splitDatabase(address)
		if err != nil || server != want[0] || database != want[1] {
			t.Errorf("%s: %q %q %v", address, server, database, err)
		}
	}
}
