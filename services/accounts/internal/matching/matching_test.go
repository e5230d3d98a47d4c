package matching_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/matching"
)

// what is only spelling does not make a second customer.
func TestOtherSpellingsOfAName(t *testing.T) {
	for want, spellings := range map[string][]string{
		"华兴贸易上海":             {"华兴贸易（上海）有限公司", "华兴贸易(上海)有限公司", " 华兴贸易 ( 上海 ) 股份有限公司", "華興貿易（上海）有限公司", "华兴贸易【上海】有限责任公司"},
		"上海华兴贸易":             {"上海华兴贸易有限公司", "上海市华兴贸易有限公司", "上海市華興貿易股份有限公司", "上海华兴贸易集团", "上海华兴贸易集团有限公司", "上海华兴贸易(集团)有限公司"},
		"acmetools":          {"ACME Tools", "Acme Tools Ltd.", "acme-tools, inc", "ＡＣＭＥ　Ｔｏｏｌｓ　Ｃｏ．，Ｌｔｄ．", "The Acme Tools Co., Ltd", "Acme Tools GmbH & Co. KG", "ACME TOOLS S.A.", "Acme Tools Co.Ltd"},
		"ge":                 {"GE"},
		"johnsonandjohnson":  {"Johnson & Johnson", "Johnson and Johnson Inc.", "JOHNSON&JOHNSON"},
		"müllermaschinenbau": {"Müller Maschinenbau GmbH", "MÜLLER MASCHINENBAU AG"},
		"abc科技":              {"ABC科技有限公司", "ａｂｃ科技", "Abc 科技（集团）股份有限公司"},
		"青岛啤酒":               {"青岛啤酒股份有限公司", "青島啤酒股份有限公司", "青岛啤酒（集团）有限公司"},
		"华兴上海分公司":            {"华兴上海分公司", "华兴（上海分公司）"},
		"广东格力":               {"广东省格力有限公司", "广东格力公司"},
	} {
		for _, s := range spellings {
			if got := matching.Name(s); got != want {
				t.Errorf("Name(%q) = %q, want %q", s, got, want)
			}
		}
	}
}

// different companies stay different.
func TestNamesThatDiffer(t *testing.T) {
	names := []string{"上海华兴贸易有限公司", "北京华兴贸易有限公司", "华兴贸易（上海）有限公司", "华兴贸易上海分公司", "华兴实业有限公司", "Acme Tools Ltd", "Acme Tool Ltd", "Acme Logistics Ltd"}
	seen := map[string]string{}
	for _, n := range names {
		k := matching.Name(n)
		if other, ok := seen[k]; ok {
			t.Errorf("%q and %q are both %q", n, other, k)
		}
		seen[k] = n
	}
}

func TestLooseNameSuggests(t *testing.T) {
	for _, s := range []string{"上海华兴贸易有限公司", "华兴贸易（上海）有限公司", "华兴贸易上海分公司", "北京市华兴贸易有限公司"} {
		if got := matching.Loose(s); got != "华兴贸易" {
			t.Errorf("Loose(%q) = %q", s, got)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"13812345678": "+8613812345678", "+86 138 1234 5678": "+8613812345678", "0086-138-1234-5678": "+8613812345678", "１３８１２３４５６７８": "+8613812345678",
		"(021) 6123 4567": "+862161234567", "021-61234567 转 801": "+862161234567", "021-61234567 ext. 801": "+862161234567",
		"+1 (650) 253-0000": "+16502530000", "+49 30 901820": "+4930901820", "400-820-8820": "+864008208820",
		"": "", "12345": "", "not a phone": "", "138123456789012345": "",
	} {
		got, ok := matching.Phone(in)
		if got != want || ok != (want != "") {
			t.Errorf("Phone(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestMailAndDomain(t *testing.T) {
	for in, want := range map[string][2]string{
		"Wang@Acme.COM.cn": {"wang@acme.com.cn", "acme.com.cn"}, " li+crm@mail.acme.com.cn ": {"li+crm@mail.acme.com.cn", "acme.com.cn"},
		"zhang@qq.com": {"zhang@qq.com", ""}, "zhang@vip.163.com": {"zhang@vip.163.com", ""}, "a@gmail.com": {"a@gmail.com", ""},
		"ｗａｎｇ＠ａｃｍｅ．ｄｅ": {"wang@acme.de", "acme.de"}, "info@münchen.de": {"info@xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
		"x@com.cn": {"x@com.cn", ""}, "a@example.com": {"a@example.com", ""}, "wang": {"", ""}, "wang@localhost": {"", ""}, "": {"", ""},
	} {
		got, _ := matching.Mail(in)
		domain, _ := matching.Domain(got)
		if got != want[0] || domain != want[1] {
			t.Errorf("%q: %q %q, want %q", in, got, domain, want)
		}
	}
}

func TestTaxID(t *testing.T) {
	for in, want := range map[string]string{
		"9144030071526726XG": "9144030071526726XG", "9144 0300 7152 6726 xg": "9144030071526726XG", "９１４４０３００７１５２６７２６ＸＧ": "9144030071526726XG",
		"914403001922038216": "914403001922038216", "914403001922038215": "", "9144030019220382I6": "", "91440300192203821": "",
		"110108123456789": "110108123456789", "000000000000000": "", "DE 811 128 135": "DE811128135", "DEUTSCHLAND": "", "": "",
	} {
		got, ok := matching.TaxID(in)
		if ok && got != want || ok != (want != "") {
			t.Errorf("TaxID(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
}

// One changed place of a credit code is always found.
func TestCheckDigitFindsOneWrongPlace(t *testing.T) {
	const right, alphabet = "9144030071526726XG", "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for i := range right {
		for _, r := range alphabet {
			if wrong := right[:i] + string(r) + right[i+1:]; wrong != right {
				if _, ok := matching.TaxID(wrong); ok {
					t.Errorf("%s passes", wrong)
				}
			}
		}
	}
}

func kinds(id matching.Identity) (out []string) {
	for _, k := range id.Keys {
		out = append(out, k.Kind)
	}
	return out
}

// which keys decide, and which are none.
func TestKeysThatDecide(t *testing.T) {
	for name, c := range map[string]struct {
		known matching.Known
		want  []string
	}{
		"all":                {matching.Known{Name: "华兴贸易", Phone: "13812345678", Email: "a@huaxing.cn", TaxID: "9144030071526726XG"}, []string{"tax", "phone", "mail", "domain", "name"}},
		"free mail":          {matching.Known{Name: "华兴贸易", Email: "a@qq.com"}, []string{"mail", "name"}},
		"person":             {matching.Known{Kind: "person", Name: "张伟", Phone: "13812345678", Email: "zw@huaxing.cn"}, []string{"phone", "mail"}},
		"person's name only": {matching.Known{Kind: "person", Name: "张伟"}, nil},
		"placeholders":       {matching.Known{Name: "测试", Phone: "13800138000", Email: "test@example.com"}, nil},
		"empty names":        {matching.Known{Name: "有限公司"}, nil},
		"digits":             {matching.Known{Name: "12345"}, nil},
		"short latin":        {matching.Known{Name: "GE"}, nil},
		"short Chinese":      {matching.Known{Name: "华为"}, []string{"name"}},
		"noreply":            {matching.Known{Name: "华兴", Email: "noreply@huaxing.cn"}, []string{"domain", "name"}},
		"wrong tax id":       {matching.Known{Name: "华兴", TaxID: "914403001922038215"}, []string{"name"}},
	} {
		if got := kinds(matching.Identify(c.known)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Whatever text comes: no panic, bounded keys, and a spelling of a spelling is itself.
func TestAnyTextIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[上海华兴市省公司有限集团（） a-z.&]{0,20}`)).Draw(t, "name")
		id := matching.Identify(matching.Known{Name: s, Phone: s, Email: s, TaxID: s})
		for _, k := range id.Keys {
			if len(k.ID()) > 320 || !utf8.ValidString(k.ID()) || k.Value == "" {
				t.Fatalf("key %q of %q", k.ID(), s)
			}
		}
		_ = matching.Loose(s)
	})
}
