package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Cost of a password's hash (argon2id); it is written into each hash, so that it
// can be raised later.
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonThreads = 1
	argonLength  = 32
)

// Lengths of passwords.
const (
	minPassword = 10
	maxPassword = 200
)

// hasher bounds how many hashes are computed at once: each takes memory.
type hasher struct{ places chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, max(2, runtime.NumCPU()))} }

func (h hasher) enter(ctx context.Context) error {
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
		return &problem.Error{Code: problem.Unavailable, RetryAfter: 5 * time.Second, Text: lang.T("登录请求过多，请稍后重试", "Too many people sign in right now; try again shortly")}
	}
}

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.places }()
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

func (h hasher) matches(ctx context.Context, hash, password string) (bool, error) {
	var version int
	var memory, rounds uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("signin: not an argon2id hash")
	}
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &rounds, &threads)
	salt, err3 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err4 := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2, err3, err4); err != nil || version != argon2.Version {
		return false, fmt.Errorf("signin: hash not readable: %w", err)
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.places }()
	got := argon2.IDKey([]byte(password), salt, rounds, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// CheckPassword names what a new password breaks.
func CheckPassword(password string, not ...string) []problem.Field {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return []problem.Field{problem.FieldError("password", "min_length", fmt.Sprintf("至少 %d 个字符", minPassword), fmt.Sprintf("must have at least %d characters", minPassword))}
	case n > maxPassword:
		return []problem.Field{problem.FieldError("password", "max_length", fmt.Sprintf("最多 %d 个字符", maxPassword), fmt.Sprintf("may have at most %d characters", maxPassword))}
	}
	for _, v := range not {
		if v != "" && strings.EqualFold(v, password) {
			return []problem.Field{problem.FieldError("password", "guessable", "不能与姓名或邮箱相同", "must not be the name or the e-mail address")}
		}
	}
	return nil
}

// SetPassword sets a person's password and signs them out everywhere.
func (s *Service) SetPassword(ctx context.Context, person, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	d, err := s.docs.credentials.Get(ctx, person)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(person, credential{}), nil
	}
	if err != nil {
		return err
	}
	d.Body = credential{Hash: hash, ChangedAt: s.clock()}
	if err := s.docs.credentials.Commit(ctx, d, ""); err != nil {
		return err
	}
	return s.SignOut(ctx, person)
}

// HasPassword tells whether a person can sign in with a password.
func (s *Service) HasPassword(ctx context.Context, person string) (bool, error) {
	_, err := s.docs.credentials.Get(ctx, person)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SignOut ends all of a person's sessions and grants.
func (s *Service) SignOut(ctx context.Context, person string) error {
	return errors.Join(
		forget(ctx, s.docs.grants, person, func(grant) bool { return true }),
		forget(ctx, s.docs.browsers, person, func(browser) bool { return true }))
}

// ErrWrong says that e-mail and password do not go together, or that the person
// is locked out for a while; which of them is not told.
var ErrWrong = errors.New("signin: wrong e-mail or password")

// nobody's hash takes as long to compare with as anybody's.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBvdGhlciBzYWx0$uSYJ7lqvYJ0pIVdMBtdYL4uNmKJY6TIL3eSOJ7gZTCo"

// Authenticate gives the person whose e-mail address and password these are.
func (s *Service) Authenticate(ctx context.Context, email, password string) (string, error) {
	person, ok, err := s.people.ByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	if ok {
		_, err = s.active(ctx, person)
		ok = err == nil
		if err != nil && !errors.Is(err, errInactive) {
			return "", err
		}
	}
	if !ok || utf8.RuneCountInString(password) > maxPassword {
		_, err := s.hasher.matches(ctx, nobody, "")
		return "", errors.Join(ErrWrong, err)
	}
	return person, s.Confirm(ctx, person, password)
}

// Confirm checks a person's password. The try is counted before it is judged, so
// that many at once cannot be more than LockAfter.
func (s *Service) Confirm(ctx context.Context, person, password string) error {
	for {
		d, err := s.docs.credentials.Get(ctx, person)
		if errors.Is(err, store.ErrNotFound) {
			_, err := s.hasher.matches(ctx, nobody, "")
			return errors.Join(ErrWrong, err)
		}
		if err != nil {
			return err
		}
		now := s.clock()
		if d.Body.LockedUntil > now {
			return ErrWrong
		}
		if !d.Body.LockedUntil.IsZero() {
			d.Body.Failures, d.Body.LockedUntil = 0, 0
		}
		if d.Body.Failures++; d.Body.Failures >= s.c.LockAfter {
			d.Body.LockedUntil = now.Add(s.c.LockFor)
		}
		if err := s.docs.credentials.Commit(ctx, d, ""); errors.Is(err, store.ErrConflict) {
			continue
		} else if err != nil {
			return err
		}
		return s.judge(ctx, d, password)
	}
}

func (s *Service) judge(ctx context.Context, d *store.Doc[credential], password string) error {
	right, err := s.hasher.matches(ctx, d.Body.Hash, password)
	if err != nil {
		return err
	}
	if !right {
		if !d.Body.LockedUntil.IsZero() {
			s.c.Log.WarnContext(ctx, "locked out after too many wrong passwords", "person", d.ID, "until", d.Body.LockedUntil.String())
		}
		return ErrWrong
	}
	for {
		d.Body.Failures, d.Body.LockedUntil = 0, 0
		err := s.docs.credentials.Commit(ctx, d, "")
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
		fresh, err := s.docs.credentials.Get(ctx, d.ID)
		if err != nil {
			return err
		}
		if fresh.Body.Hash != d.Body.Hash {
			return ErrWrong // it was changed meanwhile
		}
		d = fresh
	}
}

// gone forgives that a document was removed or changed by somebody else first.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}
