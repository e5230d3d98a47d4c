package standing

import (
	"liuke.dev/shared/policy"
)

// usageFall sees that fewer than the core features are used: looked at monthly, it
// asks for product training and an incentive (使用深度降低, R-091).
func usageFall(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	list := newestOf(e.since(e.of(Usages), w.from))
	if len(list) == 0 {
		return finding{}, false
	}
	p := coverage(list)
	return finding{severe: p < float64(r.Severe), recent: p, baseline: float64(r.Warning), window: w, evidence: list,
		says: e.words("核心功能只使用了%s%%", "only %s%% of the core features are used", figure(p))}, p < float64(r.Warning)
}
