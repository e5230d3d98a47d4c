package s3_test

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // entity tags of S3 are MD5
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const accessKey = "liuke"

// bucket is a server that speaks the part of S3 that is used here: one bucket,
// objects put whole and in parts, in the encodings of the client.
type bucket struct {
	name    string
	mu      sync.Mutex
	objects map[string][]byte
	uploads map[string]map[int][]byte
	begun   int // uploads so far: an id is never given twice
	away    bool
}

func serve(t *testing.T, name string) (*bucket, string) {
	b := &bucket{name: name, objects: map[string][]byte{}, uploads: map[string]map[int][]byte{}}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	return b, s.URL
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	away := b.away
	b.mu.Unlock()
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case away:
		refuse(w, http.StatusForbidden, "AccessDenied", key)
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+accessKey+"/"):
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch", key)
	case name != b.name:
		refuse(w, http.StatusNotFound, "NoSuchBucket", key)
	case key == "":
		w.WriteHeader(http.StatusOK)
	default:
		b.object(w, r, key)
	}
}

func (b *bucket) object(w http.ResponseWriter, r *http.Request, key string) {
	body, err := content(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "IncompleteBody", key)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	upload := r.URL.Query().Get("uploadId")
	switch {
	case r.Method == http.MethodPost && r.URL.Query().Has("uploads"):
		b.begun++
		upload = strconv.Itoa(b.begun)
		b.uploads[upload] = map[int][]byte{}
		answer(w, struct {
			XMLName     xml.Name `xml:"InitiateMultipartUploadResult"`
			Bucket, Key string
			UploadID    string `xml:"UploadId"`
		}{Bucket: b.name, Key: key, UploadID: upload})
	case r.Method == http.MethodPost && upload != "":
		b.complete(w, key, upload)
	case r.Method == http.MethodPut && upload != "":
		n, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
		b.uploads[upload][n] = body
		w.Header().Set("ETag", tag(body))
	case r.Method == http.MethodPut:
		b.objects[key] = body
		w.Header().Set("ETag", tag(body))
	case r.Method == http.MethodDelete && upload != "":
		delete(b.uploads, upload)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		b.give(w, r, key)
	}
}

func (b *bucket) complete(w http.ResponseWriter, key, upload string) {
	var whole []byte
	parts := b.uploads[upload]
	numbers := make([]int, 0, len(parts))
	for n := range parts {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		whole = append(whole, parts[n]...)
	}
	b.objects[key] = whole
	delete(b.uploads, upload)
	answer(w, struct {
		XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
		Bucket, Key, ETag string
	}{Bucket: b.name, Key: key, ETag: tag(whole)})
}

func (b *bucket) give(w http.ResponseWriter, r *http.Request, key string) {
	whole, ok := b.objects[key]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey", key)
		return
	}
	w.Header().Set("ETag", tag(whole))
	http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(whole))
}

// content reads a body, which may come in signed chunks.
func content(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var whole []byte
	for in := bufio.NewReader(r.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil || n == 0 {
			return whole, err
		}
		chunk := make([]byte, n+2) // with its line end
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, err
		}
		whole = append(whole, chunk[:n]...)
	}
}

func tag(b []byte) string {
	sum := md5.Sum(b) //nolint:gosec // see above
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code, key string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message><Key>%s</Key></Error>", code, code, key)
}
