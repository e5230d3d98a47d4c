package command

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"liuke.dev/shared/config"
	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/rollout"
)

func workerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "worker",
		Short: "See which build of the worker journeys run on, and move them to another",
		Long: `See which build of the worker journeys run on, and move them to another.

A worker names its build to Temporal (its version and commit, or LIUKE_BUILD). A
new build takes all journeys over when it is first seen, unless it is started
with LIUKE_ROLLOUT=manual; then:

  liuke worker status
  liuke worker ramp BUILD 10     a tenth of the journeys go on under it
  liuke worker current BUILD     all of them
  liuke worker ramp BUILD 0      take them back

Journeys move with their next step. Old workers may be stopped once status shows
their build as draining or drained.`,
	}
	c.PersistentFlags().String("temporal", config.Default().Temporal, "address of the Temporal server")
	c.AddCommand(
		&cobra.Command{Use: "status", Short: "Show builds, their workers, and who has the journeys", Args: cobra.NoArgs, RunE: withRollout(showRollout)},
		&cobra.Command{Use: "current BUILD", Short: "Let all journeys go on under a build", Args: cobra.ExactArgs(1),
			RunE: withRollout(func(ctx context.Context, c *cobra.Command, r *rollout.Rollout, args []string) error {
				if err := r.MakeCurrent(ctx, args[0]); err != nil {
					return err
				}
				return showRollout(ctx, c, r, nil)
			})},
		&cobra.Command{Use: "ramp BUILD PERCENT", Short: "Let a share of the journeys go on under a build; 0 takes them back", Args: cobra.ExactArgs(2),
			RunE: withRollout(func(ctx context.Context, c *cobra.Command, r *rollout.Rollout, args []string) error {
				percent, err := strconv.ParseFloat(args[1], 32)
				if err != nil {
					return fmt.Errorf("%q is not a percentage", args[1])
				}
				if err := r.Ramp(ctx, args[0], float32(percent)); err != nil {
					return err
				}
				return showRollout(ctx, c, r, nil)
			})})
	return c
}

// rolloutWithin bounds a command: moving journeys takes a second or three, on a busy
// cluster longer than one call may last.
const rolloutWithin = time.Minute

func withRollout(do func(context.Context, *cobra.Command, *rollout.Rollout, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		s, err := settings(c, config.Default())
		if err != nil {
			return err
		}
		options, err := workflows.DialOptions(s, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(c.Context(), rolloutWithin)
		defer cancel()
		t, err := client.DialContext(ctx, options)
		if err != nil {
			return fmt.Errorf("temporal at %s does not answer: %w; name its address with --temporal", s.Temporal, err)
		}
		defer t.Close()
		return do(ctx, c, rollout.New(t, s.Namespace, host.TaskQueue), args)
	}
}

func showRollout(ctx context.Context, c *cobra.Command, r *rollout.Rollout, _ []string) error {
	s, err := r.Status(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "BUILD\tSTATE\tWORKERS\tFIRST SEEN")
	for _, v := range s.Versions {
		state := v.State
		if v.State == rollout.Ramping {
			state = fmt.Sprintf("%s %g %%", state, v.Percent)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", v.Build, state, v.Workers, v.Since.UTC().Format(time.RFC3339))
	}
	if s.Unversioned > 0 {
		fmt.Fprintf(w, "(none)\tof an older program\t%d\t\n", s.Unversioned)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if s.Current == "" {
		c.Println("no build has the journeys: start a worker, or make one current")
	}
	return nil
}
