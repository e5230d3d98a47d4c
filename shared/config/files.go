package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/structs"
	"github.com/knadh/koanf/v2"
)

// inFile ends the name of a variable whose value stands in a file: what
// LIUKE_STORE_FILE names holds the value of LIUKE_STORE. So secrets come neither
// into the environment nor into a process list.
const inFile = "_FILE"

// Variables are the names that the environment may have, each also with _FILE
// after it, sorted. LIUKE_CONFIG, which names the YAML file, is not among them.
func Variables() []string {
	k := koanf.New(".")
	_ = k.Load(structs.Provider(Config{}, "koanf"), nil) // a struct of plain fields always loads
	return variables(k.Keys())
}

func variables(keys []string) []string {
	var names []string
	for _, key := range keys {
		names = append(names, prefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_")))
	}
	slices.Sort(names)
	return names
}

// withFiles gives the environment with the values of files in the places of
// their names. All errors are collected.
func withFiles(environment, keys []string) ([]string, error) {
	known, set := variables(keys), map[string]bool{}
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		set[name] = true
	}
	var out []string
	var errs []error
	for _, entry := range environment {
		name, path, _ := strings.Cut(entry, "=")
		variable, file := strings.CutSuffix(name, inFile)
		if !file || !strings.HasPrefix(name, prefix) || path == "" {
			out = append(out, entry)
			continue
		}
		value, err := contents(path)
		switch {
		case !slices.Contains(known, variable):
			errs = append(errs, fmt.Errorf("%s: there is no %s that a file could hold", name, variable))
		case set[variable]:
			errs = append(errs, fmt.Errorf("%s and %s are both set: set one of them", variable, name))
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		default:
			out = append(out, variable+"="+value)
		}
	}
	return out, errors.Join(errs...)
}

// contents reads a value; the line ends with which editors close files are no part of it.
func contents(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	value := strings.TrimRight(string(text), "\r\n")
	if value == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return value, nil
}
