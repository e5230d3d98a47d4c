package importing

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"liuke.dev/shared/problem"
)

// account is a row of the file of accounts.
type account struct {
	line         int
	name, sector string
}

// perCall is how many accounts are matched with one call.
const perCall = 200

// readAccounts reads the file of accounts, corrects its sectors and says which
// accounts are known. Nothing is written.
func (j *Job) readAccounts(ctx context.Context) error {
	rows, n, err := j.table(j.Accounts, "account", "name", "company", "客户公司名称")
	if err != nil {
		return err
	}
	j.Customers, j.accounts = Before{Rows: n}, nil
	if len(rows) == 0 {
		return nil
	}
	known, err := j.sectors(ctx)
	if err != nil {
		return err
	}
	seen := map[string]account{}
	for _, r := range rows {
		a := account{r.line, r.field("account", "name", "company", "客户公司名称"), r.field("sector", "industry", "行业")}
		a.sector = j.spell(known, a)
		first, twice := seen[a.name]
		switch {
		case !twice:
			seen[a.name] = a
			j.accounts = append(j.accounts, a)
		case a.sector != "" && a.sector != first.sector:
			j.refuse(j.Accounts, a.line, a.sector, wrong("sector", "differs", fmt.Sprintf("与第 %d 行同名，但行业不同", first.line), fmt.Sprintf("has the name of line %d, but another sector", first.line)))
		}
	}
	matched, err := j.match(ctx, true)
	for _, a := range j.accounts {
		j.Customers.note(a.name, matched[a.name] != "")
	}
	return err
}

// spell gives an account's sector as it is spelled where it is known; a correction,
// or a doubt, is in the report with what stood there.
func (j *Job) spell(known sectors, a account) string {
	became, doubt := known.spelled(a.sector)
	switch {
	case len(doubt) > 0:
		names := strings.Join(doubt, ", ")
		j.adjust(j.Accounts, a.line, "sector", "sector_unknown", a.sector, a.sector, "不是已知行业，保持原样；是否为："+names+"？", "is not a known sector: kept as it is; is it one of "+names+"?")
	case became != a.sector:
		j.adjust(j.Accounts, a.line, "sector", "sector_spelling", a.sector, became, "按最接近的已知行业改写", "spelled as the nearest known sector")
	}
	return became
}

// match matches or creates the accounts and gives their ids by name; as a preview
// it gives those that are known. An account that is refused is in the report.
func (j *Job) match(ctx context.Context, preview bool) (map[string]string, error) {
	ids := map[string]string{}
	for part := range slices.Chunk(slices.Clone(j.accounts), perCall) {
		err := j.matchSome(ctx, preview, part, ids)
		if len(refusals(err, "name")) == 0 {
			if err != nil {
				return ids, err
			}
			continue
		}
		for _, a := range part { // one of them is refused: each is asked for by itself
			err := j.matchSome(ctx, preview, []account{a}, ids)
			faults := refusals(err, "name")
			if err != nil && len(faults) == 0 {
				return ids, err
			}
			if len(faults) > 0 {
				j.refuseAccount(a, faults)
			}
		}
	}
	return ids, nil
}

func (j *Job) refuseAccount(a account, faults []problem.Field) {
	for _, f := range faults {
		if at := strings.LastIndex(f.Field, "items[0]."); at >= 0 {
			f.Field = f.Field[at+len("items[0]."):]
		}
		j.refuse(j.Accounts, a.line, a.name, f)
	}
	j.accounts = slices.DeleteFunc(j.accounts, func(other account) bool { return other.line == a.line })
	j.Customers.lose(a.name)
}

func (j *Job) matchSome(ctx context.Context, preview bool, part []account, ids map[string]string) error {
	items := make([]map[string]any, 0, len(part))
	for _, a := range part {
		item := map[string]any{"id": j.asked(a.name), "name": a.name}
		if a.sector != "" {
			item["sector"] = a.sector
		}
		items = append(items, item)
	}
	ask := map[string]any{"items": items}
	if preview {
		ask["preview"] = true
	}
	var answer struct {
		Items []struct {
			Customer string `json:"customer"`
		} `json:"items"`
	}
	if err := j.Client.Do(ctx, j.As, http.MethodPost, "/v1/customers/matches", ask, &answer); err != nil {
		return err
	}
	for i, a := range part {
		ids[a.name] = answer.Items[i].Customer
	}
	return nil
}

// asked is the id under which an account is asked for: the same one in every run.
func (j *Job) asked(name string) string { return j.Source + ":" + slug(name) }
