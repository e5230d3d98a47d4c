package matching

import (
	"net/mail"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/width"
)

// region is where a number without a country code is from.
const region = "CN"

// extension puts the Chinese words for an extension into those that libphonenumber reads.
var extension = strings.NewReplacer("转分机", " ext ", "分机", " ext ", "转", " ext ")

// Phone gives a number in E.164 without its extension.
func Phone(s string) (string, bool) {
	s = extension.Replace(strings.TrimSpace(width.Fold.String(s)))
	if s == "" || len(s) > 60 {
		return "", false
	}
	n, err := phonenumbers.Parse(s, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	n.Extension = nil
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// placeholderPhone tells numbers that people type when they have none: the
// sample number of every phone shop, one digit repeated.
func placeholderPhone(e164 string) bool {
	digits := strings.TrimPrefix(e164, "+")
	if strings.HasSuffix(digits, "13800138000") {
		return true
	}
	tail := digits[max(0, len(digits)-8):]
	return strings.Count(tail, tail[:1]) == len(tail)
}

// Mail gives an address in lower case; plus-tags are kept.
func Mail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if s == "" || len(s) > 254 {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", false
	}
	at := strings.LastIndex(a.Address, "@")
	host, err := idna.Lookup.ToASCII(strings.TrimSuffix(a.Address[at+1:], "."))
	if err != nil || !strings.Contains(host, ".") {
		return "", false
	}
	return a.Address[:at] + "@" + host, true
}

var nobody = map[string]bool{"noreply": true, "no-reply": true, "donotreply": true, "do-not-reply": true, "none": true, "null": true, "test": true,
	"na": true, "unknown": true, "postmaster": true, "mailer-daemon": true}

func placeholderMail(address string) bool {
	local, host, _ := strings.Cut(address, "@")
	return nobody[local] || sample(host)
}

func sample(host string) bool {
	return host == "example.com" || host == "example.org" || host == "example.net" || strings.HasSuffix(host, ".example") ||
		strings.HasSuffix(host, ".test") || strings.HasSuffix(host, ".invalid") || host == "test.com"
}

// Domain gives the registrable domain of a mail address (mail.acme.com.cn is
// acme.com.cn), unless providers share it out.
func Domain(address string) (string, bool) {
	_, host, ok := strings.Cut(address, "@")
	if !ok || sample(host) {
		return "", false
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil || shared[d] || shared[host] {
		return "", false
	}
	return d, true
}

// shared are domains that say nothing about who writes.
var shared = set(`qq.com foxmail.com vip.qq.com 163.com 126.com yeah.net 188.com netease.com vip.163.com vip.126.com sina.com sina.cn vip.sina.com
	sohu.com tom.com 21cn.com 139.com 189.cn wo.cn wo.com.cn 263.net aliyun.com alimail.com eyou.com 10086.cn china.com chinaren.com 2980.com
	gmail.com googlemail.com outlook.com hotmail.com live.com live.cn msn.com yahoo.com yahoo.com.cn yahoo.cn yahoo.co.jp yahoo.co.uk yahoo.com.hk
	yahoo.com.tw yahoo.de yahoo.fr ymail.com rocketmail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net
	web.de t-online.de freenet.de mail.ru yandex.ru yandex.com bk.ru list.ru inbox.ru naver.com daum.net hanmail.net orange.fr wanadoo.fr free.fr
	laposte.net libero.it tiscali.it virgilio.it btinternet.com sky.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
	charter.net earthlink.net rogers.com shaw.ca bigpond.com optusnet.com.au hinet.net pchome.com.tw netvigator.com singnet.com.sg zoho.com
	fastmail.com hey.com tutanota.com tuta.io mail.com email.com rediffmail.com uol.com.br bol.com.br terra.com.br seznam.cz wp.pl o2.pl onet.pl
	hotmail.co.uk hotmail.fr hotmail.de live.co.uk outlook.de outlook.fr outlook.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com biglobe.ne.jp`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
