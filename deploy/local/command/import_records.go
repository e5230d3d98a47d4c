package command

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/importing"
	"liuke.dev/shared/config"
)

func importCustomersCommand() *cobra.Command {
	c, job, report := recordsCommand("customers FILE", "Import customers", `Import the customers that a file names: a CSV with the headers customer (their id
in the other system), name, and any of kind, phone, email, tax_id, sector, contact;
or a purchase log (lines of customer, sample, day, pieces, dollars). Customers that
are known by their keys are matched; running the file again creates nothing.

  liuke import customers CDNOW_sample.txt --source cdnow --kind person`)
	c.Flags().StringVar(&job.Kind, "kind", "company", "company or person, where a row does not say")
	c.RunE = func(c *cobra.Command, args []string) error {
		return runRecords(c, job, args[0], *report, "customers", job.Customers)
	}
	return c
}

func importOrdersCommand() *cobra.Command {
	c, job, report := recordsCommand("orders FILE", "Import orders of customers", `Import orders of customers that were imported before under the same source: a CSV
with the headers customer, date, amount, and any of order (its number), units,
product, currency, channel; or a purchase log (lines of customer, sample, day,
pieces, dollars). Running the file again creates nothing; rows that are wrong are in
the report.

  liuke import orders CDNOW_sample.txt --source cdnow --currency USD --zone America/New_York`)
	c.Flags().StringVar(&job.Currency, "currency", "CNY", "of amounts without one")
	c.Flags().StringVar(&job.Zone, "zone", "Asia/Shanghai", "IANA time zone of days: an order is at noon")
	c.Flags().StringVar(&job.Channel, "channel", "", "of orders that name none")
	c.RunE = func(c *cobra.Command, args []string) error {
		return runRecords(c, job, args[0], *report, "orders", job.Orders)
	}
	return c
}

func recordsCommand(use, short, long string) (*cobra.Command, *importing.Records, *string) {
	job, report := &importing.Records{}, ""
	c := &cobra.Command{Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1)}
	f := c.Flags()
	f.String("http", config.Default().HTTP, "address of the running program")
	f.String("data", defaultData(), "data directory, for the key that signs the token")
	f.StringVar(&job.As, "as", "admin", "id of the person who imports")
	f.StringVar(&job.Source, "source", "import", "name of the system that the file comes from")
	f.StringVar(&report, "report", "import-report.csv", "where refused rows are written")
	return c, job, &report
}

func runRecords(c *cobra.Command, job *importing.Records, file, report, what string, run func(context.Context, func(done, all int)) (importing.Imported, error)) error {
	client, err := clientOf(c)
	if err != nil {
		return err
	}
	job.Client, job.File = client, file
	bar := progressbar.NewOptions(100, progressbar.OptionSetDescription("importing "+what), progressbar.OptionSetWriter(c.ErrOrStderr()), progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(isTerminal(os.Stderr)))
	end, err := run(c.Context(), func(done, all int) { _ = bar.Set(100 * done / max(all, 1)) }) // only decoration
	_ = bar.Finish()
	if err != nil {
		return err
	}
	c.Printf("%d rows, %d %s: %d created, %d there already; %d rows refused\n", end.Rows, end.Records, what, end.Created, end.Known, len(end.Refused))
	if end.Units > 0 {
		c.Printf("  %8d  pieces\n", end.Units)
	}
	for _, currency := range slices.Sorted(maps.Keys(end.Sums)) {
		c.Println("  sum:", end.Sums[currency])
	}
	if len(end.Refused) == 0 {
		return nil
	}
	f, err := os.Create(report)
	if err != nil {
		return err
	}
	if err := importing.WriteRefusals(f, end.Refused); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	c.Println("report of refused rows:", report)
	return f.Close()
}
