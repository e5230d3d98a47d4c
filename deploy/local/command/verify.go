package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"liuke.dev/shared/config"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

func verify() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Verify the audit chain: that no recorded fact was changed or removed",
		Long: `Verify the hash chain over every recorded fact and name the first broken link.
It reads the stores only and can run beside the program.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			base := config.Default()
			base.Data = defaultData()
			s, err := settings(c, base)
			if err != nil {
				return err
			}
			names, uri, err := storesOf(s)
			if err != nil {
				return err
			}
			var broken []error
			for _, name := range names {
				broken = append(broken, verifyStore(c, uri, name))
			}
			return errors.Join(broken...)
		},
	}
	c.Flags().String("data", defaultData(), "data directory")
	return c
}

// storesOf lists the stores of an installation.
func storesOf(s config.Config) (names []string, uri string, err error) {
	if s.Store != "" && !strings.HasPrefix(s.Store, "sqlite:") {
		return []string{"organization", "leads", "accounts", "notifications", "journeys", "insights"}, s.Store, nil
	}
	dir := filepath.Join(s.Data, "store")
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil || len(files) == 0 {
		return nil, "", fmt.Errorf("there is no store in %s: name the data directory with --data", dir)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".db"))
	}
	return names, "sqlite:" + dir, nil
}

func verifyStore(c *cobra.Command, uri, name string) error {
	e, err := engines.Open(c.Context(), uri, name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	bar := counter(c.ErrOrStderr(), name, isTerminal(os.Stderr))
	report, err := store.Verify(c.Context(), e, func(r store.Report) { _ = bar.Set64(r.Facts + r.Documents) }) // only decoration
	_ = bar.Finish()
	if err = errors.Join(err, e.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if report.Broken != nil {
		return fmt.Errorf("%s: the chain is broken at fact %s: %s", name, report.Broken.Fact, report.Broken)
	}
	c.Printf("%-14s %8d facts of %d aggregates: chain whole\n", name, report.Facts, report.Aggregates)
	return nil
}

// counter shows how many facts and documents were checked: nobody knows their
// number beforehand, and counting them first would read them twice.
func counter(w io.Writer, name string, visible bool) *progressbar.ProgressBar {
	return progressbar.NewOptions(-1, progressbar.OptionSetDescription(name), progressbar.OptionSetWriter(w), progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(visible))
}
