package command

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"liuke.dev/deploy/local/api"
	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// outage is what the command reads of an outage.
type outage struct {
	ID    string       `json:"id"`
	From  instant.Time `json:"from"`
	Until instant.Time `json:"until"`
	Due   int64        `json:"due"`
	Fired int64        `json:"fired"`
	Late  int64        `json:"late"`
	Open  int64        `json:"open"`
	Twice int64        `json:"doubled"`
	Says  lang.Text    `json:"says"`
	Page  lang.Text    `json:"page"`
}

func outages() *cobra.Command {
	var language string
	c := &cobra.Command{
		Use:   "outages [ID]",
		Short: "The receipts of outages: when it was down, and what became of the promises",
		Long: `The receipts of outages. After a time in which the program, a part of it, or
something it depends on was down, a receipt says when, how many obligations came
due meanwhile, that each fired once, and which were late beyond the target.

  liuke outages                           all of them, newest first
  liuke outages last                      the newest one, on one page
  liuke outages 2026-03-01T02:10:00Z      the one that this instant lies in`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
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
			if len(args) == 0 {
				return listOutages(c, client, language)
			}
			return showOutage(c, client, args[0], language)
		},
	}
	c.Flags().String("http", config.Default().HTTP, "address of the running program")
	c.Flags().String("data", defaultData(), "data directory, for the key that signs the token")
	c.Flags().StringVar(&language, "lang", languageOfShell(), "zh-CN or en")
	return c
}

// operator is who asks: whoever holds the installation's key.
const operator = "operator"

// operatorOf makes a client that acts as one of Liuke's own processes, by the
// service key of the configuration, where services run by themselves, or of the
// data directory.
func operatorOf(s config.Config) (*api.Client, error) {
	key, err := auth.LoadKey(cmp.Or(s.ServiceKey, program.Keys(s.Data)))
	if err != nil {
		return nil, fmt.Errorf("the service key cannot be read (name the data directory with --data, or the file with LIUKE_SERVICE_KEY): %w", err)
	}
	return &api.Client{URL: cmp.Or(s.InternalOrigin, s.Origin), Token: func(string) (string, error) { return key.Process(operator).Token() }}, nil
}

func listOutages(c *cobra.Command, client *api.Client, language string) error {
	var page struct {
		Items []outage `json:"items"`
		Next  string   `json:"next"`
	}
	if err := client.Do(c.Context(), operator, http.MethodGet, "/v1/insights/outages?limit=200", nil, &page); err != nil {
		return err
	}
	if len(page.Items) == 0 {
		c.Println(lang.T("没有停机记录", "no outage is recorded").In(language))
		return nil
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tLASTED\tDUE\tFIRED\tLATE\tOPEN\tTWICE")
	for _, o := range page.Items {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", o.ID, o.Until.Sub(o.From), o.Due, o.Fired, o.Late, o.Open, o.Twice, o.Says.In(language))
	}
	return w.Flush()
}

func showOutage(c *cobra.Command, client *api.Client, id, language string) error {
	if id == "last" {
		var page struct {
			Items []outage `json:"items"`
		}
		if err := client.Do(c.Context(), operator, http.MethodGet, "/v1/insights/outages?limit=1", nil, &page); err != nil {
			return err
		}
		if len(page.Items) == 0 {
			c.Println(lang.T("没有停机记录", "no outage is recorded").In(language))
			return nil
		}
		id = page.Items[0].ID
	}
	var o outage
	if err := client.Do(c.Context(), operator, http.MethodGet, "/v1/insights/outages/"+url.PathEscape(id), nil, &o); err != nil {
		return err
	}
	c.Print(o.Page.In(language))
	return nil
}
