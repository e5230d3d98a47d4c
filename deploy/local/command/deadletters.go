package command

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/service"
)

func deadLetters() *cobra.Command {
	c := &cobra.Command{
		Use:   "dead-letters",
		Short: "List, read and replay facts that a consumer could not handle",
		Long: `Facts that a consumer could not handle are kept in a topic of their own. Once the
cause is mended, replay hands a fact again to the consumer that gave up, and to
no other.`,
	}
	c.PersistentFlags().String("kafka", config.Default().Kafka[0], "address of the Kafka broker")
	var q facts.LetterQuery
	list := &cobra.Command{Use: "list", Short: "List dead letters", Args: cobra.NoArgs, RunE: withLetters(func(c *cobra.Command, d *facts.Letters, _ []string) error {
		return listLetters(c, d, q)
	})}
	list.Flags().StringVar(&q.State, "state", "pending", "pending or replayed; empty for both")
	list.Flags().StringVar(&q.Group, "group", "", "only of this consumer group")
	list.Flags().StringVar(&q.Type, "type", "", "only of this fact type")
	list.Flags().IntVar(&q.Limit, "limit", 50, "at most so many")
	show := &cobra.Command{Use: "show ID", Short: "Print a dead letter whole", Args: cobra.ExactArgs(1), RunE: withLetters(func(c *cobra.Command, d *facts.Letters, args []string) error {
		l, err := d.Show(c.Context(), args[0])
		if err != nil {
			return err
		}
		c.Printf("%s %s\n  fact      %s (%s)\n  consumer  %s\n  read at   %s/%d/%d\n  error     %s (after %d attempts, %s)\n  data      %s\n",
			l.ID, l.State, l.Fact, l.Type, l.Group, l.Topic, l.Partition, l.Offset, l.Error, l.Attempts, l.At, l.Value)
		return nil
	})}
	replay := &cobra.Command{Use: "replay ID…", Short: "Hand dead letters again to the consumer that gave up", Args: cobra.MinimumNArgs(1),
		RunE: withLetters(func(c *cobra.Command, d *facts.Letters, args []string) error {
			for _, id := range args {
				l, err := d.Replay(c.Context(), id)
				if err != nil {
					return fmt.Errorf("%s: %w", id, err)
				}
				c.Printf("%s: %s handed again to %s\n", id, l.Fact, l.Group)
			}
			return nil
		})}
	c.AddCommand(list, show, replay)
	return c
}

func withLetters(do func(*cobra.Command, *facts.Letters, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		s, err := settings(c, config.Default())
		if err != nil {
			return err
		}
		where, err := service.ClusterConfig(s, nil)
		if err != nil {
			return err
		}
		cluster := kafka.Open(where)
		defer func() { _ = cluster.Close() }() // nothing is being sent any more
		if err := cluster.Ping(c.Context()); err != nil {
			return fmt.Errorf("%w; is the program running? name its broker with --kafka", err)
		}
		return do(c, facts.DeadLetters(cluster), args)
	}
}

func listLetters(c *cobra.Command, d *facts.Letters, q facts.LetterQuery) error {
	page, err := d.List(c.Context(), q)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tAT\tCONSUMER\tFACT\tERROR")
	for _, l := range page.Letters {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.80s\n", l.ID, l.State, l.At, l.Group, l.Fact, l.Error)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	c.Printf("%d of %d\n", len(page.Letters), page.Total)
	return nil
}
