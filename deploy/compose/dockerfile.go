package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Image is what the Dockerfile makes of a program.
type Image struct {
	Target  string // name of the stage
	Package string // Go package that the program is built from, as ./services/leads/cmd/leads
	Base    string // what the stage begins with, down to the bottom
	User    string
	Command []string // entry point
}

// Dockerfile is the one at the root.
type Dockerfile struct {
	Stages   []instructions.Stage
	Warnings []string // of the linter
}

// ReadDockerfile parses and lints the Dockerfile as BuildKit does.
func ReadDockerfile() (*Dockerfile, error) {
	f, err := os.Open(filepath.Join(Root(), "Dockerfile"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	parsed, err := parser.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("Dockerfile: %w", err)
	}
	d := &Dockerfile{}
	for _, w := range parsed.Warnings {
		d.Warnings = append(d.Warnings, w.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) { d.Warnings = append(d.Warnings, rule+": "+message) }})
	if d.Stages, _, err = instructions.Parse(parsed.AST, lint); err != nil {
		return nil, fmt.Errorf("Dockerfile: %w", err)
	}
	return d, nil
}

// buildCommand finds what a stage builds, and where it puts that.
var buildCommand = regexp.MustCompile(`go build .*-o (/out/\S*)((?:\s+\./\S+)+)`)

// Image follows a target down to its base, and its program up to its package.
func (d *Dockerfile) Image(target string) (Image, error) {
	image := Image{Target: target}
	var copied *instructions.CopyCommand
	for name := target; ; {
		stage := d.stage(name)
		if stage == nil {
			image.Base = name
			break
		}
		for _, c := range stage.Commands {
			switch c := c.(type) {
			case *instructions.UserCommand:
				if image.User == "" {
					image.User = c.User
				}
			case *instructions.EntrypointCommand:
				if image.Command == nil {
					image.Command = c.CmdLine
				}
			case *instructions.CopyCommand:
				if copied == nil && strings.HasPrefix(c.DestPath, "/bin/") {
					copied = c
				}
			}
		}
		name = stage.BaseName
	}
	if copied == nil {
		return image, fmt.Errorf("Dockerfile: %s holds no program", target)
	}
	var err error
	image.Package, err = d.built(copied.From, copied.SourcePaths[0])
	return image, err
}

// built gives the package from which a stage built a file.
func (d *Dockerfile) built(stage, file string) (string, error) {
	s := d.stage(stage)
	if s == nil {
		return "", fmt.Errorf("Dockerfile: there is no stage %s", stage)
	}
	for _, c := range s.Commands {
		run, ok := c.(*instructions.RunCommand)
		if !ok {
			continue
		}
		m := buildCommand.FindStringSubmatch(strings.Join(run.CmdLine, " "))
		if m == nil {
			continue
		}
		for _, p := range strings.Fields(m[2]) {
			if m[1] == file || m[1]+filepath.Base(p) == file {
				return p, nil
			}
		}
	}
	return "", fmt.Errorf("Dockerfile: stage %s does not build %s", stage, file)
}

func (d *Dockerfile) stage(name string) *instructions.Stage {
	i := slices.IndexFunc(d.Stages, func(s instructions.Stage) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Stages[i]
}
