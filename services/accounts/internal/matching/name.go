package matching

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Display gives a name as it is shown: without control characters and doubled spaces.
func Display(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Name gives a company's name without what is only spelling: width, case,
// punctuation, spaces, legal form, traditional characters, 省/市 of its region.
func Name(s string) string {
	name := join(withoutForms(words(s)))
	if short := withoutLegalForm(name); short != "" {
		name = short
	}
	return plainRegion(name)
}

// Loose gives the name without regions and branches as well; it suggests.
func Loose(s string) string {
	open := strings.IndexAny(norm.NFKC.String(s), "([【")
	name := Name(s)
	if open > 0 {
		name = Name(withoutBrackets(norm.NFKC.String(s)))
	}
	for {
		short := withoutRegion(name)
		if short == name || runes(short) < 2 {
			return name
		}
		name = short
	}
}

// words splits a name at everything that is neither letter nor digit; dots and
// apostrophes bind (S.A. is one word).
func words(s string) []string {
	s = simplified.Replace(strings.ToLower(norm.NFKC.String(s)))
	s = strings.NewReplacer("&", " and ", ".", "", "'", "", "’", "", "·", "").Replace(s)
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

var latinForms = set(`ltd limited inc incorporated co company corp corporation llc llp lp plc gmbh ag kg kgaa se sa sas sarl srl spa bv nv oy oyj
	ab as asa aps pty pte pvt sdn bhd kk ltda coltd group holdings and`)

// withoutForms drops legal forms at the end and "the" at the beginning.
func withoutForms(w []string) []string {
	if len(w) > 1 && w[0] == "the" {
		w = w[1:]
	}
	for len(w) > 1 && latinForms[w[len(w)-1]] {
		w = w[:len(w)-1]
	}
	return w
}

func join(w []string) string { return strings.Join(w, "") }

// chineseForms are tried longest first.
var chineseForms = []string{"股份有限责任公司", "集团股份有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "股份公司", "集团公司", "集团", "股份", "公司"}

// withoutLegalForm drops 有限公司 and its kin from the end; a branch (分公司) or
// subsidiary keeps its name, it is somebody else.
func withoutLegalForm(name string) string {
	for {
		if strings.HasSuffix(name, "分公司") || strings.HasSuffix(name, "子公司") {
			return name
		}
		cut := false
		for _, f := range chineseForms {
			short, ok := strings.CutSuffix(name, f)
			if !ok {
				continue
			}
			if short == "" {
				return name
			}
			name, cut = short, true
			break
		}
		if !cut {
			return name
		}
	}
}

var regions = strings.Fields(`北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南
	陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 石家庄 太原 呼和浩特 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 常州 南通 徐州 杭州 宁波 温州
	嘉兴 绍兴 金华 台州 合肥 芜湖 福州 厦门 泉州 南昌 济南 青岛 烟台 潍坊 郑州 洛阳 武汉 长沙 广州 深圳 珠海 佛山 东莞 中山 惠州 南宁 海口 成都 绵阳
	贵阳 昆明 拉萨 西安 兰州 西宁 银川 乌鲁木齐 中国`)

// plainRegion takes 省, 市 out behind a region at the beginning: 上海市华兴 is 上海华兴.
func plainRegion(name string) string {
	for _, r := range regions {
		rest, ok := strings.CutPrefix(name, r)
		if !ok {
			continue
		}
		for _, level := range []string{"市", "省", "自治区", "特别行政区"} {
			if short, ok := strings.CutPrefix(rest, level); ok && short != "" {
				return r + plainRegion(short)
			}
		}
	}
	return name
}

func withoutRegion(name string) string {
	for _, r := range regions {
		if short, ok := strings.CutPrefix(name, r); ok && short != "" {
			return short
		}
		if short, ok := strings.CutSuffix(name, r+"分公司"); ok && short != "" {
			return withoutLegalForm(short)
		}
		if short, ok := strings.CutSuffix(name, r); ok && short != "" {
			return short
		}
	}
	return name
}

func withoutBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("([【", r):
			depth++
		case strings.ContainsRune(")]】", r):
			depth = max(0, depth-1)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var empty = set(`公司 有限公司 集团 测试 测试公司 个人 无 没有 未知 不详 暂无 待定 其他 其它 客户 na none null unknown test testing company private self
	individual personal tbd xxx asdf 某公司 散客 零售客户`)

// telling tells whether a name says enough to decide by.
func telling(name string) bool {
	if empty[name] {
		return false
	}
	han := 0
	for _, r := range name {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	digits := strings.Trim(name, "0123456789") == ""
	return !digits && (han >= 2 || runes(name) >= 3)
}

func runes(s string) int { return len([]rune(s)) }
