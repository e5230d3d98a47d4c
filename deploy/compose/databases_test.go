package compose

import (
	"strings"
	"testing"

	"go.temporal.io/server/common/dynamicconfig"

	"liuke.dev/shared/service"
)

func TestTheServicesUserMayUseEveryDatabase(t *testing.T) {
	script := read(t, "mongo-init.js")
	for _, name := range service.Services {
		if !strings.Contains(script, "'"+name+"'") {
			t.Errorf("mongo-init.js does not let services use the database of %s", name)
		}
	}
}

func TestTemporalKnowsItsSettings(t *testing.T) {
	r := dynamicconfig.LoadYamlFile([]byte(read(t, "temporal.yaml")))
	if len(r.Errors) > 0 || len(r.Warnings) > 0 {
		t.Error(r.Errors, r.Warnings)
	}
}
