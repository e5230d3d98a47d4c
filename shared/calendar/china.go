package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

// chinaNotices holds the holidays and make-up days of 2024 to 2026, notice by
// notice, in the words of the State Council's General Office.
//
//go:embed china.json
var chinaNotices []byte

type notice struct {
	Number   string `json:"number"`
	Title    string `json:"title"`
	Holidays []struct {
		Name string `json:"name"`
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"holidays"`
	Makeup []struct {
		Name string `json:"name"`
		Date string `json:"date"`
	} `json:"makeup"`
}

// China gives the calendar shipped as default: Monday to Friday, 09:00 to 12:00
// and 13:00 to 18:00 in Asia/Shanghai, with the published holidays and make-up
// days of 2024 (国办发明电〔2023〕7号), 2025 (〔2024〕12号) and 2026 (〔2025〕7号). All
// three were checked against the full text of the notices. Later years follow
// the plain week until their notice is entered.
func China() Calendar {
	c := Calendar{ID: "cn", Name: "中国 / China", Zone: "Asia/Shanghai"}
	for d := range 5 {
		c.Week[d] = []Interval{{"09:00", "12:00"}, {"13:00", "18:00"}}
	}
	var file struct {
		Notices []notice `json:"notices"`
	}
	if err := json.Unmarshal(chinaNotices, &file); err != nil {
		panic(fmt.Errorf("china.json: %w", err)) // embedded: only a broken build gets here
	}
	for _, n := range file.Notices {
		c.Days = append(c.Days, n.days()...)
	}
	return c
}

func (n notice) days() []Day {
	var out []Day
	for _, h := range n.Holidays {
		for d, to := date(h.From), date(h.To); !d.After(to); d = d.AddDate(0, 0, 1) {
			out = append(out, Day{Date: d.Format(time.DateOnly), Kind: Holiday, Name: h.Name, Source: n.Number})
		}
	}
	for _, m := range n.Makeup {
		out = append(out, Day{Date: m.Date, Kind: Makeup, Name: m.Name, Source: n.Number})
	}
	return out
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(fmt.Errorf("china.json: %w", err))
	}
	return d
}
