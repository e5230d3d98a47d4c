package importing

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/problem"
)

// person is a row of the file of people.
type person struct {
	line          int
	name, manager string
}

// readPeople reads the file of people and says who of them is known.
func (j *Job) readPeople(ctx context.Context) error {
	rows, n, err := j.table(j.People, "sales_agent", "name", "姓名")
	if err != nil {
		return err
	}
	j.Staff, j.staff, j.ids = Before{Rows: n}, nil, map[string]string{}
	if len(rows) == 0 {
		return nil
	}
	if j.ids, err = j.known(ctx); err != nil {
		return err
	}
	seen := map[string]bool{"": true}
	for _, r := range rows {
		p := person{r.line, r.field("sales_agent", "name", "姓名"), r.field("manager", "supervisor", "主管")}
		j.staff = append(j.staff, p)
		for _, name := range []string{p.manager, p.name} {
			if !seen[name] {
				seen[name] = true
				j.Staff.note(name, j.ids[name] != "")
			}
		}
	}
	return nil
}

// addPeople adds the people of the file under their managers, unless somebody of
// that name is known. Who is refused is in the report, and the others come in.
func (j *Job) addPeople(ctx context.Context) error {
	for _, p := range j.staff {
		manager := map[string]any{"roles": []string{"sales_manager"}, "supervisor": j.As}
		if taken, err := j.add(ctx, p, "manager", p.manager, manager); err != nil || !taken {
			if err != nil {
				return err
			}
			continue // nobody is added under somebody who is not there
		}
		seller := map[string]any{"roles": []string{"salesperson"}}
		if p.manager != "" {
			seller["supervisor"] = j.ids[p.manager]
		}
		if _, err := j.add(ctx, p, "name", p.name, seller); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) add(ctx context.Context, p person, field, name string, body map[string]any) (taken bool, err error) {
	if name == "" || j.ids[name] != "" {
		return true, nil
	}
	body["name"], body["language"] = name, "en"
	id, err := j.Client.Post(api.WithKey(ctx, "import:"+j.Source+":"+name), j.As, "/v1/people", body)
	if faults := refusals(err, field); len(faults) > 0 {
		j.refusePerson(p, field, name, faults)
		return false, nil
	}
	if err == nil {
		j.ids[name] = id
	}
	return err == nil, err
}

func (j *Job) refusePerson(p person, field, name string, faults []problem.Field) {
	for _, f := range faults {
		if strings.HasSuffix(f.Field, "name") {
			f.Field = field
		}
		j.refuse(j.People, p.line, name, f)
	}
	j.Staff.lose(name)
	if j.ids[p.name] == "" {
		j.Staff.lose(p.name)
	}
}

// known gives the ids of the people there are, by name.
func (j *Job) known(ctx context.Context) (map[string]string, error) {
	ids := map[string]string{}
	for after := ""; ; {
		var page struct {
			Items []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := j.Client.Do(ctx, j.As, http.MethodGet, "/v1/people?limit=200&after="+url.QueryEscape(after), nil, &page); err != nil {
			return ids, err
		}
		for _, p := range page.Items {
			ids[p.Name] = p.ID
		}
		if after = page.Next; after == "" {
			return ids, nil
		}
	}
}

// Before is what a file of people or accounts makes before the rows that name them.
type Before struct {
	Rows  int
	New   []string // names that are added
	Known []string // names that are there already
}

func (b *Before) note(name string, known bool) {
	if known {
		b.Known = append(b.Known, name)
	} else {
		b.New = append(b.New, name)
	}
}

// lose takes a name out that the program refused.
func (b *Before) lose(name string) {
	b.New = slices.DeleteFunc(b.New, func(n string) bool { return n == name })
}
