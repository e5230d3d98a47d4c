package importing

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"liuke.dev/shared/policy"
	"liuke.dev/shared/spelling"
)

// commonSectors are the names by which other systems and the national classification
// of industries (GB/T 4754) call them. A short word that is like another one is here
// so that neither is taken for the other.
var commonSectors = []string{"accounting", "advertising", "aerospace", "agriculture", "apparel", "automotive", "banking", "beverages", "biotechnology", "catering", "chemicals", "communications",
	"construction", "consulting", "cosmetics", "dining", "education", "electronics", "employment", "energy", "engineering", "entertainment", "environmental", "finance", "financial services",
	"fishing", "food", "forestry", "furniture", "gaming", "government", "healthcare", "hospitality", "insurance", "legal", "leisure", "logistics", "machinery", "manufacturing", "marketing",
	"media", "medical", "mining", "nonprofit", "packaging", "painting", "pharmaceuticals", "plastics", "printing", "publishing", "real estate", "recreation", "recruitment", "restaurants",
	"retail", "security", "semiconductors", "services", "shipping", "software", "sports", "technology", "telecommunications", "textiles", "tobacco", "tourism", "trading", "training",
	"transport", "transportation", "travel", "utilities", "wholesale", "信息技术服务业", "信息传输、软件和信息技术服务业", "交通运输、仓储和邮政业", "租赁和商务服务业", "科学研究和技术服务业",
	"水利、环境和公共设施管理业", "居民服务、修理和其他服务业", "卫生和社会工作", "文化、体育和娱乐业", "公共管理、社会保障和社会组织", "电力、热力、燃气及水生产和供应业", "批发和零售业", "住宿和餐饮业"}

// sectors are those that are known: by their letters alone, with their spelling.
type sectors struct {
	own    map[string]string // of the policy book, whose models of health go by the very spelling
	common map[string]string
}

// sectors gives those of the policy book and the common ones.
func (j *Job) sectors(ctx context.Context) (sectors, error) {
	var book policy.Book
	if err := j.Client.Do(ctx, j.As, http.MethodGet, "/v1/policy", nil, &book); err != nil {
		return sectors{}, err
	}
	s := sectors{map[string]string{}, map[string]string{}}
	for _, m := range book.Sections.Health.Models {
		for _, name := range m.Sectors {
			s.own[spelling.Key(name)] = name
		}
	}
	for _, name := range commonSectors {
		if key := spelling.Key(name); s.own[key] == "" {
			s.common[key] = name
		}
	}
	return s, nil
}

// spelled gives a sector as it is known, or the nearest known one where no more than
// one letter in five differs. Where several are as near it stays, in doubt.
func (s sectors) spelled(v string) (became string, doubt []string) {
	key := spelling.Key(v)
	if name := s.own[key]; name != "" {
		return name, nil
	}
	if s.common[key] != "" {
		return v, nil
	}
	var near []string
	distance := len([]rune(key)) / 5
	for _, known := range []map[string]string{s.own, s.common} {
		for k, name := range known {
			d := spelling.Apart(key, k)
			if d > distance || d == 0 {
				continue
			}
			if d < distance {
				near, distance = nil, d
			}
			near = append(near, name)
		}
	}
	slices.Sort(near)
	switch len(near) {
	case 0:
		return v, nil
	case 1:
		if s.own[spelling.Key(near[0])] == near[0] {
			return near[0], nil
		}
		return asWritten(near[0], v), nil
	}
	return v, near
}

// asWritten gives a common name the capitals that a file writes its own with.
func asWritten(name, v string) string {
	switch first := []rune(v)[0]; {
	case v == strings.ToUpper(v):
		return strings.ToUpper(name)
	case unicode.IsUpper(first):
		runes := []rune(name)
		return string(unicode.ToUpper(runes[0])) + string(runes[1:])
	}
	return name
}
