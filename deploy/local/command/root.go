// Package command is the command line of the all-in-one program.
package command

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"liuke.dev/shared/config"
	"liuke.dev/shared/service"
)

// Root gives the command liuke with its sub-commands.
func Root() *cobra.Command {
	root := &cobra.Command{
		Use:   "liuke",
		Short: "Liuke (留客): leads and deals that nobody can forget",
		Long: `Liuke (留客, "keep the customer") is a CRM in which every promise made to a
customer is a durable process: if nobody acts, it reminds, then escalates, then
gives the customer to someone else.

  liuke demo     a sample company in which a day passes in a second
  liuke serve    the real thing, everything in one program

Settings come from flags, the environment (LIUKE_HTTP …) and a YAML file
(--config or LIUKE_CONFIG), in this order of precedence.`,
		Version:       service.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(os.Stdout) // what is printed is the answer, for pipes as well; progress and errors go to standard error
	root.PersistentFlags().String("config", "", "YAML file with settings")
	root.AddCommand(serve(), demoCommand(), importCommand(), verify(), deadLetters(), workerCommand(), outages(), scoreCommand(), doctorCommand(), token(), version())
	return root
}

// addresses are the flags of the commands that run the program, by their key
// in the configuration.
var addresses = map[string]string{"http": "http", "kafka": "kafka", "temporal": "temporal", "temporal-ui": "temporal_ui"}

func addAddressFlags(c *cobra.Command, data string) {
	d := config.Default()
	c.Flags().String("data", data, "data directory")
	c.Flags().String("http", d.HTTP, "address of the API")
	c.Flags().String("kafka", d.Kafka[0], "address of the Kafka broker")
	c.Flags().String("temporal", d.Temporal, "address of the Temporal server")
	c.Flags().String("temporal-ui", d.TemporalUI, "address of the Temporal UI")
	c.Flags().String("log-level", "", "debug, info, warn or error")
}

// settings reads the configuration of a command; base holds its own defaults.
func settings(c *cobra.Command, base config.Config) (config.Config, error) {
	set := map[string]any{}
	for flag, key := range addresses {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			if key == "kafka" {
				set[key] = []string{f.Value.String()}
				continue
			}
			set[key] = f.Value.String()
		}
	}
	for flag, key := range map[string]string{"data": "data", "log-level": "log_level"} {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			set[key] = f.Value.String()
		}
	}
	path, err := c.Flags().GetString("config")
	if err != nil {
		return base, err
	}
	return config.Load(base, path, set)
}

// defaultData is where serve keeps its data if nothing else is said.
func defaultData() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "liuke-data"
	}
	return filepath.Join(home, ".liuke")
}

func version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, Run: func(c *cobra.Command, _ []string) {
		c.Println("liuke", service.Version)
	}}
}
