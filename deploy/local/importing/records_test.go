package importing_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/deploy/local/api"
	"liuke.dev/deploy/local/importing"
	"liuke.dev/services/accounts"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store/sqlite"
)

// program answers for accounts alone.
func program(t *testing.T) *api.Client {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	key, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := accounts.New(t.Context(), service.Deps{Store: e, Clock: instant.Now, Key: key, Log: slog.New(slog.DiscardHandler), Policy: policytest.Holder(t), Directory: directory.Of()})
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "accounts", Version: "1", Engine: engine, Answers: e, Verifier: authtest.Tokens{"admin": {ID: "admin", Roles: []auth.Role{auth.Administrator}}}})
	if err != nil {
		t.Fatal(err)
	}
	s.Register(r)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return &api.Client{URL: server.URL, Token: func(person string) (string, error) { return person, nil }}
}

func quietly(int, int) {}

func ordersOf(t *testing.T, c *api.Client, customer string) []catalogue.Order {
	t.Helper()
	var page struct{ Items []catalogue.Order }
	if err := c.Do(t.Context(), "admin", "GET", "/v1/customers/"+customer+"/orders?limit=200", nil, &page); err != nil {
		t.Fatal(err)
	}
	return page.Items
}

// rows that are wrong are refused by line with all that is wrong; the others
// come in. Rows of one number are one order.
func TestRowsThatAreWrongAreReported(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	job := &importing.Records{Client: program(t), As: "admin", Source: "erp", Kind: "company", Currency: "CNY", Zone: "Asia/Shanghai"}
	job.File = file("customers.csv", "\ufeffcustomer,name,kind\n1,上海华兴贸易有限公司,\n2,,person\n3,某某,robot\n,,\n1,上海华兴贸易有限公司,\n")
	who, err := job.Customers(t.Context(), quietly)
	if err != nil || who.Created != 2 || len(who.Refused) != 2 || who.Refused[0].Line != 4 || who.Refused[1].Line != 5 {
		t.Fatalf("%+v %v", who, err)
	}
	job.File = file("torn.csv", "customer,name,kind\n6,\"某某,\n7,大成机械有限公司\n8,某某,company,more\n")
	who, err = job.Customers(t.Context(), quietly)
	if err != nil || who.Created != 1 || len(who.Refused) != 2 || who.Refused[0].Line != 2 || who.Refused[0].Errors[0].Rule != "csv" || who.Refused[1].Line != 4 || who.Refused[1].Errors[0].Rule != "columns" {
		t.Fatalf("%+v %v", who, err)
	}
	job.File = file("orders.csv", strings.Join([]string{"order,customer,date,amount,units,product",
		"A1,1,2026-03-01,100.50,2,螺丝", "A1,1,2026-03-01,9.50,1,螺母", "A2,1,2026/3/2,7,x,", "A3,9,2026-03-01,1,1,", "A4,,32.13.2026,-4,1,", "A1,2,2026-03-01,1,1,", "A5,2,2026-03-01T23:00:00-05:00,1.005,1,"}, "\n"))
	what, err := job.Orders(t.Context(), quietly)
	if err != nil || what.Created != 1 || what.Sums["CNY"].Minor != 11000 || what.Units != 3 {
		t.Fatalf("%+v %v", what, err)
	}
	var out bytes.Buffer
	if err := importing.WriteRefusals(&out, what.Refused); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		said = append(said, strings.Join(strings.Split(line, ",")[:4], ","))
	}
	want := "4,A2,units,number 5,A3,match,no_customer 6,A4,customer,required 6,A4,date,date 6,A4,amount,amount 7,A1,order,differs 8,A5,amount,amount"
	if strings.Join(said, " ") != want {
		t.Errorf("said\n%s, want\n%s", strings.Join(said, " "), want)
	}
	if o := ordersOf(t, job.Client, "erp:1"); len(o) != 1 || len(o[0].Lines) != 2 || o[0].PlacedAt.String() != "2026-03-01T04:00:00.000Z" {
		t.Errorf("%+v", o)
	}
}
