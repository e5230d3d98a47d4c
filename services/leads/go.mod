module liuke.dev/services/leads

go 1.26.0

require (
	github.com/nyaruka/phonenumbers v1.8.1
	github.com/oklog/ulid/v2 v2.1.2
	golang.org/x/time v0.15.0
	liuke.dev/shared v0.0.0
)

replace liuke.dev/shared => ../../shared
