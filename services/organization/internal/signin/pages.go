package signin

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"

	"liuke.dev/shared/lang"
)

//go:embed pages/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "pages/*.html"))

// words are the texts of the pages.
type words struct {
	SignIn, Email, Password, NewPassword, Name, Language, SetUp, SetUpText, Create, Subject, SubjectText string
}

var english = words{"Sign in", "E-mail", "Password", "Password (at least 10 characters)", "Name", "Language", "Set up Liuke",
	"Create the first administrator. This link works once.", "Create", "Subject at your identity provider",
	"You sign in at your company's identity provider: name the e-mail address of your account there, or its subject (sub), or both."}

var chinese = words{"登录", "邮箱", "密码", "密码（至少 10 个字符）", "姓名", "语言", "初始化留客", "创建第一位系统管理员。此链接只能使用一次。", "创建", "在身份提供方的标识（sub）",
	"您通过公司的身份提供方登录：请填写该账号的邮箱或标识（sub），也可以都填。"}

// page is what a page shows.
type page struct {
	Lang, Title, Error, Action, Request, Email, Name, Subject string
	Outside                                                   bool   // people sign in elsewhere
	Other                                                     string // the same page in the other language
	T                                                         words
}

// newPage makes a page in the reader's language: the one asked for by ?lang=, or
// by the browser.
func newPage(r *http.Request) page {
	p := page{Lang: "zh-CN", T: chinese}
	asked := r.URL.Query().Get("lang")
	if asked == "" {
		asked = r.Header.Get("Accept-Language")
	}
	other := "en"
	if lang.IsEnglish(asked) {
		p.Lang, p.T, other = "en", english, "zh-CN"
	}
	query := url.Values{"lang": {other}}
	for _, key := range []string{"id", "token"} {
		if v := r.FormValue(key); v != "" {
			query.Set(key, v)
		}
	}
	p.Other = "?" + query.Encode()
	return p
}

// show writes a page that no other site may frame and that runs no script.
func show(w http.ResponseWriter, status int, name string, p page) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// message shows a page with nothing but a text.
func message(w http.ResponseWriter, r *http.Request, status int, title, text lang.Text) {
	p := newPage(r)
	p.Title, p.Error = title.In(p.Lang), text.In(p.Lang)
	show(w, status, "message", p)
}
