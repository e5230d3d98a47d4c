package command

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"liuke.dev/shared/config"
)

// scoring is what the command reads of scoring everything.
type scoring struct {
	Running   bool    `json:"running"`
	Seconds   float64 `json:"seconds"`
	Customers int64   `json:"customers"`
	Entries   int64   `json:"entries"`
	Changed   int64   `json:"changed"`
	Failed    string  `json:"failed"`
}

// askScoringEvery is how often it is asked how far the program is.
const askScoringEvery = 500 * time.Millisecond

func scoreCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "score",
		Short: "Score every customer from scratch, in the running program",
		Long: `Score every customer from scratch: health, life cycle, early signs and risk
groups of each anew from its whole timeline, by the rules in force. Whoever
stands differently than was known is told of as usual. People's work goes first;
what is under way when the program stops is asked for again.

  liuke score`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			base := config.Default()
			base.Data = defaultData()
			s, err := settings(c, base)
			if err != nil {
				return err
			}
			client, err := operatorOf(s)
			if err != nil {
				return err
			}
			var now scoring
			if err := client.Do(c.Context(), operator, http.MethodPost, "/v1/standings/scoring", nil, &now); err != nil {
				return err
			}
			for now.Running {
				select {
				case <-c.Context().Done():
					return c.Context().Err()
				case <-time.After(askScoringEvery):
				}
				if err := client.Do(c.Context(), operator, http.MethodGet, "/v1/standings/scoring", nil, &now); err != nil {
					return err
				}
				if isTerminal(os.Stderr) {
					c.PrintErrf("\r%d customers, %d entries ", now.Customers, now.Entries)
				}
			}
			if isTerminal(os.Stderr) {
				c.PrintErrln()
			}
			if now.Failed != "" {
				return fmt.Errorf("after %d customers: %s", now.Customers, now.Failed)
			}
			c.Printf("%d customers of %d entries scored in %.1f s; %d stand differently than was known\n", now.Customers, now.Entries, now.Seconds, now.Changed)
			return nil
		},
	}
	c.Flags().String("http", config.Default().HTTP, "address of the running program")
	c.Flags().String("data", defaultData(), "data directory, for the key that signs the token")
	return c
}
