package policy

import (
	"slices"
	"testing"
)

// tiers, types, tags and the change of need are options that
// a company edits; what would not work is named.
func TestCustomersSection(t *testing.T) {
	if wrong := Validate(Defaults()); len(wrong) != 0 {
		t.Fatalf("the shipped section is refused: %v", wrong)
	}
	for name, c := range map[string]struct {
		change func(*Customers)
		field  string
	}{
		"no tier":            {func(v *Customers) { v.Tiers = nil }, "customers.tiers"},
		"two tiers":          {func(v *Customers) { v.Tiers = append(v.Tiers, v.Tiers[0]) }, "customers.tiers[4].id"},
		"a nameless type":    {func(v *Customers) { v.Types = []Option{{ID: "x"}} }, "customers.types[0].name.zh"},
		"a wrong tag":        {func(v *Customers) { v.NeedTags = []Option{option("A b", "x", "x")} }, "customers.need_tags[0].id"},
		"no size":            {func(v *Customers) { v.AttachmentBytes = 0 }, "customers.attachment_bytes"},
		"a type of files":    {func(v *Customers) { v.AttachmentTypes = []string{"pdf"} }, "customers.attachment_types[0]"},
		"swept at once":      {func(v *Customers) { v.AttachmentAbandoned = D("59m") }, "customers.attachment_abandoned"},
		"nobody approves":    {func(v *Customers) { v.NeedChange.Approver = "" }, "customers.need_change.approver"},
		"a stranger":         {func(v *Customers) { v.NeedChange.Approver = "anybody" }, "customers.need_change.approver"},
		"no department":      {func(v *Customers) { v.NeedChange.Departments = nil }, "customers.need_change.departments"},
		"a department twice": {func(v *Customers) { v.NeedChange.Departments = []string{"service", "service"} }, "customers.need_change.departments[1]"},
		"no such department": {func(v *Customers) { v.NeedChange.Departments = []string{"canteen"} }, "customers.need_change.departments[0]"},
		"no clock":           {func(v *Customers) { v.NeedChange.ConfirmWithin = Duration{} }, "customers.need_change.confirm_within"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Defaults()
			c.change(&s.Customers)
			var fields []string
			for _, f := range Validate(s) {
				fields = append(fields, f.Field)
				if f.Text.Zh == "" || f.Text.En == "" {
					t.Errorf("%s is not in both languages", f.Field)
				}
			}
			if !slices.Contains(fields, c.field) {
				t.Errorf("named %v, want %s", fields, c.field)
			}
		})
	}
}
