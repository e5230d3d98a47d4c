package engines_test

import (
	"testing"

	"liuke.dev/shared/config"
	"liuke.dev/shared/objects/engines"
)

func TestOpen(t *testing.T) {
	if s, err := engines.Open(config.Config{}); s != nil || err != nil {
		t.Errorf("nowhere: %v, %v", s, err)
	}
	for _, address := range []string{"folder:" + t.TempDir(), "s3:https://files.test/bucket"} {
		if s, err := engines.Open(config.Config{Objects: address}); s == nil || err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"folder:", "s3:bucket", "/srv/files", "gopher:files"} {
		if _, err := engines.Open(config.Config{Objects: address}); err == nil {
			t.Errorf("%q is taken for an object store", address)
		}
	}
}
