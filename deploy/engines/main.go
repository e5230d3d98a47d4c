// Command engines runs the real engines that Liuke needs in a cluster, on a
// machine without Docker: Apache Kafka, a MongoDB wire server, and Temporal
// with its UI on PostgreSQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/engines/cache"
	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/deploy/engines/set"
	"liuke.dev/shared/programtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	root := &cobra.Command{Use: "engines", Short: "Real engines without Docker: Kafka, a MongoDB wire server, Temporal on PostgreSQL",
		SilenceUsage: true, SilenceErrors: true}
	root.SetOut(os.Stdout)
	root.PersistentFlags().String("dir", "", "where data, logs and the state are (default: run in the cache directory)")
	root.AddCommand(start(), status(), stop(), run())
	return root
}

// directory of the flag, or the one in the cache.
func directory(c *cobra.Command) (string, error) {
	if dir, err := c.Flags().GetString("dir"); err != nil || dir != "" {
		dir, absErr := filepath.Abs(dir)
		return dir, errors.Join(err, absErr)
	}
	root, err := cache.Dir()
	return filepath.Join(root, "run"), err
}

func engineFlags(c *cobra.Command, o *set.Options) {
	c.Flags().StringSliceVar(&o.Only, "only", nil, "only these: "+strings.Join(set.Kinds, ", "))
	c.Flags().IntVar(&o.Kafka.Nodes, "kafka-nodes", 0, "1 or 3 (default: as before, or 1)")
	c.Flags().BoolVar(&o.TimeSkipping, "time-skipping", false, "let clients of Temporal ask for workflows whose timers do not wait")
}

func start() *cobra.Command {
	var o set.Options
	c := &cobra.Command{Use: "start", Short: "Start what does not run yet, leave it running, and print the environment to use", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := directory(c)
			if err != nil {
				return err
			}
			all, err := set.Leave(c.Context(), dir, o)
			if err != nil {
				return err
			}
			export(c.OutOrStdout(), append(set.Environment(all), "LIUKE_SERVICE_KEY="+filepath.Join(dir, "service.pem")))
			return nil
		}}
	engineFlags(c, &o)
	return c
}

// export prints variables as a shell reads them.
func export(to io.Writer, env []string) {
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		fmt.Fprintf(to, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
}

func status() *cobra.Command {
	return &cobra.Command{Use: "status", Short: "Say of each engine whether it runs and answers; fails if one does not", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := directory(c)
			if err != nil {
				return err
			}
			all, err := set.Load(dir)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return fmt.Errorf("nothing was started in %s", dir)
			}
			table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "engine\taddress\tpid\tstate\tmemory\tdisk\tlog")
			down := 0
			var errs []error
			for _, r := range all {
				p, state := r.Process(), "answers"
				switch {
				case !p.Running():
					state, down = "does not run", down+1
				case p.Ready(c.Context()) != nil:
					state, down = "runs, does not answer", down+1
				}
				w, err := p.Weigh()
				errs = append(errs, err)
				fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", r.Name, r.Address, r.ID.PID, state, megabytes(w.Memory), megabytes(w.Disk), r.Log)
			}
			if err := table.Flush(); err != nil {
				return err
			}
			if down > 0 {
				errs = append(errs, fmt.Errorf("%d of %d do not answer", down, len(all)))
			}
			return errors.Join(errs...)
		}}
}

func stop() *cobra.Command {
	c := &cobra.Command{Use: "stop", Short: "Stop everything; data and ports stay", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := directory(c)
			if err != nil {
				return err
			}
			if clean, err := c.Flags().GetBool("clean"); err != nil || clean {
				return errors.Join(err, set.Clean(dir))
			}
			return set.Stop(dir)
		}}
	c.Flags().Bool("clean", false, "forget the data too")
	return c
}

func run() *cobra.Command {
	var o set.Options
	c := &cobra.Command{Use: "run [-- COMMAND ...]", Short: "Run engines on data of their own for a command, or print the environment and end with standard input or a signal",
		RunE: func(c *cobra.Command, command []string) (err error) {
			dir, err := os.MkdirTemp("", "liuke-engines-")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
			s, err := set.Start(c.Context(), dir, o)
			if err != nil {
				return err
			}
			if len(command) > 0 {
				ran := with(c.Context(), s, command)
				return errors.Join(ran, took(c.ErrOrStderr(), s.Records()), s.Kill())
			}
			export(c.OutOrStdout(), s.Environment())
			input := make(chan struct{})
			go func() {
				_, _ = io.Copy(io.Discard, c.InOrStdin())
				close(input)
			}()
			select {
			case <-c.Context().Done():
			case <-input:
			}
			return s.Kill() // nobody will ask for the data
		}}
	engineFlags(c, &o)
	return c
}

// took says what the engines took for the command that has ended.
func took(to io.Writer, all []set.Record) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "engine\tmemory\tdisk")
	for _, r := range all {
		w, err := r.Process().Weigh()
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, megabytes(w.Memory), megabytes(w.Disk))
	}
	return table.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// with runs a command that finds the engines by its environment: as Liuke's
// programs do, and as its tests and benchmarks do.
func with(ctx context.Context, s *set.Set, command []string) error {
	child := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the caller's own
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = append(os.Environ(), s.Environment()...)
	if s.Mongo != nil && s.Kafka != nil && s.Temporal != nil {
		child.Env = append(child.Env, programtest.StoreEnv+"="+mongo.URI(s.Mongo.Address, ""), programtest.KafkaEnv+"="+s.Kafka.Address(), programtest.TemporalEnv+"="+s.Temporal.Address)
	}
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = time.Minute
	return child.Run()
}
