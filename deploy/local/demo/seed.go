package demo

import (
	"context"
	"net/http"
	"time"

	"liuke.dev/deploy/local/api"
	"liuke.dev/deploy/local/program"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// People gives the ids of the demo's people.
func People() []string {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.id
	}
	return ids
}

// Seed brings the sample company into an empty program; what exists stays. It gives
// the path of the web form of the company's site.
func Seed(ctx context.Context, p *program.Program) (form string, err error) {
	if err := hire(ctx, p); err != nil {
		return "", err
	}
	c := api.New(p.URL(), p.Key)
	if err := publishPolicy(ctx, p, c); err != nil {
		return "", err
	}
	return makeForm(ctx, c)
}

func hire(ctx context.Context, p *program.Program) error {
	if _, err := p.Organization.AddTeam(ctx, team); err != nil {
		return err
	}
	for _, one := range people {
		language := "zh-CN"
		if one.english {
			language = "en"
		}
		person := catalogue.Person{ID: one.id, Name: one.name, Email: one.id + "@xingchen.example", Roles: one.roles, Supervisor: one.supervisor, Team: one.team,
			Language: language, Zone: "Asia/Shanghai"}
		if _, err := p.Organization.AddPerson(ctx, person, Password); err != nil {
			return err
		}
		if err := awaitPerson(ctx, p, one.id); err != nil {
			return err
		}
	}
	return nil
}

// makeForm makes the web form with its site key, once.
func makeForm(ctx context.Context, c *api.Client) (path string, err error) {
	var made struct {
		Key string `json:"key"`
	}
	err = c.Do(api.WithKey(ctx, "demo-form"), marketing, http.MethodPost, "/v1/forms", body{"name": "官网留言", "origins": []string{site}}, &made)
	return "/v1/forms/" + made.Key, err
}

// seedWithin bounds how long people take to become known everywhere.
const seedWithin = 10 * time.Second

func awaitPerson(ctx context.Context, p *program.Program, id string) error {
	ctx, cancel := context.WithTimeout(ctx, seedWithin)
	defer cancel()
	return p.Directory.Await(ctx, id, 1)
}

// publishPolicy gives people a chance at the demo's speed: with a day in a
// second, ten minutes for the first touch would be seven milliseconds.
func publishPolicy(ctx context.Context, p *program.Program, c *api.Client) error {
	view, err := p.Policy.At(instant.Now())
	if err != nil || view.Version > 1 {
		return err // published by an earlier run on the same data
	}
	intake, care := view.Sections.Intake, view.Sections.LeadCare
	intake.FirstTouchWithin, intake.ResponseBandFrom, intake.ResponseBandTo = policy.D("12h"), policy.D("12h"), policy.D("24h")
	care.FirstTouch = []policy.Step{{After: policy.D("0m"), Action: policy.ActRemind}, {After: policy.D("12h"), Action: policy.ActEscalate}, {After: policy.D("48h"), Action: policy.ActReassign}}
	draft, err := c.Post(ctx, director, "/v1/policy/drafts", body{"note": "demo"})
	if err != nil {
		return err
	}
	path := "/v1/policy/drafts/" + draft
	if err := c.Do(ctx, director, http.MethodPut, path+"/sections/intake", intake, nil); err != nil {
		return err
	}
	if err := c.Do(ctx, director, http.MethodPut, path+"/sections/lead_care", care, nil); err != nil {
		return err
	}
	return c.Do(ctx, director, http.MethodPost, path+"/publication", body{"reason": "演示：一天只需一秒 / demo: a day passes in a second"}, nil)
}
