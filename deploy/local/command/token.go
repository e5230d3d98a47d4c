package command

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
)

// tokenValid is how long a token of the command line lasts.
const tokenValid = 12 * time.Hour

func token() *cobra.Command {
	c := &cobra.Command{
		Use:   "token PERSON",
		Short: "Print an access token for a person, for curl",
		Long: `Print an access token for a person, by their id, for use with curl:

  curl -H "Authorization: Bearer $(liuke token wang)" http://127.0.0.1:8080/v1/leads

The token is signed with the key in the data directory: whoever can read that
file can act as anybody, so keep it as you keep the data.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			base := config.Default()
			base.Data = defaultData()
			s, err := settings(c, base)
			if err != nil {
				return err
			}
			key, err := auth.LoadKey(cmp.Or(s.ServiceKey, program.Keys(s.Data)))
			if err != nil {
				return fmt.Errorf("no key in the data directory %s (name another with --data): %w", s.Data, err)
			}
			t, err := key.Issue(auth.Principal{ID: args[0]}, tokenValid)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), t)
			return err
		},
	}
	c.Flags().String("data", defaultData(), "data directory")
	return c
}
