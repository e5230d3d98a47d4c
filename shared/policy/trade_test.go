package policy

import (
	"slices"
	"testing"

	"liuke.dev/shared/lang"
)

// what would make contracts, prices or key accounts do
// nothing or something else is named where it stands.
func TestTradeIsValidated(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Sections)
		fields []string
	}{
		"as shipped":                   {func(*Sections) {}, nil},
		"a placeholder that is none":   {func(s *Sections) { s.Contracts.Templates[0].Text.Zh += "{{colour}}" }, []string{"contracts.templates[0].text.zh"}},
		"a placeholder that is needed": {func(s *Sections) { s.Contracts.Templates[0].Text.En = "{{seller}} {{buyer}} {{from}} {{until}}" }, []string{"contracts.templates[0].text.en"}},
		"half a placeholder":           {func(s *Sections) { s.Contracts.Templates[0].Text.Zh += "{{number" }, []string{"contracts.templates[0].text.zh"}},
		"payments of 999 per mille":    {func(s *Sections) { s.Contracts.Templates[0].Payments[0].PerMille = 499 }, []string{"contracts.templates[0].payments"}},
		"a template twice":             {func(s *Sections) { s.Contracts.Templates[1].ID = "standard_year" }, []string{"contracts.templates[1]", "contracts.upsell_template"}},
		"a role that is none":          {func(s *Sections) { s.Contracts.Approvals[0].Role = "king" }, []string{"contracts.approvals[0].role"}},
		"reminders after the link":     {func(s *Sections) { s.Contracts.SignWithin = D("9d") }, []string{"contracts.signing_reminders"}},
		"windows the wrong way":        {func(s *Sections) { s.Contracts.RenewalWindows = []Duration{D("30d"), D("60d")} }, []string{"contracts.renewal_windows[1]", "contracts.renewal_talk"}},
		"windows in working days":      {func(s *Sections) { s.Contracts.RenewalWindows = []Duration{D("90wd")} }, []string{"contracts.renewal_windows[0]"}},
		"a contract to the pool":       {func(s *Sections) { s.Contracts.PaymentOverdue[0].Action = ActRecycle }, []string{"contracts.payment_overdue[0].action"}},
		"money that is none":           {func(s *Sections) { s.Prices.Currency = "XXX" }, []string{"prices.currency"}},
		"a product twice":              {func(s *Sections) { s.Prices.List[1].Product = "licence" }, []string{"prices.list[1]"}},
		"a larger volume for less":     {func(s *Sections) { s.Prices.Volume[1].PerMille = 30 }, []string{"prices.volume[1]"}},
		"a longer tenure for less":     {func(s *Sections) { s.Prices.Tenure[1].PerMille = 1 }, []string{"prices.tenure[1]"}},
		"an offer on nothing":          {func(s *Sections) { s.Prices.Offers[0].Products = []string{"moon"} }, []string{"prices.offers[0].products[0]"}},
		"an offer without words":       {func(s *Sections) { s.Prices.Offers[0].Text = lang.Text{} }, []string{"prices.offers[0].text"}},
		"an indicator twice":           {func(s *Sections) { s.KeyAccounts.Indicators[1].ID = "activity" }, []string{"key_accounts.indicators[1].id"}},
		"an indicator never checked":   {func(s *Sections) { s.KeyAccounts.Indicators[0].Frequency = Duration{} }, []string{"key_accounts.indicators[0].frequency"}},
	} {
		s := Defaults()
		c.change(&s)
		var got []string
		for _, f := range Validate(s) {
			if f.Text.Zh == "" || f.Text.En == "" {
				t.Errorf("%s: %s says nothing", name, f.Field)
			}
			if !slices.Contains(got, f.Field) {
				got = append(got, f.Field)
			}
		}
		if !slices.Equal(got, c.fields) {
			t.Errorf("%s: %v, want %v", name, got, c.fields)
		}
	}
}
