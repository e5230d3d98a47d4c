package command

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"liuke.dev/shared/config"
	"liuke.dev/shared/service"
)

// run executes a command line and gives what it prints as its answer, and beside it.
func run(t *testing.T, args ...string) (answer, beside string, err error) {
	t.Helper()
	var out, side bytes.Buffer
	root := Root()
	root.SetOut(&out)
	root.SetErr(&side)
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return out.String(), side.String(), err
}

func TestVersion(t *testing.T) {
	if answer, beside, err := run(t, "version"); err != nil || beside != "" || answer != "liuke "+service.Version+"\n" {
		t.Errorf("liuke version: %q, beside it %q, %v", answer, beside, err)
	}
	if answer, _, err := run(t, "--version"); err != nil || !strings.Contains(answer, service.Version) {
		t.Errorf("liuke --version: %q, %v", answer, err)
	}
	if _, _, err := run(t, "version", "more"); err == nil {
		t.Error("version takes an argument")
	}
	if _, _, err := run(t, "no-such-command"); err == nil || !strings.Contains(err.Error(), "no-such-command") {
		t.Errorf("an unknown command: %v", err)
	}
}

// each visits every command that a person can call, the root first.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			each(sub, visit)
		}
	}
}

var (
	flagName = regexp.MustCompile(`(?:^|[\s(])--([a-z][a-z-]*)`)
	variable = regexp.MustCompile(`LIUKE_[A-Z_]+`)
	example  = regexp.MustCompile(`(?m)^  +(?:LIUKE_.*\\\n +)?liuke((?: [^ \n]+)*)`)
)

// Help is asked for before anything is known: it comes on standard output, names
// every sub-command and every flag with what it does, and speaks of no flag,
// variable or command that there is not.
func TestHelp(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	keys := variables(reflect.TypeFor[config.Config](), "LIUKE_")
	keys = append(keys, "LIUKE_CONFIG") // names the file itself
	seen := 0
	each(Root(), func(c *cobra.Command) {
		seen++
		t.Run(c.CommandPath(), func(t *testing.T) {
			args := append(strings.Fields(c.CommandPath())[1:], "--help")
			help, beside, err := run(t, args...)
			if err != nil || beside != "" {
				t.Fatalf("%v; beside it: %q", err, beside)
			}
			if c.Short == "" || c.Long != "" && !strings.Contains(help, c.Long) || c.Long == "" && !strings.Contains(help, c.Short) {
				t.Errorf("it does not say what it does:\n%s", help)
			}
			named := map[string]bool{}
			note := func(f *pflag.Flag) {
				if named[f.Name] = true; f.Usage == "" || !strings.Contains(help, "--"+f.Name) {
					t.Errorf("--%s is not explained:\n%s", f.Name, help)
				}
			}
			c.Flags().VisitAll(note)
			c.PersistentFlags().VisitAll(note) // not yet among its own: nothing was parsed
			c.InheritedFlags().VisitAll(note)
			for _, sub := range c.Commands() {
				if sub.IsAvailableCommand() && !strings.Contains(help, sub.Name()+" ") {
					t.Errorf("%s is not named:\n%s", sub.Name(), help)
				}
			}
			for _, m := range flagName.FindAllStringSubmatch(help, -1) {
				if !named[m[1]] && m[1] != "help" && m[1] != "version" {
					t.Errorf("it speaks of --%s, which it does not know", m[1])
				}
			}
			for _, v := range variable.FindAllString(help, -1) {
				if !slices.Contains(keys, v) {
					t.Errorf("it speaks of %s, which nobody reads", v)
				}
			}
			for _, m := range example.FindAllStringSubmatch(c.Long, -1) {
				if found, _, err := Root().Find(strings.Fields(m[1])); err != nil || !found.HasParent() {
					t.Errorf("its example liuke%s is no command: %v", m[1], err)
				}
			}
		})
	})
	if seen < 15 {
		t.Errorf("only %d commands were looked at", seen)
	}
}

// variables lists what a configuration is called in the environment.
func variables(of reflect.Type, prefix string) (all []string) {
	for f := range of.Fields() {
		name := prefix + strings.ToUpper(f.Tag.Get("koanf"))
		if f.Type.Kind() == reflect.Struct {
			all = append(all, variables(f.Type, name+"_")...)
			continue
		}
		all = append(all, name)
	}
	return all
}
