package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/doctor"
	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/config"
)

// exit is an error that says nothing: the answer is printed, and the exit code
// is part of it.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// ExitCode is what the program ends with.
func (e exit) ExitCode() int { return int(e) }

func doctorCommand() *cobra.Command {
	var language string
	var asJSON bool
	var p doctor.Patient
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the installation: what is wrong, and what to do",
		Long: `Examine the installation: configuration and service key, room on the disk, stores
and their integrity, outbox and consumer lag, the audit chain, Kafka's topics,
Temporal and the builds of its workers, processes and their versions and clocks,
journeys that are stuck, dead letters, outages. It changes nothing, and works
beside the running program as well as on a stopped data directory.

  liuke doctor                                    the all-in-one program
  liuke doctor --deep                             everything, however long it takes
  LIUKE_STORE=mongodb://… LIUKE_SERVICE_KEY=… LIUKE_ORIGIN=https://… \
    liuke doctor --process http://leads-1:8080    services by themselves

Exit code: 0 all is fine, 1 there are warnings, 2 there are errors.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			base := config.Default()
			base.Data = defaultData()
			s, err := settings(c, base)
			if err != nil {
				return err
			}
			p.Config = s
			if s.Store == "" {
				data, err := filepath.Abs(s.Data)
				if err != nil {
					return err
				}
				p.Data, p.Config.Store = data, "sqlite:"+filepath.Join(data, "store")
				p.Config.ServiceKey = cmp.Or(s.ServiceKey, program.Keys(data))
			}
			r := doctor.Examine(c.Context(), p)
			if asJSON {
				err = json.NewEncoder(c.OutOrStdout()).Encode(r)
			} else {
				c.Print(doctor.Text(r, language))
			}
			if err == nil && r.ExitCode() != 0 {
				err = exit(r.ExitCode())
			}
			return err
		},
	}
	d := config.Default()
	c.Flags().String("data", defaultData(), "data directory")
	c.Flags().String("http", d.HTTP, "address of the running program")
	c.Flags().String("kafka", strings.Join(d.Kafka, ","), "address of the Kafka broker")
	c.Flags().String("temporal", d.Temporal, "address of the Temporal server")
	c.Flags().StringArrayVar(&p.Processes, "process", nil, "base URL of a process, to look at each by itself; may be repeated")
	c.Flags().BoolVar(&p.Deep, "deep", false, "check everything: the whole audit chain, every page of the stores")
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	c.Flags().StringVar(&language, "lang", languageOfShell(), "zh-CN or en")
	return c
}
