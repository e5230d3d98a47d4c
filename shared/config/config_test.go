package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachSourceGoesOverTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "liuke.yaml")
	if err := os.WriteFile(path, []byte("http: 127.0.0.1:1000\nspeed: 5\nsmtp:\n  host: file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIUKE_SPEED", "7")
	t.Setenv("LIUKE_KAFKA", "a:1,b:2")
	t.Setenv("LIUKE_SMTP_HOST", "environment")
	c, err := Load(Default(), path, map[string]any{"temporal": "flag:1"})
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTP != "127.0.0.1:1000" || c.Speed != 7 || len(c.Kafka) != 2 || c.SMTP.Host != "environment" || c.SMTP.Port != 587 || c.Temporal != "flag:1" {
		t.Errorf("%+v", c)
	}
	if c.Origin != "http://127.0.0.1:1000" {
		t.Errorf("origin %q does not follow http", c.Origin)
	}
}

func TestBadValuesAreNamed(t *testing.T) {
	_, err := Load(Default(), "", map[string]any{"kafka": []string{""}, "http": "nowhere", "speed": 0, "log_level": "loud", "journeys": "maybe", "journeys_kept": 1, "pprof": "0.0.0.0:6060", "at": "commit.after:kill:1",
		"traces": "localhost:4318", "traces_ratio": 2})
	for _, want := range []string{"kafka:", "http:", "speed:", "log_level:", "journeys:", "journeys_kept:", "pprof:", "at:", "traces:", "traces_ratio:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
	if _, err := Load(Default(), "/no/such/file", nil); err == nil {
		t.Error("a missing file is no error")
	}
}

// Files lie in the data directory, beside the documents of an sqlite store, or
// where the configuration says.
func TestWhereFilesAreKept(t *testing.T) {
	for want, set := range map[string]map[string]any{
		"folder:d/objects":            {"data": "d"},
		"folder:s/objects":            {"store": "sqlite:s"},
		"":                            {"store": "mongodb://m/liuke_"},
		"s3:https://files.test/liuke": {"data": "d", "objects": "s3:https://files.test/liuke"},
	} {
		c, err := Load(Default(), "", set)
		if err != nil || c.Objects != want {
			t.Errorf("%v: files are kept at %q, want %q (%v)", set, c.Objects, want, err)
		}
	}
}
