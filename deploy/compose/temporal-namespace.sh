#!/bin/sh
# Makes the namespace and the search attributes of journeys; run again it finds them.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where. Closed journeys can be looked at for five years.
set -eu

# again COMMAND…: until it succeeds, for a minute; the last attempt says why not.
again() {
  tries=60
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { "$@"; return; }
    sleep 1
  done
}

again temporal operator cluster health

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 43800h --description "Liuke's journeys"

# A namespace that was just made is known everywhere a few seconds later.
again temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name JourneyKind --type Keyword \
  --name Stage --type Keyword \
  --name Owner --type Keyword \
  --name Customer --type Keyword \
  --name Risk --type Keyword \
  --name NextDue --type Datetime \
  --name Late --type Bool
