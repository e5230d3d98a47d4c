#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its services, one file each,
# in secrets/ beside it or in the directory named. What is there stays as it is,
# so that it may be run again after an upgrade.
#
# The directory is for its owner alone. The files in it may be read by anybody who
# gets there: containers see only the files that they are given, under users of
# their own.
set -eu
umask 077
cd "$(dirname "$0")/../.."
dir=${1:-secrets}
mkdir -p "$dir"
chmod 0700 "$dir"

password() { openssl rand -hex 24; }

# keep NAME COMMAND…: writes what the command prints, unless the file is there.
keep() {
  file=$dir/$1
  shift
  [ -s "$file" ] || { "$@" >"$file.new" && mv "$file.new" "$file"; }
  chmod 0444 "$file"
}

mongo_uri() { printf 'mongodb://liuke:%s@mongo:27017/liuke_?replicaSet=rs0&authSource=admin\n' "$(cat "$dir/mongo_password")"; }

kafka_jaas() {
  printf 'KafkaServer {\n  org.apache.kafka.common.security.plain.PlainLoginModule required\n  user_liuke="%s";\n};\n' "$(cat "$dir/kafka_password")"
}

keep mongo_root_password password
keep mongo_password password
keep mongo_keyfile openssl rand -base64 756
keep mongo_uri mongo_uri
keep kafka_password password
keep kafka_jaas kafka_jaas
keep postgres_password password
keep service_key openssl genpkey -algorithm ed25519
keep webhook_secret password
keep smtp_password echo none # yours, if your mail server asks for one
keep grafana_password password
