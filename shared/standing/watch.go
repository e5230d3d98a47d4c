package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"slices"
	"strings"
)

// Watcher names by role who watches a customer at risk personally: the first row
// of the policy that fits its tier and groups (R-110, C-11). nil: nobody has to.
func Watcher(rules policy.Standing, tier string, groups []string, red bool) *catalogue.Watcher {
	if !red && len(groups) == 0 {
		return nil
	}
	for _, w := range rules.Watch {
		inTier := len(w.Tiers) == 0 || slices.Contains(w.Tiers, tier)
		inGroup := len(w.Groups) == 0 || slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(w.Groups, g) })
		if inTier && inGroup {
			return &catalogue.Watcher{Role: w.Role, Then: w.Then, Why: because(tier, groups, red)}
		}
	}
	return nil
}

func because(tier string, groups []string, red bool) lang.Text {
	zh, en := "重点跟进", "key follow-up"
	if red {
		zh, en = "潜在流失客户", "potential churn customer"
	}
	if len(groups) > 0 {
		zh, en = zh+"，风险组 "+strings.Join(groups, "、"), en+", risk groups "+strings.Join(groups, ", ")
	}
	if tier != "" {
		zh, en = zh+"，等级 "+tier, en+", tier "+tier
	}
	return lang.T(zh, en)
}
