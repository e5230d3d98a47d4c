package host

import (
	"reflect"
	"testing"

	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

// Every verb has its activity, and every activity its verb.
func TestEveryVerbHasItsActivity(t *testing.T) {
	methods := reflect.TypeFor[*activity.Activities]()
	verbs := map[string]journey.Verb{}
	for v, name := range activityOf {
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("%s has no activity %q", v, name)
		}
		if other, twice := verbs[name]; twice {
			t.Errorf("%s and %s have one activity %q", v, other, name)
		}
		verbs[name] = v
	}
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; verbs[name] == "" {
			t.Errorf("the activity %s has no verb", name)
		}
	}
}
