package organization_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
)

func TestSetup(t *testing.T) {
	w := openWorld(t)
	old, err := w.service.SetupLink(t.Context())
	if err != nil || !strings.HasPrefix(old, w.url+"/setup?token=") {
		t.Fatalf("%q %v", old, err)
	}
	w.restart() // a link works over a restart, and beside that of another process
	if r, _ := w.get(old); r.StatusCode != 200 {
		t.Errorf("%d", r.StatusCode)
	}
	link, err := w.service.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := w.get(old); r.StatusCode != 200 {
		t.Errorf("an older link: %d", r.StatusCode)
	}
	r, body := w.get(link)
	if r.StatusCode != 200 || !strings.Contains(body, "系统管理员") || strings.Contains(body, "http://fonts") || r.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if _, body := w.get(link + "&lang=en"); !strings.Contains(body, "first administrator") {
		t.Errorf("not in English: %s", body)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("token")
	form := url.Values{"token": {token}, "name": {"王"}, "email": {"boss@example.com"}, "password": {"short"}, "language": {"zh-CN"}}
	if r, body := w.post(w.url+"/setup", form); r.StatusCode != 422 || !strings.Contains(body, "password") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	w.call("", "POST", "/setup/administrator", `{"token":"guess","name":"x","email":"x@example.com","password":"`+password+`"}`).refused(404, "setup_link")
	w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"","email":"","password":"`+password+`"}`).refused(422, "email required")
	// Many at once make one administrator.
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"王`+string(rune('a'+i))+`","email":"boss@example.com","password":"`+password+`"}`)
		})
	}
	wg.Wait()
	page, err := w.service.FindPerson(t.Context(), "boss@example.com")
	if err != nil || len(page.Roles) != 1 || page.Roles[0] != string(auth.Administrator) {
		t.Fatalf("%+v %v", page, err)
	}
	list := read[struct{ Items []catalogue.Person }](w.call(page.ID, "GET", "/v1/people", "").want(200))
	if len(list.Items) != 1 {
		t.Errorf("%d administrators", len(list.Items))
	}
	w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"x","email":"x@example.com","password":"`+password+`"}`).refused(404, "setup_link")
	if again, err := w.service.SetupLink(t.Context()); err != nil || again != "" {
		t.Errorf("there is somebody, and still a link: %q %v", again, err)
	}
	if r, _ := w.get(old); r.StatusCode != 404 {
		t.Errorf("an older link after the set-up: %d", r.StatusCode)
	}
	got, _ := w.login("boss@example.com", password)
	codeOf(t, got)
}

// Several processes start on an empty store at once: the link of each works.
func TestSetupLinksOfSeveralProcesses(t *testing.T) {
	w := openWorld(t)
	links := make([]string, 4)
	var wg sync.WaitGroup
	for i := range links {
		wg.Go(func() {
			var err error
			if links[i], err = w.service.SetupLink(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, link := range links {
		if r, _ := w.get(link); r.StatusCode != 200 {
			t.Errorf("%d", r.StatusCode)
		}
	}
}

func TestSetupLinkExpires(t *testing.T) {
	w := openWorld(t)
	link, err := w.service.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.pass(24*time.Hour + time.Second)
	if r, _ := w.get(link); r.StatusCode != 404 {
		t.Errorf("%d", r.StatusCode)
	}
}
