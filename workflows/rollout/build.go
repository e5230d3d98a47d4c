package rollout

import (
	"cmp"
	"regexp"
	"runtime/debug"
	"strings"

	"liuke.dev/shared/service"
)

// commitLength is how much of a commit's id names it among a few.
const commitLength = 10

// Build names the worker's build to Temporal: what the configuration says, or
// the program's version and the commit it was built from. A build from changed
// files says so; two of these are told apart only by configuration.
func Build(configured string) string {
	info, _ := debug.ReadBuildInfo()
	return cmp.Or(clean(configured), build(info))
}

func build(info *debug.BuildInfo) string {
	id, changed := service.Version, ""
	if info == nil {
		return id
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && s.Value != "":
			id += "-" + s.Value[:min(commitLength, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "-changed"
		}
	}
	return id + changed
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// clean leaves what Temporal takes in a build id: it joins it to the name of the
// deployment with a colon.
func clean(id string) string { return strings.Trim(unfit.ReplaceAllString(id, "-"), "-") }
