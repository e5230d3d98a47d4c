// Command temporal-server is Temporal on PostgreSQL as a process of its own,
// with the settings of the all-in-one program; temporal-server ui is its web UI.
// LIUKE_TEMPORAL_DATABASE is the URL of PostgreSQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/enums/v1"

	"liuke.dev/deploy/local/temporalserver"
)

// startWithin bounds a start, with the time that PostgreSQL may need to come up.
const startWithin = 2 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root(serve, serveUI).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "temporal-server:", err)
		os.Exit(1)
	}
}

// program is what a command runs.
type program func(context.Context, temporalserver.Config) error

func root(server, webUI program) *cobra.Command {
	cfg := temporalserver.Config{
		Postgres: os.Getenv("LIUKE_TEMPORAL_DATABASE"),
		Log:      slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	var declared map[string]string
	var uiAddress string // not the server's, which has no UI in its process
	root := &cobra.Command{Use: "temporal-server", Short: "Temporal on PostgreSQL", Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if cfg.SearchAttributes, err = attributes(declared); err != nil {
				return err
			}
			return server(c.Context(), cfg)
		}}
	root.Flags().StringToStringVar(&declared, "attributes", nil, "search attributes of the namespace and their types: Stage=Keyword,Late=Bool")
	root.Flags().StringVar(&cfg.Address, "address", temporalserver.DefaultAddress, "where the frontend listens")
	root.Flags().BoolVar(&cfg.TimeSkipping, "time-skipping", false, "let clients ask for workflows whose timers do not wait")
	root.PersistentFlags().StringVar(&cfg.Namespace, "namespace", temporalserver.DefaultNamespace, "namespace of journeys")
	ui := &cobra.Command{Use: "ui", Short: "the web UI of a server", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg.UIAddress = uiAddress
			return webUI(c.Context(), cfg)
		}}
	ui.Flags().StringVar(&uiAddress, "address", temporalserver.DefaultUIAddress, "where the UI listens")
	ui.Flags().StringVar(&cfg.Address, "temporal", temporalserver.DefaultAddress, "address of the server")
	root.AddCommand(ui)
	return root
}

func attributes(declared map[string]string) (map[string]enums.IndexedValueType, error) {
	all := map[string]enums.IndexedValueType{}
	for name, text := range declared {
		kind, err := enums.IndexedValueTypeFromString(text)
		if err != nil {
			return nil, fmt.Errorf("search attribute %s: %w", name, err)
		}
		all[name] = kind
	}
	return all, nil
}

func serve(ctx context.Context, cfg temporalserver.Config) error {
	if cfg.Postgres == "" {
		return errors.New("LIUKE_TEMPORAL_DATABASE must be the URL of a PostgreSQL server")
	}
	starting, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	s, err := temporalserver.Start(starting, cfg)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return s.Stop()
	case err := <-s.Failed():
		return errors.Join(err, s.Stop())
	}
}

func serveUI(ctx context.Context, cfg temporalserver.Config) error {
	starting, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	ui, err := temporalserver.StartUI(starting, cfg)
	if err != nil {
		return err
	}
	<-ctx.Done()
	ui.Stop()
	return nil
}
