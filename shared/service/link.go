package service

import (
	"net/url"

	"liuke.dev/shared/config"
)

// JourneyLink gives the address of a journey in the Temporal UI.
func JourneyLink(c config.Config, kind, id string) string {
	if c.TemporalLink == "" || kind == "" || id == "" {
		return ""
	}
	return c.TemporalLink + "/namespaces/" + url.PathEscape(c.Namespace) + "/workflows/" + url.PathEscape(kind+"/"+id)
}
