package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/config"
)

func serve() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run everything in this program",
		Long: `Run everything in this program: the services, their store, a Kafka broker and a
Temporal server with its UI, all on loopback, all in one data directory.

On an empty data directory a one-time link is printed with which the first
administrator is created.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			base := config.Default()
			base.Data = defaultData()
			base.LogLevel = "warn"
			s, err := settings(c, base)
			if err != nil {
				return err
			}
			p, err := program.Start(c.Context(), s, s.Logger())
			if err != nil {
				return err
			}
			if err := welcome(c, p); err != nil {
				return err
			}
			return runUntilDone(c, p)
		},
	}
	addAddressFlags(c, defaultData())
	return c
}

func welcome(c *cobra.Command, p *program.Program) error {
	addressBook(c, p)
	link, err := p.Organization.SetupLink(c.Context())
	if err != nil {
		return err
	}
	if link != "" {
		c.Printf("\n  Nobody is known here yet. Create the first administrator (this link works once):\n  %s\n", link)
	}
	return nil
}

// addressBook prints where everything is to be found.
func addressBook(c *cobra.Command, p *program.Program) {
	c.Printf("\n  API          %s   (openapi.json, asyncapi.json)\n  Temporal UI  %s/namespaces/%s/workflows\n  Kafka        %s   (kcat -b %[4]s -L)\n  Data         %s\n",
		p.URL(), p.Config.TemporalLink, p.Config.Namespace, p.Config.Kafka[0], p.Config.Data)
}

// runUntilDone waits for a signal or a failure and ends the program in order.
func runUntilDone(c *cobra.Command, p *program.Program) error {
	var failure error
	select {
	case <-c.Context().Done():
		c.Println("\nstopping …")
	case failure = <-p.Failed():
		failure = fmt.Errorf("a part of the program failed: %w", failure)
	}
	if err := p.Stop(); err != nil && failure == nil {
		return err
	}
	return failure
}
