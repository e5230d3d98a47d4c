package programtest

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// DiskUse gives the size of a file, or of all files in a directory, in bytes; what
// went away meanwhile takes no room. Errors: those of the file system, that the
// place is not there excepted.
func DiskUse(place string) (n int64, err error) {
	err = filepath.WalkDir(place, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}
