#!/bin/sh
# Runs the contracts on real engines, and tries the engines themselves. It starts
# what it needs (Java 17, Maven, PostgreSQL); the contracts also take addresses: LIUKE_TEST_MONGO=mongodb://… LIUKE_TEST_KAFKA=host:port
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root/shared" && go test -tags engines ./store/mongo/...
cd "$root/deploy" && go test -tags engines ./engines/... && go test -tags engines -run ApacheKafka ./facts_test/...
go test -tags engines -run /mongo ./races
go test -tags engines -run TestWhatTheFileSaysRuns ./compose/...
# The end-to-end tests, every service by itself; LIUKE_TEST_STORE, LIUKE_TEST_KAFKA
# and LIUKE_TEST_TEMPORAL name clusters of one's own.
go test -tags engines,realdata -timeout 40m ./e2e
# The rows of the fault table that tell most, with three Kafka nodes.
go test -tags engines -timeout 25m ./faults/...
