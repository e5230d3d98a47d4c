package command

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/demo"
	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
)

// demoSpeed lets a day pass in a second.
const demoSpeed = 86_400

func demoCommand() *cobra.Command {
	var language string
	var quiet bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run a sample company in which a day passes in a second",
		Long: `Run the whole program with a sample company in it, sped up: a day passes in a
second (--speed), so within a minute you see a lead being forgotten, reminded of,
escalated, and given back to the public pool, while others are won.

Everything is real: the API, the Kafka stream, the Temporal UI. Without --data the
data is thrown away at the end.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := demoSettings(c)
			if err != nil {
				return err
			}
			if s.Data == "" {
				dir, err := os.MkdirTemp("", "liuke-demo-")
				if err != nil {
					return err
				}
				defer func() { _ = os.RemoveAll(dir) }() // thrown away as announced
				s.Data = dir
			}
			p, err := program.Start(c.Context(), s, s.Logger())
			if err != nil {
				return err
			}
			form, err := demo.Seed(c.Context(), p)
			if err != nil {
				return fmt.Errorf("sample company: %w", joinStop(p, err))
			}
			introduce(c, p, s, form)
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			ended := play(ctx, c, p, s, form, language, quiet)
			select {
			case <-c.Context().Done():
			case err := <-ended:
				if err != nil {
					return joinStop(p, err)
				}
			case err := <-p.Failed():
				return joinStop(p, err)
			}
			stop()
			c.Println("\nstopping …")
			return p.Stop()
		},
	}
	addAddressFlags(c, "")
	c.Flags().Int64("speed", demoSpeed, "divides every duration of the policy: 86400 lets a day pass in a second")
	c.Flags().StringVar(&language, "lang", languageOfShell(), "zh-CN or en")
	c.Flags().BoolVar(&quiet, "quiet", false, "start the sample company but let nobody act in it")
	return c
}

func demoSettings(c *cobra.Command) (config.Config, error) {
	base := config.Default()
	base.LogLevel = "error"
	speed, err := c.Flags().GetInt64("speed")
	if err != nil {
		return base, err
	}
	base.Speed, base.ReviewSpeed = speed, speed // so that a newcomer sees one
	return settings(c, base)
}

// play lets the company live and shows it; the channel gives the first error.
func play(ctx context.Context, c *cobra.Command, p *program.Program, s config.Config, form, language string, quiet bool) <-chan error {
	ended := make(chan error, 2)
	view := demo.View{Out: c.OutOrStdout(), Cluster: p.Cluster, People: p.Directory, Speed: s.Speed, Start: instant.Now(), Language: language, Colour: isTerminal(os.Stdout)}
	go func() {
		if err := view.Run(ctx); err != nil && ctx.Err() == nil {
			ended <- err
		}
	}()
	if quiet {
		return ended
	}
	life := demo.Life{URL: p.URL(), Key: p.Key, Speed: s.Speed, Form: form}
	go func() {
		if err := life.Run(ctx); err != nil && ctx.Err() == nil {
			ended <- err
		}
	}()
	return ended
}

func introduce(c *cobra.Command, p *program.Program, s config.Config, form string) {
	c.Printf("\nLiuke demo · 留客演示: one day passes in %s · 一天只需 %[1]s\n", (24 * time.Hour / time.Duration(s.Speed)).Round(time.Millisecond))
	addressBook(c, p)
	c.Printf("  Sign in      %s with password %s\n", strings.Join(demo.People(), ", "), demo.Password)
	c.Printf("  Web form     curl %s%s -H 'Content-Type: application/json' -d '{\"company\":\"星河智能\",\"contact\":\"林涛\",\"phone\":\"13820000001\",\"need\":\"想看一次演示\"}'\n", p.URL(), form)
	c.Printf("  curl         curl -H \"Authorization: Bearer $(go run ./deploy/local token li --data %s)\" %s/v1/tasks\n\n     day\n", s.Data, p.URL())
}

func joinStop(p *program.Program, err error) error {
	if stopped := p.Stop(); stopped != nil {
		return fmt.Errorf("%w (and while stopping: %w)", err, stopped)
	}
	return err
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func languageOfShell() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh-CN"
			}
			return "en"
		}
	}
	return "en"
}
