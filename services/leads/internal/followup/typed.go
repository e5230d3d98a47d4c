package followup

import "slices"

// fields names what is filled in of a follow-up. The direction is outbound
// unless somebody says otherwise.
func (in Input) fields() []string {
	filled := map[string]bool{"occurred_at": !in.OccurredAt.IsZero(), "channel": in.Channel != "", "direction": in.Direction == Inbound, "key_points": in.KeyPoints != "",
		"next_action": in.NextAction != "", "next_touch_at": !in.NextTouchAt.IsZero(), "result": in.Result != "", "objections": in.Objections != nil,
		"question": in.Question != "", "customer_type": in.CustomerType != "", "budget_band": in.BudgetBand != "", "key_person": in.KeyPerson != "",
		"key_need": in.KeyNeed != "", "not_owner_reason": in.NotOwnerReason != ""}
	var names []string
	for name, is := range filled {
		if is {
			names = append(names, name)
		}
	}
	return names
}

// typed counts the fields that a person had to fill in: none of what a system
// captured, and none that the front end had filled in before (C-16).
func (in Input) typed() (n int) {
	if in.Captured {
		return 0
	}
	for _, name := range in.fields() {
		if !slices.Contains(in.Prefilled, name) {
			n++
		}
	}
	return n
}
