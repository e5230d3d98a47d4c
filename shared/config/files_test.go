package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWhatTheEnvironmentSaysMayStandInAFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"store": "mongodb://liuke:se=cret@db/liuke_\n", "smtp": "from-file\r\n", "kafka": "a:1,b:2"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("LIUKE_STORE_FILE", filepath.Join(dir, "store"))
	t.Setenv("LIUKE_SMTP_PASSWORD_FILE", filepath.Join(dir, "smtp"))
	t.Setenv("LIUKE_KAFKA_FILE", filepath.Join(dir, "kafka"))
	t.Setenv("LIUKE_WEBHOOK_SECRET_FILE", "") // as compose files leave what nobody has set
	c, err := Load(Default(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Store != "mongodb://liuke:se=cret@db/liuke_" || c.SMTP.Password != "from-file" || !slices.Equal(c.Kafka, []string{"a:1", "b:2"}) {
		t.Errorf("%+v", c)
	}
}

func TestFilesThatCannotServeAreNamedAllTogether(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIUKE_STORE_FILE", "/no/such/file")
	t.Setenv("LIUKE_SMTP_PASSWORD_FILE", empty)
	t.Setenv("LIUKE_WEBHOOK_SECRET", "x")
	t.Setenv("LIUKE_WEBHOOK_SECRET_FILE", "/no/such/file")
	t.Setenv("LIUKE_PASSWORT_FILE", empty)
	_, err := Load(Default(), "", nil)
	for _, want := range []string{"LIUKE_STORE_FILE: open /no/such/file", "LIUKE_SMTP_PASSWORD_FILE: " + empty + " is empty",
		"LIUKE_WEBHOOK_SECRET and LIUKE_WEBHOOK_SECRET_FILE are both set", "LIUKE_PASSWORT_FILE: there is no LIUKE_PASSWORT"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

func TestVariablesAreThoseThatLoadReads(t *testing.T) {
	for _, name := range []string{"LIUKE_STORE", "LIUKE_SMTP_PASSWORD", "LIUKE_KAFKA_PASSWORD", "LIUKE_INTERNAL_ORIGIN"} {
		if !slices.Contains(Variables(), name) {
			t.Errorf("%s is not among %v", name, Variables())
		}
	}
}
