package s3_test

import (
	"errors"
	"strings"
	"testing"

	"liuke.dev/shared/objects"
	"liuke.dev/shared/objects/objectstest"
	"liuke.dev/shared/objects/s3"
)

func open(t *testing.T, address string) objects.Store {
	t.Helper()
	s, err := s3.Open(s3.Config{Address: address, AccessKey: accessKey, SecretKey: "a secret"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	b, url := serve(t, "files")
	objectstest.Run(t, open(t, url+"/files"))
	if len(b.uploads) != 0 {
		t.Errorf("%d uploads in parts were neither completed nor given up", len(b.uploads))
	}
}

// Installations share a bucket by prefixes.
func TestPrefix(t *testing.T) {
	b, url := serve(t, "files")
	s := open(t, url+"/files/liuke")
	if _, err := s.Put(t.Context(), "a/b", "", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if string(b.objects["liuke/a/b"]) != "x" {
		t.Errorf("the bucket holds %v", b.objects)
	}
}

// A bucket that cannot be used is told from an object that is not there, but where
// the bucket itself is missing: the server answers a look with the same number.
func TestUnavailable(t *testing.T) {
	b, url := serve(t, "files")
	for name, s := range map[string]objects.Store{"no bucket": open(t, url+"/other"), "refused": open(t, url+"/files")} {
		b.mu.Lock()
		b.away = name == "refused"
		b.mu.Unlock()
		_, put := s.Put(t.Context(), "a", "", strings.NewReader("x"))
		_, _, opened := s.Open(t.Context(), "a")
		failed := []error{s.Ping(t.Context()), put}
		if b.away {
			failed = append(failed, opened)
		}
		for _, err := range failed {
			if !errors.Is(err, objects.ErrUnavailable) || errors.Is(err, objects.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "files.test/bucket", "ftp://files.test/bucket", "https://files.test", "https://key:secret@files.test/bucket", "https://files.test/bucket/.."} {
		if _, err := s3.Open(s3.Config{Address: address}); err == nil {
			t.Errorf("%q is taken for a bucket", address)
		}
	}
}
