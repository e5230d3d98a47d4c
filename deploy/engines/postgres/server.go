// Package postgres runs PostgreSQL on this machine from the system's packages,
// with a data directory and a port of its own: what Temporal keeps journeys in.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
)

// ErrMissing says what to install.
var ErrMissing = errors.New("PostgreSQL's initdb and postgres are missing: apt-get install postgresql")

const superuser = "liuke"

// Options of a server; the zero value listens on a free port.
type Options struct {
	Port     int
	Detached bool
}

// Server is one process, with those that it starts.
type Server struct {
	*process.Process
	// Address is host:port.
	Address string

	password, data string
}

// Start starts a server on the data in dir, or on new ones.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	s, err := prepare(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return s, s.Start(ctx)
}

func prepare(ctx context.Context, dir string, o Options) (*Server, error) {
	programs, err := Find()
	if err != nil {
		return nil, err
	}
	var asked []int
	if o.Port != 0 {
		asked = []int{o.Port}
	}
	ports, err := process.PortsOr(asked, 1)
	if err != nil {
		return nil, err
	}
	who, err := owner()
	if err != nil {
		return nil, err
	}
	data, err := place(dir, who)
	if err != nil {
		return nil, err
	}
	password, err := secret(filepath.Join(dir, "postgres-password"))
	if err != nil {
		return nil, err
	}
	s := &Server{Address: freeport.Address(ports[0]), password: password, data: data}
	if err := initialise(ctx, programs, data, password, who); err != nil {
		return nil, err
	}
	s.Process = process.New(process.Command{
		Name: "postgres", Path: filepath.Join(programs, "postgres"), Args: append([]string{"-D", data, "-p", fmt.Sprint(ports[0])}, settings()...),
		Dir: data, Data: []string{data}, Log: filepath.Join(dir, "postgres.log"), User: who, Detached: o.Detached,
		StopSignal: syscall.SIGINT, // ends sessions instead of waiting for them
		Ready:      func(ctx context.Context) error { return Ping(ctx, s.URL("postgres")) },
	})
	return s, nil
}

// settings for a machine that runs much beside it. What is acknowledged is on the disk.
func settings() []string {
	var args []string
	for _, s := range []string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=64MB", "jit=off", "logging_collector=off"} {
		args = append(args, "-c", s)
	}
	return args
}

// Find gives the directory of PostgreSQL's programs: that of the search path,
// or the newest of Debian's, which are not on it.
func Find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrMissing
	}
	slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) })
	return filepath.Dir(found[len(found)-1]), nil
}

// secret reads a password or makes one.
func secret(path string) (string, error) {
	if have, err := os.ReadFile(path); err == nil {
		return string(have), nil
	}
	text := rand.Text()
	return text, os.WriteFile(path, []byte(text), 0o600)
}

// initialise makes the data directory a cluster if it is new.
func initialise(ctx context.Context, programs, data, password string, who *process.User) error {
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	file, err := lend(password, who)
	if err != nil {
		return err
	}
	defer os.Remove(file) //nolint:errcheck // it lies among temporary files
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), "-D", data, "-U", superuser, "--pwfile="+file,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions")
	initdb.Dir = data
	if who != nil {
		initdb.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: who.UID, Gid: who.GID}}
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// lend writes a temporary file that only the server's owner can read.
func lend(text string, who *process.User) (path string, err error) {
	f, err := os.CreateTemp("", "liuke-postgres-")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text + "\n")
	if who != nil {
		err = errors.Join(err, f.Chown(int(who.UID), int(who.GID)))
	}
	return f.Name(), errors.Join(err, f.Close())
}

// URL of a database of the server, with the password.
func (s *Server) URL(database string) string { return s.URLAt(s.Address, database) }

// URLAt is the URL of a database as reached through a proxy at address.
func (s *Server) URLAt(address, database string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(superuser, s.password), Host: address, Path: database, RawQuery: "sslmode=disable"}).String()
}

// Remove stops the server and removes its data.
func (s *Server) Remove() error { return errors.Join(s.Stop(), os.RemoveAll(s.data)) }

// Ping asks a server for an answer.
func Ping(ctx context.Context, url string) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	var one int
	return c.QueryRow(ctx, "SELECT 1").Scan(&one)
}
