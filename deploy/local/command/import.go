package command

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/api"
	"liuke.dev/deploy/local/importing"
	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
)

func importCommand() *cobra.Command {
	var (
		job     importing.Job
		options = map[string]*string{}
		preview bool
		yes     bool
		report  string
	)
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a CSV file of leads or deals into the running program",
		Long: `Import a CSV file of leads or deals into the running program. What the columns
mean is guessed from their headers and shown; --map FIELD=HEADER changes it.
Before anything is written it is shown what would come of it, people and accounts
included, and asked whether to go on; --preview only shows it. Every row is then in
the system or in the report, those of --people, --accounts and --products too. A
sector that is misspelled is corrected to the nearest known one and reported.
Running the same file again changes nothing, and an import that was interrupted
goes on where it was.

Old dates are kept as history: no reminder fires for the past.

  liuke import sales_pipeline.csv --kind deals --as admin --currency USD \
    --people sales_teams.csv --accounts accounts.csv --products products.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			client, err := clientOf(c)
			if err != nil {
				return err
			}
			job.Client, job.File, job.Options = client, args[0], map[string]any{}
			for key, value := range options {
				if *value != "" {
					job.Options[key] = *value
				}
			}
			state, err := job.Prepare(c.Context())
			if err != nil {
				return err
			}
			showMapping(c, state)
			showBefore(c, &job)
			p, err := job.Preview(c.Context(), state.ID)
			if err != nil {
				return errors.Join(err, job.Discard(c.Context(), state.ID))
			}
			c.Printf("\n%d rows: %d would be refused, %d adjusted\n", p.Rows, p.Refused, p.Adjusted)
			showCounts(c, p.Rules)
			showCounts(c, p.Stages)
			if preview || !yes && !agreed(c) {
				c.Println("nothing was imported")
				return job.Discard(c.Context(), state.ID)
			}
			return runImport(c, &job, state.ID, report)
		},
	}
	f := c.Flags()
	f.String("http", config.Default().HTTP, "address of the running program")
	f.String("data", defaultData(), "data directory, for the key that signs the token")
	f.StringVar(&job.Kind, "kind", "deals", "leads or deals")
	f.StringVar(&job.As, "as", "admin", "id of the person who imports")
	f.StringVar(&job.Source, "source", "import", "name of the system that the file comes from; a row is the same again by it and its own id")
	f.StringVar(&job.People, "people", "", "CSV of people to add before: sales_agent (or name), manager")
	f.StringVar(&job.Accounts, "accounts", "", "CSV of accounts to match or create before: account (or name), sector")
	f.StringVar(&job.Products, "products", "", "CSV of known products, so that other spellings are corrected and reported")
	f.StringToStringVar(&job.Fields, "map", nil, "what a column means, over what was guessed: FIELD=HEADER")
	f.StringToStringVar(&job.Stages, "stage", nil, "what a value of the stage column means: VALUE=STAGE")
	for key, help := range map[string]string{"currency": "of amounts without one", "zone": "IANA time zone of dates", "pipeline": "of deals", "default_owner": "owns rows whose owner is unknown"} {
		options[key] = f.String(strings.ReplaceAll(key, "_", "-"), "", help)
	}
	f.BoolVar(&preview, "preview", false, "show what would happen and stop: nothing is written")
	f.BoolVar(&yes, "yes", false, "do not ask")
	f.StringVar(&report, "report", "import-report.csv", "where the report of refused and adjusted rows is written")
	c.AddCommand(importCustomersCommand(), importOrdersCommand())
	return c
}

func clientOf(c *cobra.Command) (*api.Client, error) {
	base := config.Default()
	base.Data = defaultData()
	s, err := settings(c, base)
	if err != nil {
		return nil, err
	}
	key, err := auth.LoadKey(program.Keys(s.Data))
	if err != nil {
		return nil, fmt.Errorf("no key in the data directory %s (name another with --data): %w", s.Data, err)
	}
	return api.New(s.Origin, key), nil
}

func runImport(c *cobra.Command, job *importing.Job, id, report string) error {
	bar := progressbar.NewOptions(100, progressbar.OptionSetDescription("importing"), progressbar.OptionSetWriter(c.ErrOrStderr()), progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(isTerminal(os.Stderr)))
	end, err := job.Run(c.Context(), id, func(s importing.State) { _ = bar.Set(s.Percent) }) // only decoration
	_ = bar.Finish()
	if err != nil {
		return err
	}
	n := end.Counts
	c.Printf("%d rows: %d created, %d there already, %d refused; %d adjusted\n", end.Rows, n.Created, n.Unchanged, n.Refused, n.Adjusted)
	showCounts(c, n.ByStage)
	for _, won := range n.WonAmounts {
		c.Println("  won:", won)
	}
	if len(job.Entries()) > 0 {
		c.Printf("people, accounts and products: %d rows refused, %d adjusted\n", rowsThat(job, "refused"), rowsThat(job, "adjusted"))
	}
	if err := writeReport(c, job, id, report); err != nil {
		return err
	}
	c.Println("report of refused and adjusted rows:", report)
	return nil
}

// writeReport leaves an earlier report as it is unless there is a whole new one.
func writeReport(c *cobra.Command, job *importing.Job, id, path string) error {
	var text bytes.Buffer
	if err := job.Report(c.Context(), id, &text); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}

func agreed(c *cobra.Command) bool {
	c.Print("import? [y/N] ")
	line, err := bufio.NewReader(c.InOrStdin()).ReadString('\n')
	return err == nil && strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "y")
}
