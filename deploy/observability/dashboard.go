// Package observability holds what watches Liuke from outside: the Grafana
// dashboard, Prometheus' configuration and its alerts. The dashboard is made by
// this package (go generate); tests hold every name in it and in the alerts
// against the metrics of the running program.
package observability

import (
	"encoding/json"
)

//go:generate go run ./write grafana/dashboards/liuke.json

type object = map[string]any

// source is the data source that the reader chooses on the dashboard.
var source = object{"type": "prometheus", "uid": "${datasource}"}

// Widths of the grid, and heights of a row of panels.
const (
	gridWidth   = 24
	panelHeight = 8
	statHeight  = 4
)

// Dashboard gives the dashboard as Grafana imports it.
func Dashboard() ([]byte, error) {
	var panels []object
	y, id := 0, 0
	for _, section := range sections {
		id++
		panels = append(panels, object{"id": id, "type": "row", "title": section.title, "collapsed": false, "gridPos": object{"x": 0, "y": y, "w": gridWidth, "h": 1}, "panels": []any{}})
		y++
		x, height := 0, panelHeight
		for _, p := range section.panels {
			id++
			width, h := gridWidth/3, panelHeight
			if p.stat {
				width, h = gridWidth/6, statHeight
			}
			if x+width > gridWidth {
				x, y = 0, y+height
			}
			height = h
			panels = append(panels, p.draw(id, object{"x": x, "y": y, "w": width, "h": h}))
			x += width
		}
		y += height
	}
	text, err := json.MarshalIndent(object{
		"uid": "liuke", "title": "Liuke", "tags": []string{"liuke"}, "schemaVersion": 42, "editable": true, "graphTooltip": 1, "refresh": "30s",
		"time": object{"from": "now-3h", "to": "now"}, "timezone": "browser", "panels": panels, "annotations": object{"list": []any{}}, "links": []any{},
		"templating": object{"list": []any{object{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0, "current": object{}, "regex": "", "refresh": 1}}},
	}, "", "  ")
	return append(text, '\n'), err
}

// Expressions gives every expression of the dashboard, by panel.
func Expressions() map[string][]string {
	out := map[string][]string{}
	for _, section := range sections {
		for _, p := range section.panels {
			for _, l := range p.lines {
				out[section.title+": "+p.title] = append(out[section.title+": "+p.title], l.expr)
			}
		}
	}
	return out
}

type section struct {
	title  string
	panels []panel
}

type panel struct {
	title, about string
	unit         string // Grafana's: s, short, reqps, percentunit, bytes
	stat         bool   // one number, red above zero
	good         bool   // of a stat: above zero is good
	lines        []line
}

type line struct{ expr, legend string }

func (p panel) draw(id int, at object) object {
	var targets []object
	for i, l := range p.lines {
		targets = append(targets, object{"refId": string(rune('A' + i)), "expr": l.expr, "legendFormat": l.legend, "datasource": source, "editorMode": "code", "range": !p.stat, "instant": p.stat})
	}
	out := object{"id": id, "title": p.title, "description": p.about, "datasource": source, "gridPos": at, "targets": targets}
	defaults := object{"unit": p.unit, "min": 0}
	if p.stat {
		above := "red"
		base := "green"
		if p.good {
			above, base = base, above
		}
		defaults["thresholds"] = object{"mode": "absolute", "steps": []object{{"color": base, "value": nil}, {"color": above, "value": 1}}}
		out["type"] = "stat"
		out["options"] = object{"colorMode": "background", "graphMode": "area", "reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}}
	} else {
		defaults["custom"] = object{"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": true}
		out["type"] = "timeseries"
		out["options"] = object{"legend": object{"displayMode": "list", "placement": "bottom", "showLegend": true}, "tooltip": object{"mode": "multi", "sort": "desc"}}
	}
	out["fieldConfig"] = object{"defaults": defaults, "overrides": []any{}}
	return out
}
