// Package engines opens the object store that a configuration names. It is the
// only place that knows all of them.
package engines

import (
	"fmt"
	"strings"

	"liuke.dev/shared/config"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/objects/s3"
)

// Open opens the object store of a program:
//
//	folder:DIR                 files below DIR
//	s3:https://HOST/BUCKET     a bucket of Amazon S3 or what speaks like it
//
// Without an address it gives nil: the program keeps no files.
func Open(c config.Config) (objects.Store, error) {
	scheme, rest, _ := strings.Cut(c.Objects, ":")
	switch scheme {
	case "":
		return nil, nil
	case "folder":
		if rest == "" {
			return nil, fmt.Errorf("objects: %q names no directory", c.Objects)
		}
		return folder.Open(rest)
	case "s3":
		return s3.Open(s3.Config{Address: rest, Region: c.ObjectsRegion, AccessKey: c.ObjectsAccessKey, SecretKey: c.ObjectsSecretKey})
	}
	return nil, fmt.Errorf("objects: %q begins neither with folder: nor with s3:, as it must", scheme+":")
}
