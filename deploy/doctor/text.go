package doctor

import (
	"fmt"
	"strings"

	"liuke.dev/shared/lang"
)

var signs = map[Level]string{Fine: "✓", Note: "·", Warning: "!", Error: "✗"}

// Text is the report for people, in their language.
func Text(r Report, language string) string {
	var b strings.Builder
	count := map[Level]int{}
	for _, f := range r.Findings {
		count[f.Level]++
		fmt.Fprintf(&b, "%s %s\n", signs[f.Level], f.Says.In(language))
		if !f.Do.IsZero() {
			fmt.Fprintf(&b, "    → %s\n", f.Do.In(language))
		}
		if f.Run != "" {
			fmt.Fprintf(&b, "    $ %s\n", f.Run)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", verdict(r, count).In(language))
	return b.String()
}

func verdict(r Report, count map[Level]int) lang.Text {
	switch r.Worst {
	case Error:
		return lang.T(fmt.Sprintf("有 %d 处错误、%d 处警告", count[Error], count[Warning]), fmt.Sprintf("%d errors and %d warnings", count[Error], count[Warning]))
	case Warning:
		return lang.T(fmt.Sprintf("没有错误，有 %d 处警告", count[Warning]), fmt.Sprintf("no errors, %d warnings", count[Warning]))
	}
	return lang.T("一切正常", "all is fine")
}
