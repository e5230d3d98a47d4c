package programtest

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"time"

	"liuke.dev/shared/auth"
)

// Office is a company that works with the program: its people exist, and the
// program can be stopped, killed and started on the same data and addresses.
type Office struct {
	Launch
	*Program        // nil where the services run by themselves
	Suite    *Suite // nil for the all-in-one program

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
	o := &Office{Launch: Launch{Binary: binary, Command: "serve", Data: dir, Addresses: addresses, Env: env}}
	return o, o.open(ctx)
}

// OpenSuite starts the services as programs of their own and sets a company up;
// dir takes the key that they share.
func OpenSuite(ctx context.Context, c SuiteConfig, dir string) (*Office, error) {
	o, err := PrepareSuite(c, dir)
	if err != nil {
		return nil, err
	}
	return o, o.open(ctx)
}

// PrepareSuite opens an origin for a suite of which no process runs yet.
func PrepareSuite(c SuiteConfig, dir string) (_ *Office, err error) {
	o := &Office{Launch: Launch{Data: dir, Env: c.Env}}
	if o.Suite, err = newSuite(c, o.KeyFile()); err != nil {
		return nil, err
	}
	o.Launch.HTTP = o.Suite.Origin.address
	return o, nil
}

// open starts everything and sets the company up; what fails ends everything.
func (o *Office) open(ctx context.Context) error {
	if err := o.Start(ctx); err != nil {
		return err
	}
	if err := o.SetUp(ctx); err != nil {
		printed := o.Printed(6000)
		o.Close()
		return fmt.Errorf("setting the company up: %w\n%s", err, printed)
	}
	return nil
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

var setupLink = regexp.MustCompile(`/setup\?token=(\S+)`)

// SetUp makes the company, through the link that is printed.
func (o *Office) SetUp(ctx context.Context) error {
	o.clients, o.Password = map[string]*Client{}, "correct-horse-battery-7"
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	printed, err := o.find(ctx, "organization", setupLink)
	if err != nil {
		return err
	}
	token, err := url.QueryUnescape(printed[1])
	if err != nil {
		return err
	}
	var first struct {
		Person string `json:"person"`
	}
	if err := NewClient(o.URL(), "", patience).Call(ctx, "POST", "/setup/administrator", "", map[string]any{"token": token, "name": "管理员",
		"email": "admin@office.example", "password": o.Password, "language": "zh-CN"}, &first); err != nil {
		return err
	}
	o.Administrator = first.Person
	if o.key, err = auth.LoadKey(o.KeyFile()); err != nil {
		return err
	}
	if err := o.known(ctx, o.Administrator); err != nil {
		return err
	}
	if err := o.hire(ctx); err != nil {
		return err
	}
	return o.known(ctx, o.Sellers[len(o.Sellers)-1]) // and all who came before
}

// known waits until every process knows a person.
func (o *Office) known(ctx context.Context, person string) error {
	if o.Suite == nil {
		return nil
	}
	return o.Suite.known(ctx, o.key, person)
}

// hire adds the people: a boss, a manager below, and eight who sell.
func (o *Office) hire(ctx context.Context) (err error) {
	var team struct {
		ID string `json:"id"`
	}
	if err := o.As(o.Administrator).Post(ctx, "/v1/teams", map[string]any{"name": "销售部"}, &team); err != nil {
		return err
	}
	if o.Boss, err = o.add(ctx, "老板", "management", "", team.ID); err != nil {
		return err
	}
	if o.Manager, err = o.add(ctx, "主管", "sales_manager", o.Boss, team.ID); err != nil {
		return err
	}
	for n := range 8 {
		seller, err := o.add(ctx, fmt.Sprintf("销售%d", n+1), "salesperson", o.Manager, team.ID)
		if err != nil {
			return err
		}
		o.Sellers = append(o.Sellers, seller)
	}
	return nil
}

func (o *Office) add(ctx context.Context, name, role, supervisor, team string) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	err := o.As(o.Administrator).Post(ctx, "/v1/people", map[string]any{"name": name, "roles": []string{role}, "supervisor": supervisor, "team": team}, &made)
	return made.ID, err
}

// People gives everybody who works here.
func (o *Office) People() []string {
	return append([]string{o.Administrator, o.Boss, o.Manager}, o.Sellers...)
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
