package importing

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"liuke.dev/shared/problem"
)

// Customers matches or creates every customer that the file names, once. What is
// known already stays as it is.
func (j *Records) Customers(ctx context.Context, progress func(done, all int)) (Imported, error) {
	rows, err := read(j.File)
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Rows: len(rows)}
	var items []map[string]any
	seen := map[string]bool{}
	for _, r := range rows {
		item, id, faults := j.customer(r)
		if len(faults) > 0 {
			out.Refused = append(out.Refused, Refusal{r.line, id, faults})
			continue
		}
		if !seen[id] {
			seen[id] = true
			items = append(items, item)
		}
	}
	out.Records = len(items)
	done := 0
	for part := range slices.Chunk(items, perCall) {
		var answer struct {
			Items []struct {
				Asked bool `json:"asked"`
			} `json:"items"`
		}
		if err := j.Client.Do(ctx, j.As, http.MethodPost, "/v1/customers/matches", map[string]any{"items": part}, &answer); err != nil {
			return out, err
		}
		for _, a := range answer.Items {
			if a.Asked {
				out.Known++
			} else {
				out.Created++
			}
		}
		done += len(part)
		progress(done, len(items))
	}
	return out, nil
}

// customer makes the question of one row. A purchase log knows nothing of its
// customers but their number.
func (j *Records) customer(r row) (map[string]any, string, []problem.Field) {
	id := r.customerOf()
	if r.broken != nil {
		return nil, id, []problem.Field{*r.broken}
	}
	name := r.field("name", "company", "客户公司名称", "名称", "姓名")
	if id == "" {
		id = slug(name)
	}
	if id == "" {
		return nil, "", []problem.Field{problem.Required("customer")}
	}
	if _, log := r.cells["sample"]; log && name == "" {
		name = strings.ToUpper(j.Source) + " " + id
	}
	if name == "" {
		name = id
	}
	item := map[string]any{"id": j.external(id), "name": name, "external": j.external(id), "kind": either(r.field("kind", "type"), j.Kind)}
	if k := item["kind"]; k != "company" && k != "person" {
		return nil, id, []problem.Field{wrong("kind", "one_of", "只能是 company、person", "must be company or person")}
	}
	for field, names := range map[string][]string{"phone": {"phone", "mobile", "电话", "手机"}, "email": {"email", "mail", "邮箱"}, "tax_id": {"tax_id", "税号"},
		"sector": {"sector", "industry", "行业"}, "contact": {"contact", "联系人"}} {
		if v := r.field(names...); v != "" {
			item[field] = v
		}
	}
	return item, id, nil
}

// external is the id under which a customer of the other system is asked for.
func (j *Records) external(id string) string { return j.Source + ":" + id }

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
