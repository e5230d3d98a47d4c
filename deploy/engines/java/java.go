// Package java owns how engines written in Java are run: their jars, resolved
// by Maven, and the flags that make a JVM small and quick to start.
package java

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"liuke.dev/deploy/engines/cache"
)

// Errors that say what to install.
var (
	ErrNoJava  = errors.New("java and javac, 17 or newer, are missing: apt-get install openjdk-17-jdk-headless")
	ErrNoMaven = errors.New("mvn is missing: apt-get install maven")
)

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

// Check says whether Java is there.
func Check() error {
	for _, program := range []string{"java", "javac"} {
		if _, err := exec.LookPath(program); err != nil {
			return ErrNoJava
		}
	}
	return nil
}

// Jars resolves what a pom.xml depends on and gives the class path of it.
func Jars(ctx context.Context, name string, pom []byte) (classPath string, err error) {
	if err := Check(); err != nil {
		return "", err
	}
	dir, err := cache.Once(ctx, cache.Name(name+"-jars", pom), func(dir string) error {
		if _, err := exec.LookPath("mvn"); err != nil {
			return ErrNoMaven
		}
		file := filepath.Join(dir, "pom.xml")
		if err := os.WriteFile(file, pom, 0o644); err != nil {
			return err
		}
		return Run(ctx, "mvn", "-B", "-ntp", "-q", "-Dstyle.color=never", "-f", file, copyDependencies, "-DincludeScope=runtime", "-DoutputDirectory="+dir)
	})
	return filepath.Join(dir, "*"), err
}

// Classes compiles one source file against a class path and gives the class
// path with it.
func Classes(ctx context.Context, name, file string, source []byte, classPath string) (string, error) {
	dir, err := cache.Once(ctx, cache.Name(name+"-classes", source, []byte(classPath)), func(dir string) error {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, source, 0o644); err != nil {
			return err
		}
		return Run(ctx, "javac", "-nowarn", "-cp", classPath, "-d", dir, path)
	})
	return dir + string(os.PathListSeparator) + classPath, err
}

// Flags of a small JVM; the heap is in megabytes.
func Flags(classPath string, heap int) []string {
	return []string{"-Xms32m", fmt.Sprintf("-Xmx%dm", heap), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-cp", classPath}
}

// Run runs a program to its end; the error has what it said.
func Run(ctx context.Context, program string, args ...string) error {
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, out)
	}
	return nil
}
