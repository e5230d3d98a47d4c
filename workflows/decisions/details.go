package decisions

import (
	"strings"

	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// shownPending bounds the obligations that the details list; the API has all.
const shownPending = 5

// details say in both languages where a journey stands, for Temporal's UI.
func details(b *Document, dec journey.Decision, v *policy.View, link string) string {
	var s strings.Builder
	s.WriteString("**" + dec.Says.Zh + "**\n\n" + dec.Says.En + "\n")
	if len(dec.Pending) > 0 {
		s.WriteString("\n| 到期 due | 若无人处理 if nobody acts |\n|---|---|\n")
	}
	for i, o := range dec.Pending {
		if i == shownPending {
			s.WriteString("| … | … |\n")
			break
		}
		s.WriteString("| " + v.Local(o.Due) + " | " + o.Does.Zh + " / " + o.Does.En + " |\n")
	}
	if n := len(b.Fired); n > 0 {
		f := b.Fired[n-1]
		s.WriteString("\n最近执行 last fired: " + v.Local(f.At) + " " + f.Obligation.Does.Zh + " / " + f.Obligation.Does.En)
		if f.Late {
			s.WriteString("（晚 late）")
		}
		s.WriteString("\n")
	}
	for _, e := range b.Effects {
		if e.Status == Failed {
			s.WriteString("\n⚠ 未完成 failed: " + string(e.Verb) + ": " + e.Error + "\n")
		}
	}
	for _, id := range dec.Stranger {
		s.WriteString("\n⚠ 无法读取的事实 fact that cannot be read: " + id + "\n")
	}
	s.WriteString("\n" + link + "\n")
	return s.String()
}
