package facts

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
)

// AsyncAPI gives the AsyncAPI 3.0.0 document of every topic and fact, as JSON;
// server is the host:port of the Kafka cluster that the reader connects to.
func AsyncAPI(server string) []byte {
	components := registry("#/components/schemas/")
	messages, channels, operations := object{}, object{}, object{}
	for _, d := range catalogue.All() {
		kind := d.Kind()
		messages[kind.Type] = messageDoc(kind, components.Schema(reflect.TypeOf(d), true, ""))
		channel, ok := channels[kind.Topic].(object)
		if !ok {
			channel = channelDoc(kind.Topic)
			channels[kind.Topic] = channel
			operations["receive_"+operationName(kind.Topic)] = object{"action": "receive", "summary": "Read the facts of " + kind.Topic,
				"channel": ref("#/channels/" + kind.Topic)}
		}
		channel["messages"].(object)[kind.Type] = ref("#/components/messages/" + kind.Type)
	}
	inboxDoc(channels, operations, messages)
	schemas, err := plain(components.Map())
	if err != nil {
		panic(err) // the catalogue's types do not become JSON, which a test would have said
	}
	unclose(schemas)
	doc, err := json.MarshalIndent(object{
		"asyncapi": "3.0.0",
		"info": object{"title": "Liuke facts", "version": "1.0.0", "description": strings.Join([]string{
			"Everything that happened, as CloudEvents 1.0 in Kafka's binary content mode: attributes are headers with the prefix ce_, the value is the data as JSON.",
			"The message key is the aggregate, so that one aggregate's facts keep their order; at least once, so decide by ce_aggregateversion and ce_id, never by arrival.",
			"Types only grow: ignore fields that you do not know. Headers that begin with liuke- concern Liuke's own consumers: pass over messages that carry liuke-replay-for.",
		}, "\n\n")},
		"defaultContentType": contentJSON,
		"servers":            object{"kafka": object{"host": cmp.Or(server, "127.0.0.1:9092"), "protocol": "kafka"}},
		"channels":           channels,
		"operations":         operations,
		"components":         object{"messages": messages, "schemas": schemas, "messageTraits": object{"cloudevent": object{"headers": headersDoc()}}},
	}, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(doc, '\n')
}

type object = map[string]any

func ref(to string) object { return object{"$ref": to} }

func operationName(topic string) string {
	return strings.NewReplacer("liuke.", "", ".", "_", "-", "_").Replace(topic)
}

func channelDoc(topic string) object {
	binding := object{"topic": topic, "bindingVersion": "0.5.0"}
	if i := slices.IndexFunc(Topics(1, 0), func(t kafka.Topic) bool { return t.Name == topic && t.Compacted }); i >= 0 {
		binding["topicConfiguration"] = object{"cleanup.policy": []string{"compact"}}
	}
	return object{"address": topic, "messages": object{}, "bindings": object{"kafka": binding}}
}

func messageDoc(kind catalogue.Kind, payload *huma.Schema) object {
	return object{
		"name": kind.Type, "title": kind.Type, "summary": kind.Doc, "contentType": contentJSON,
		"traits":   []any{ref("#/components/messageTraits/cloudevent")},
		"payload":  object{"$ref": payload.Ref},
		"bindings": object{"kafka": object{"key": object{"type": "string", "description": "The aggregate, such as lead/01J…"}, "bindingVersion": "0.5.0"}},
	}
}

// inboxDoc describes the one topic that others write: what they tell there has the
// shape of the interface's POST /v1/timeline.
func inboxDoc(channels, operations, messages object) {
	const name, topic = "timeline_entry", catalogue.TopicTimelineInbox
	messages[name] = object{"name": name, "title": name, "contentType": contentJSON,
		"summary": "Something that happened with a customer, told by another department's system.",
		"description": "Plain JSON, or the data of a CloudEvent 1.0 (binary or structured mode) whose source, id and time stand in for source, source_id and occurred_at. " +
			"Told again under the same source and source_id it changes nothing. What is wrong becomes a dead letter that names the fields; of a customer who is not known it is kept aside until they are.",
		"payload":  object{"type": "object", "description": "As the body of POST /v1/timeline in /openapi.json, schema AccountsEntryDraft"},
		"bindings": object{"kafka": object{"key": object{"type": "string", "description": "The customer, so that a customer's entries keep their order"}, "bindingVersion": "0.5.0"}}}
	channel := channelDoc(topic)
	channel["messages"].(object)[name] = ref("#/components/messages/" + name)
	channels[topic] = channel
	operations["send_"+operationName(topic)] = object{"action": "send", "summary": "Tell what happened with customers", "channel": ref("#/channels/" + topic)}
}

// headersDoc describes the CloudEvents attributes of every fact.
func headersDoc() object {
	text := func(doc string) object { return object{"type": "string", "description": doc} }
	return object{"type": "object",
		"required": []string{headerSpecVersion, headerID, headerSource, headerType, headerSubject, headerTime, headerVersion, headerContentType},
		"properties": object{
			headerSpecVersion: object{"type": "string", "const": specVersion},
			headerID:          text("<aggregate>/<version>/<n>, assigned once"),
			headerSource:      text("The service that recorded it, such as liuke/leads"),
			headerType:        text("The fact type"),
			headerSubject:     text("The aggregate, such as lead/01J…"),
			headerTime:        object{"type": "string", "format": "date-time"},
			headerCustomer:    text("Id of the customer, once known"),
			headerVersion:     object{"type": "string", "pattern": "^[0-9]+$", "description": "Version of the aggregate after the fact"},
			headerContentType: object{"type": "string", "const": contentJSON},
			headerCreated: object{"type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
				"description": "CloudEvents distributed tracing: the trace in which it was recorded, if one was; the header traceparent without the prefix is that of the message"},
			headerCreatedState: text("CloudEvents distributed tracing: tracestate"),
		}}
}
