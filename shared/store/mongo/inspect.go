package mongo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Inspect asks the server about itself and its members, and changes nothing.
func Inspect(ctx context.Context, uri, database string) (store.Inspection, error) {
	out := store.Inspection{Engine: "mongodb", Settings: map[string]string{}}
	client, err := mongo.Connect(options.Client().SetServerSelectionTimeout(5 * time.Second).ApplyURI(uri))
	if err != nil {
		return out, fmt.Errorf("store %s: %w", database, err)
	}
	defer client.Disconnect(context.WithoutCancel(ctx)) //nolint:errcheck // it was only read
	var hello struct {
		SetName   string    `bson:"setName"`
		Hosts     []string  `bson:"hosts"`
		Message   string    `bson:"msg"`
		LocalTime time.Time `bson:"localTime"`
	}
	if err := ask(ctx, client, "hello", &hello); err != nil { // servers that speak an older protocol know it by its older name
		if older := ask(ctx, client, "isMaster", &hello); older != nil {
			return out, fmt.Errorf("store %s: %w", database, outcome(err))
		}
	}
	var build struct {
		Version string `bson:"version"`
	}
	if err := ask(ctx, client, "buildInfo", &build); err != nil {
		return out, fmt.Errorf("store %s: %w", database, outcome(err))
	}
	out.Version, out.Clock, out.Topology = build.Version, instant.Of(hello.LocalTime), "standalone"
	switch {
	case hello.Message == "isdbgrid":
		out.Topology = "sharded"
	case hello.SetName != "":
		out.Topology = "replica set"
		out.Settings["members"] = strconv.Itoa(len(hello.Hosts))
		members(ctx, client, &out)
	}
	return out, indexes(ctx, client.Database(database), &out)
}

func ask(ctx context.Context, c *mongo.Client, command string, into any) error {
	return c.Database("admin").RunCommand(ctx, bson.D{{Key: command, Value: 1}}).Decode(into)
}

// members tells which members of the set are down. Who may not ask is not told.
func members(ctx context.Context, c *mongo.Client, out *store.Inspection) {
	var status struct {
		Members []struct {
			Name   string  `bson:"name"`
			Health float64 `bson:"health"`
			State  string  `bson:"stateStr"`
		} `bson:"members"`
	}
	if err := ask(ctx, c, "replSetGetStatus", &status); err != nil {
		out.Unchecked = "the members of the set: " + err.Error()
		return
	}
	for _, m := range status.Members {
		if m.Health == 0 {
			out.Faults = append(out.Faults, "member "+m.Name+" is "+m.State)
		}
	}
}

// indexes tells which collections lack the index by which facts leave.
func indexes(ctx context.Context, db *mongo.Database, out *store.Inspection) error {
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return outcome(err)
	}
	out.Settings["collections"] = strconv.Itoa(len(names))
	for _, n := range names {
		if n == factsName || len(n) > 6 && n[:7] == "system." {
			continue
		}
		have, err := patterns(ctx, db.Collection(n))
		if err != nil {
			return err
		}
		if !have[patternName(pendingKeys)] {
			out.Faults = append(out.Faults, "collection "+n+" has no index of its pending facts")
		}
	}
	return nil
}
