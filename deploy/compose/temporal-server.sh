#!/bin/sh
# Starts the Temporal server with its database's password from a file, which the
# image itself takes from the environment only.
set -eu
POSTGRES_PWD=$(cat /run/secrets/postgres_password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
