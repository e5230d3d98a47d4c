package standing

import (
	"liuke.dev/shared/policy"
)

// usageFall sees that fewer than the core features of a product are used: looked at
// monthly, it asks for product training and an incentive (使用深度降低, R-091). Products
// are judged one by one: that another is used well trains nobody.
func usageFall(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	var below []Mark
	worst := 100.0
	name := ""
	for _, m := range newestOf(e.since(e.of(Usages), w.from)) {
		p := coverage([]Mark{m})
		if p >= float64(r.Warning) {
			continue
		}
		if below = append(below, m); p < worst {
			worst, name = p, m.Of
		}
	}
	if len(below) == 0 {
		return finding{}, false
	}
	says := e.words("核心功能只使用了%s%%", "only %s%% of the core features are used", figure(worst))
	if name != "" {
		says = e.words("%[1]s的核心功能只使用了%[2]s%%", "only %[2]s%% of the core features of %[1]s are used", name, figure(worst))
	}
	return finding{severe: worst < float64(r.Severe), recent: worst, baseline: float64(r.Warning), window: w, evidence: below, says: says}, true
}
