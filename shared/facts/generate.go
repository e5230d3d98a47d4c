package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"liuke.dev/shared/catalogue"
)

//go:generate go run ./cmd/catalogue ../../docs/events

// Generated gives the files of docs/events by name: the schema of every fact
// type, the AsyncAPI document and the table of events.
func Generated() (map[string][]byte, error) {
	files := map[string][]byte{"asyncapi.json": AsyncAPI(""), "README.md": table()}
	for _, d := range catalogue.All() {
		doc, err := schemaOf(d, true)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Kind().Type, err)
		}
		raw, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			return nil, err
		}
		files[d.Kind().Type+".schema.json"] = append(raw, '\n')
	}
	return files, nil
}

func table() []byte {
	byTopic := map[string][]catalogue.Kind{}
	var topics []string
	for _, d := range catalogue.All() {
		k := d.Kind()
		if byTopic[k.Topic] == nil {
			topics = append(topics, k.Topic)
		}
		byTopic[k.Topic] = append(byTopic[k.Topic], k)
	}
	sort.Strings(topics)
	var b bytes.Buffer
	b.WriteString(strings.TrimLeft(`
# Event catalogue

Generated from the Go types in `+"`shared/catalogue`"+`: run `+"`go generate ./shared/facts`"+` after changing them.

Every fact is a CloudEvent 1.0 in Kafka's binary content mode: `+"`ce_id`, `ce_source`, `ce_type`, `ce_subject`, `ce_time`, `ce_aggregateversion` and, once known, `ce_customer`"+`
are headers, the value is the data as JSON. The message key is the aggregate. [asyncapi.json](asyncapi.json) describes all of it for tools.

How to consume: a fact may come twice, so decide by aggregate version; fields are added and never removed, so ignore those you do not know; pass over messages
with the header `+"`liuke-replay-for`"+`, an operator sent them again for one group.
`, "\n"))
	for _, topic := range topics {
		fmt.Fprintf(&b, "\n## %s\n\n| type | recorded when |\n|---|---|\n", topic)
		for _, k := range byTopic[topic] {
			fmt.Fprintf(&b, "| [%s](%s.schema.json) | %s |\n", k.Type, k.Type, k.Doc)
		}
	}
	return b.Bytes()
}
