#!/bin/bash
# Starts MongoDB with a copy of the replica set's key that only it can read:
# it refuses one that others could read, as secrets are.
set -eu
install -m 0400 /run/secrets/mongo_keyfile /tmp/mongo_keyfile
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /tmp/mongo_keyfile --bind_ip_all --wiredTigerCacheSizeGB "$CACHE_GB"
