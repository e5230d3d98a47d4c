package programtest

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/auth"
)

// Office is a company that works with the program: its people exist, and the
// program can be stopped, killed and started on the same data and addresses.
type Office struct {
	Launch
	*Program

	// Administrator set the office up; Boss may read and change everything that
	// is sold; Manager leads the sellers.
	Administrator, Boss, Manager string
	Sellers                      []string
	// Password of the administrator, for signing in as a person does.
	Password string

	mu      sync.Mutex
	clients map[string]*Client
	key     *auth.Key
}

const (
	// readyWithin bounds a start, on a machine that does much else.
	readyWithin = 90 * time.Second
	// patience of the office's clients: a restart and more.
	patience = 60 * time.Second
	// tokens of the office's clients last longer than any test.
	tokenValid = 6 * time.Hour
)

// Open starts the program on an empty directory and sets a company up, as a
// newcomer does: through the link that the program prints.
func Open(ctx context.Context, binary, dir string, env ...string) (*Office, error) {
	addresses, err := FreeAddresses()
	if err != nil {
		return nil, err
	}
	o := &Office{Launch: Launch{Binary: binary, Command: "serve", Data: dir, Addresses: addresses, Env: env}, clients: map[string]*Client{}, Password: "correct-horse-battery-7"}
	if err := o.Start(ctx); err != nil {
		return nil, err
	}
	if err := o.setUp(ctx); err != nil {
		o.Kill()
		return nil, fmt.Errorf("setting the company up: %w", err)
	}
	return o, nil
}

// Start starts the program again and waits until it is ready.
func (o *Office) Start(ctx context.Context) error {
	if err := o.Begin(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := o.Ready(ctx); err != nil {
		o.Kill()
		return err
	}
	return nil
}

// Begin starts the program again and waits for nothing.
func (o *Office) Begin() (err error) {
	o.Program, err = Start(o.Launch)
	return err
}

// URL gives the origin of the API.
func (o *Office) URL() string { return o.Launch.URL() }

var setupLink = regexp.MustCompile(`https?://\S+/setup\S*`)

func (o *Office) setUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	printed, err := o.Out.Find(ctx, setupLink)
	if err != nil {
		return err
	}
	link, err := url.Parse(printed[0])
	if err != nil {
		return err
	}
	var first struct {
		ID string `json:"id"`
	}
	admin := NewClient(o.URL(), "", patience)
	if err := admin.Call(ctx, "POST", "/v1/setup", "", map[string]any{"token": link.Query().Get("token"), "name": "管理员", "email": "admin@office.example",
		"password": o.Password, "language": "zh-CN"}, &first); err != nil {
		return err
	}
	o.Administrator = first.ID
	if o.key, err = auth.LoadKey(filepath.Join(o.Data, "keys", "service.pem")); err != nil {
		return err
	}
	return o.hire(ctx)
}

// hire adds the people.
func (o *Office) hire(ctx context.Context) error {
	o.Boss, o.Manager, o.Sellers = "boss", "manager", []string{"an", "bo", "cai", "deng", "fang", "guo", "han", "jin"}
	admin := o.As(o.Administrator)
	if err := admin.Call(ctx, "PUT", "/v1/teams/sales", "", map[string]any{"name": "销售部"}, nil); err != nil {
		return err
	}
	people := [][3]string{{o.Boss, "management", ""}, {o.Manager, "sales_manager", o.Boss}}
	for _, s := range o.Sellers {
		people = append(people, [3]string{s, "salesperson", o.Manager})
	}
	for _, p := range people {
		if err := admin.Post(ctx, "/v1/people", map[string]any{"id": p[0], "name": strings.ToUpper(p[0]), "email": p[0] + "@office.example", "roles": []string{p[1]},
			"supervisor": p[2], "team": "sales"}, nil); err != nil {
			return err
		}
	}
	return nil
}

// As gives the client of a person.
func (o *Office) As(person string) *Client {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.clients[person]
	if c == nil {
		token, err := o.key.Issue(auth.Principal{ID: person}, tokenValid)
		if err != nil {
			panic(err) // the key was read; signing cannot fail
		}
		c = NewClient(o.URL(), token, patience)
		o.clients[person] = c
	}
	return c
}
