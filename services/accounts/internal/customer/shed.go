package customer

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"liuke.dev/shared/catalogue"
)

// Shed gives the file as it would be without what it took in from another one:
// what only that one held goes, what both held and what came since the merge stays
// . before is this file as the merge found it. It works on the fields' JSON,
// so that a field which the file gains tomorrow is given back as well.
func (f *File) Shed(before, other catalogue.Customer) error {
	now, was, theirs, err := asMaps(f.Customer, before, other)
	if err != nil {
		return err
	}
	kept := shedMap(now, was, theirs)
	// Names are told apart from spellings: the other's name became a spelling.
	kept["names"] = shedSpellings(now["names"], was, theirs)
	for _, own := range []string{"id", "created_at", "kind", "merged_into"} {
		if v, ok := now[own]; ok {
			kept[own] = v
		}
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	var clean catalogue.Customer
	if err := json.Unmarshal(raw, &clean); err != nil {
		return fmt.Errorf("customer %s: %w", f.ID, err)
	}
	f.Customer = clean
	return nil
}

func asMaps(all ...catalogue.Customer) (a, b, c map[string]any, err error) {
	out := make([]map[string]any, len(all))
	for i, one := range all {
		raw, err := json.Marshal(one)
		if err != nil {
			return nil, nil, nil, err
		}
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, nil, nil, err
		}
	}
	return out[0], out[1], out[2], nil
}

func shedMap(now, was, theirs map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range now {
		if kept, ok := shed(v, was[name], theirs[name]); ok {
			out[name] = kept
		}
	}
	return out
}

// shed gives what stays of a value, and whether anything does.
func shed(now, was, theirs any) (any, bool) {
	switch n := now.(type) {
	case []any:
		kept := shedList(n, listOf(was), listOf(theirs))
		return kept, len(kept) > 0
	case map[string]any:
		w, _ := was.(map[string]any)
		t, _ := theirs.(map[string]any)
		if t == nil {
			return n, true
		}
		if w == nil && reflect.DeepEqual(now, theirs) {
			return nil, false
		}
		return shedMap(n, w, t), true
	}
	if theirs != nil && reflect.DeepEqual(now, theirs) && !reflect.DeepEqual(now, was) {
		return was, was != nil
	}
	return now, true
}

func listOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func shedList(now, was, theirs []any) []any {
	var kept []any
	for _, v := range now {
		mine, other := find(was, v), find(theirs, v)
		switch {
		case other == nil:
			kept = append(kept, v)
		case mine == nil: // only the other one had it
		default:
			if stays, ok := shed(v, mine, other); ok {
				kept = append(kept, stays)
			}
		}
	}
	return kept
}

// telling are the fields that say which thing of a list one is, most telling first.
var telling = []string{"id", "tag", "channel", "name"}

// find gives the same thing of another list: by what tells it apart, else by its
// whole value.
func find(list []any, v any) any {
	m, ok := v.(map[string]any)
	for _, have := range list {
		if reflect.DeepEqual(have, v) {
			return have
		}
		h, isMap := have.(map[string]any)
		if !ok || !isMap {
			continue
		}
		if same(m, h) {
			return have
		}
	}
	return nil
}

func same(a, b map[string]any) bool {
	if address, ok := a["address"]; ok { // a contact channel is its channel and address
		return a["channel"] == b["channel"] && address == b["address"]
	}
	if name, ok := a["name"]; ok && a["date"] == nil {
		return name == b["name"] // a contact may have got another id in this file
	}
	for _, field := range telling {
		if x, ok := a[field]; ok {
			return x == b[field] && (field != "tag" || a["since"] == b["since"])
		}
	}
	return false
}

// shedSpellings keeps the names that were this file's or came since.
func shedSpellings(now any, was, theirs map[string]any) []any {
	mine := append([]any{was["name"]}, listOf(was["names"])...)
	other := append([]any{theirs["name"]}, listOf(theirs["names"])...)
	var kept []any
	for _, v := range listOf(now) {
		if slices.Contains(other, v) && !slices.Contains(mine, v) {
			continue
		}
		kept = append(kept, v)
	}
	return kept
}
