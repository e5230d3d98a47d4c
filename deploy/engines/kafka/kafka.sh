#!/bin/sh
# Starts and stops one real Apache Kafka broker on this machine. Needs Java 17 and Maven.
#
#   kafka.sh start    prints the broker's address once it answers
#   kafka.sh stop     ends it; its data stays
#   kafka.sh kill     kill -9
#   kafka.sh status   prints the address, fails when it does not run
#   kafka.sh clean    stops it and forgets its data
#
# KAFKA_PORT (29092) chooses the port, the controller listens on the next one.
# Jars and data are kept in LIUKE_ENGINES_CACHE, deploy/engines/.cache by default.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cache=${LIUKE_ENGINES_CACHE:-$here/../.cache}/kafka
port=${KAFKA_PORT:-29092}
controller=$((port + 1))
address=127.0.0.1:$port
run=$cache/$port # one directory per port: several brokers can run side by side
lib=$cache/lib

fail() {
	echo "kafka.sh: $*" >&2
	exit 1
}

running() {
	# By name as well: after a reboot the number may be somebody else's.
	[ -f "$run/pid" ] && ps -p "$(cat "$run/pid")" -o args= 2>/dev/null | grep -q 'kafka\.Kafka'
}

java_tool() {
	java -XX:TieredStopAtLevel=1 -cp "$lib/*" -Dlog4j2.configurationFile="$here/log4j2.properties" "$@"
}

# The broker says so once it is registered and serves; a port that accepts
# connections is not yet a broker.
serves() {
	grep -q 'Kafka Server started' "$run/server.log"
}

resolve() {
	[ -f "$lib/.complete" ] && cmp -s "$lib/.complete" "$here/pom.xml" && return
	command -v mvn >/dev/null || fail "Maven is needed to resolve Kafka's jars (apt-get install maven)"
	rm -rf "$lib"
	mvn -B -ntp -q -Dstyle.color=never -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
		-DincludeScope=runtime -DoutputDirectory="$lib" >&2 || fail "the jars could not be resolved"
	cp "$here/pom.xml" "$lib/.complete"
}

format() {
	[ -f "$run/data/meta.properties" ] && return
	java_tool kafka.tools.StorageTool format -t "$(java_tool kafka.tools.StorageTool random-uuid)" \
		-c "$run/server.properties" >"$run/format.log" 2>&1 || { cat "$run/format.log" >&2; fail "the log directory could not be formatted"; }
}

start() {
	command -v java >/dev/null || fail "Java 17 or newer is needed (apt-get install openjdk-17-jre-headless)"
	if running; then
		echo "$address"
		return
	fi
	resolve
	mkdir -p "$run"
	sed -e "s|@PORT@|$port|g" -e "s|@CONTROLLER@|$controller|g" -e "s|@DATA@|$run/data|g" "$here/server.properties" >"$run/server.properties"
	format
	nohup java -Xms128m -Xmx512m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -XX:TieredStopAtLevel=1 -cp "$lib/*" \
		-Dlog4j2.configurationFile="$here/log4j2.properties" kafka.Kafka "$run/server.properties" >"$run/server.log" 2>&1 </dev/null &
	echo $! >"$run/pid"
	tries=0
	while ! serves; do
		running || { tail -20 "$run/server.log" >&2; fail "the broker ended while it started (is port $port or $controller in use?)"; }
		tries=$((tries + 1))
		[ $tries -lt 300 ] || fail "the broker did not answer within a minute, see $run/server.log"
		sleep 0.2
	done
	echo "$address"
}

stop() {
	running || return 0
	kill "-$1" "$(cat "$run/pid")"
	tries=0
	while running; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "the broker does not end"
		sleep 0.1
	done
	rm -f "$run/pid"
}

case ${1:-} in
start) start ;;
stop) stop TERM ;;
kill) stop KILL ;;
status) running && echo "$address" || fail "not running" ;;
clean) stop TERM && rm -rf "$run" ;;
*)
	sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
