#!/bin/sh
# Runs the contracts on real engines. It starts what it needs (Java 17 and Maven),
# or takes addresses: LIUKE_TEST_MONGO=mongodb://… LIUKE_TEST_KAFKA=host:port
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root/shared" && go test -tags engines ./store/mongo/...
cd "$root/deploy" && go test -tags engines ./engines/kafka/... && go test -tags engines -run ApacheKafka ./facts_test/...
