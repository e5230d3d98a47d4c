#!/bin/sh
# Makes Temporal's databases and brings their schema to that of the tools' version;
# run again it finds what is there. SQL_HOST, SQL_PORT, SQL_USER and SQL_PLUGIN say where.
set -eu
SQL_PASSWORD=$(cat /run/secrets/postgres_password)
export SQL_PASSWORD

schema() { # schema DATABASE DIRECTORY
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

schema temporal temporal
schema temporal_visibility visibility
