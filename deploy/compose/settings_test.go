package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/shared/config"
)

// Every program takes the variables of its container, and takes them as they are meant.
func TestProgramsTakeTheirVariables(t *testing.T) {
	p := load(t)
	secrets := t.TempDir()
	for name := range p.Secrets {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte("the "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range ours(p) {
		t.Run(name, func(t *testing.T) {
			for variable, value := range s.Environment {
				t.Setenv(variable, strings.ReplaceAll(*value, "/run/secrets", secrets))
			}
			c, err := config.Load(config.Default(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.Store != "the mongo_uri" || c.KafkaUser != "liuke" || c.KafkaPassword != "the kafka_password" || c.KafkaMechanism != config.MechanismPlain || c.ServiceKey != filepath.Join(secrets, "service_key") {
				t.Errorf("%+v", c)
			}
			if c.Origin != "http://127.0.0.1:8080" || c.InternalOrigin != "http://proxy:8080" || c.Trial || c.Speed != 1 || c.Journeys != config.JourneysRun {
				t.Errorf("%+v", c)
			}
			if name == "notifications" && (c.SMTP.Password != "the smtp_password" || c.Webhook.Secret != "the webhook_secret" || c.SMTP.Port != 587) {
				t.Errorf("%+v %+v", c.SMTP, c.Webhook)
			}
		})
	}
}
