// Package s3 keeps objects in a bucket of Amazon S3 or of what speaks like it.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"liuke.dev/shared/objects"
)

// partSize is what is held in memory of an object whose size is not known; the
// least that S3 takes.
const partSize = 5 << 20

// Config names a bucket.
type Config struct {
	// Address is http(s)://HOST/BUCKET, with a prefix of keys after it if the bucket is shared.
	Address   string
	Region    string // empty: us-east-1
	AccessKey string
	SecretKey string
}

type store struct {
	client *minio.Client
	bucket string
	prefix string
}

// Open gives the bucket's store. It asks nothing of the server yet: see Ping.
func Open(c Config) (objects.Store, error) {
	u, err := url.Parse(c.Address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, errors.New("objects: the address of a bucket is s3:https://HOST/BUCKET")
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if bucket == "" {
		return nil, errors.New("objects: the address names no bucket: s3:https://HOST/BUCKET")
	}
	if prefix != "" {
		if err := objects.CheckKey(prefix); err != nil {
			return nil, err
		}
		prefix += "/"
	}
	region := c.Region
	if region == "" {
		region = "us-east-1"
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: u.Scheme == "https", Region: region,
		BucketLookup: minio.BucketLookupAuto})
	if err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	return &store{client, bucket, prefix}, nil
}

// Put uploads in parts; an object of several parts appears with the last one.
func (s *store) Put(ctx context.Context, key, contentType string, content io.Reader) (objects.Stored, error) {
	if err := objects.CheckKey(key); err != nil {
		return objects.Stored{}, err
	}
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	source := &failing{Reader: content}
	m := objects.Measure(source)
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, m, -1, minio.PutObjectOptions{ContentType: contentType, PartSize: partSize, DisableContentSha256: false})
	if source.err != nil {
		return objects.Stored{}, source.err
	}
	if err != nil {
		return objects.Stored{}, away(err)
	}
	return m.Stored(), nil
}

// failing keeps the error of who gives the content, which is not the server's.
type failing struct {
	io.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func (s *store) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if err := objects.CheckKey(key); err != nil {
		return nil, 0, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, away(err)
	}
	info, err := o.Stat()
	if err != nil {
		return nil, 0, errors.Join(away(err), o.Close())
	}
	return o, info.Size, nil
}

func (s *store) Remove(ctx context.Context, key string) error {
	if err := objects.CheckKey(key); err != nil {
		return err
	}
	err := away(s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
	if errors.Is(err, objects.ErrNotFound) {
		return nil
	}
	return err
}

func (s *store) Ping(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !there {
		err = fmt.Errorf("there is no bucket %q", s.bucket)
	}
	return away(err)
}

func away(err error) error {
	if err == nil {
		return nil
	}
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey || r.StatusCode == http.StatusNotFound && r.Code != minio.NoSuchBucket {
		return fmt.Errorf("%w: %s", objects.ErrNotFound, r.Key)
	}
	return fmt.Errorf("%w: %w", objects.ErrUnavailable, err)
}
