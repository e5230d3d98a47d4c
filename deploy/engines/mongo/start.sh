#!/bin/sh
# Starts the MongoDB stand-in on a loopback port (first argument, 0 or none: any
# free one; second argument --until-eof: until standard input closes), prints "READY mongodb://…" and runs until it is ended.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cache="$here/../.cache/mongo"
if [ ! -f "$cache/complete" ] || [ "$here/pom.xml" -nt "$cache/complete" ]; then
	mkdir -p "$cache"
	(
		# One at a time: several tests may start at once on a new machine.
		flock 9
		if [ ! -f "$cache/complete" ] || [ "$here/pom.xml" -nt "$cache/complete" ]; then
			rm -rf "$cache/lib"
			mvn -q -B -Dstyle.color=never -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
				-DoutputDirectory="$cache/lib" -DincludeScope=runtime >&2
			touch "$cache/complete"
		fi
	) 9>"$cache/lock"
fi
exec java -Xms32m -Xmx256m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=off \
	-cp "$cache/lib/*" "$here/StandIn.java" "${1:-0}" ${2:+"$2"}
