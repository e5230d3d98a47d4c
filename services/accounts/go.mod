module liuke.dev/services/accounts

go 1.26.0

replace liuke.dev/shared => ../../shared

require (
	github.com/nyaruka/phonenumbers v1.8.1
	golang.org/x/net v0.59.0
	golang.org/x/text v0.42.0
)

require (
	google.golang.org/protobuf v1.36.11 // indirect
	pgregory.net/rapid v1.3.0
)
