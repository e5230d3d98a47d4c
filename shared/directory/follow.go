package directory

import (
	"context"
	"log/slog"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
)

// Follow keeps the directory current from the facts of organization until ctx
// ends: every process reads all of them, from the beginning.
func (d *Directory) Follow(ctx context.Context, cluster kafka.Cluster, log *slog.Logger) error {
	return facts.Follow(ctx, cluster, catalogue.TopicOrganization, log, d.apply, d.markReady)
}

func (d *Directory) apply(e facts.Event) error {
	switch e.Type {
	case (&catalogue.PersonChanged{}).Kind().Type:
		f, err := facts.Decode[catalogue.PersonChanged](e)
		if err != nil {
			return err
		}
		d.Put(f.After, f.AggregateVersion)
	case (&catalogue.PersonDeactivated{}).Kind().Type:
		f, err := facts.Decode[catalogue.PersonDeactivated](e)
		if err != nil {
			return err
		}
		f.After.Active = false
		d.Put(f.After, f.AggregateVersion)
	case (&catalogue.TeamChanged{}).Kind().Type:
		f, err := facts.Decode[catalogue.TeamChanged](e)
		if err != nil {
			return err
		}
		d.PutTeam(f.After, f.AggregateVersion)
	}
	return nil
}
