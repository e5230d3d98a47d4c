package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the plugins
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

// postgresShards: with four, two cores start twice as many journeys as with one.
const postgresShards = 4

// postgresConnections of each of the two databases at most.
const postgresConnections = 20

// setUpLock is the number of the lock that set-ups of several servers wait for each other with.
const setUpLock = 0x11CE

// databases by name, with the names of their schemas in the server's own module.
var databases = map[string]string{
	"temporal":            "postgresql/v12/temporal",
	"temporal_visibility": "postgresql/v12/visibility",
}

// preparePostgres makes what is missing, and brings older schemas forward with
// the server's own tool. It waits for PostgreSQL until ctx ends.
func preparePostgres(ctx context.Context, cfg Config) (_ stores, err error) {
	c, err := dialPostgres(ctx, cfg.Postgres)
	if err != nil {
		return stores{}, err
	}
	defer func() { err = errors.Join(err, c.Close(context.WithoutCancel(ctx))) }() // lets go of the lock as well
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", setUpLock); err != nil {
		return stores{}, fmt.Errorf("temporal: PostgreSQL: %w", err)
	}
	s := stores{main: postgresConnection(c.Config(), "temporal"), visibility: postgresConnection(c.Config(), "temporal_visibility"), shards: postgresShards}
	for _, db := range []*config.SQL{s.main, s.visibility} {
		if err := ensureDatabase(ctx, c, db); err != nil {
			return stores{}, fmt.Errorf("temporal: database %s: %w", db.DatabaseName, err)
		}
	}
	return s, ensureNamespace(s.main, cfg)
}

func dialPostgres(ctx context.Context, url string) (*pgx.Conn, error) {
	for {
		c, err := pgx.Connect(ctx, url)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("temporal: PostgreSQL does not answer: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func postgresConnection(to *pgx.ConnConfig, database string) *config.SQL {
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: database,
		ConnectAddr: net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))), User: to.User, Password: to.Password,
		MaxConns: postgresConnections, MaxIdleConns: postgresConnections, MaxConnLifetime: time.Hour,
	}
}

func ensureDatabase(ctx context.Context, c *pgx.Conn, db *config.SQL) error {
	var there bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", db.DatabaseName).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{db.DatabaseName}.Sanitize()); err != nil {
			return err
		}
	}
	return migrate(db)
}

func migrate(db *config.SQL) error {
	quiet := log.NewNoopLogger()
	c, err := sql.NewConnection(db, quiet)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ReadSchemaVersion(); err != nil { // a new one
		if err := schema.NewSetupSchemaTask(c, &schema.SetupConfig{InitialVersion: "0.0"}, quiet).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(c, &schema.UpdateConfig{SchemaName: databases[db.DatabaseName]}, quiet).Run()
}
