# syntax=docker/dockerfile:1

# All programs of Liuke, one target each:
#   organization leads accounts notifications insights worker   the services and the worker
#   liuke                                                       the command line, and everything in one program
# They are static binaries in images that hold nothing else: no shell, no packages,
# no root. Each tells its own health: `/bin/program healthcheck`.

FROM golang:1.26.8-bookworm AS source
WORKDIR /src
ENV CGO_ENABLED=0 GOMODCACHE=/cache/modules GOCACHE=/cache/build
COPY . .

FROM source AS services
RUN --mount=type=cache,target=/cache \
    mkdir -p /out/files && go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/ \
    ./services/organization/cmd/organization \
    ./services/leads/cmd/leads \
    ./services/accounts/cmd/accounts \
    ./services/notifications/cmd/notifications \
    ./services/insights/cmd/insights \
    ./workflows/cmd/worker

FROM source AS cli
RUN --mount=type=cache,target=/cache \
    mkdir -p /out/data && go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/liuke ./deploy/local

# Authorities' certificates are needed for mail, webhooks and clusters with TLS; time zones are in the programs.
FROM scratch AS runtime
COPY --from=source /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
EXPOSE 8080

FROM runtime AS organization
COPY --from=services /out/organization /bin/organization
ENTRYPOINT ["/bin/organization"]

FROM runtime AS leads
COPY --from=services /out/leads /bin/leads
ENTRYPOINT ["/bin/leads"]

FROM runtime AS accounts
COPY --from=services --chown=65532:65532 /out/files /files
COPY --from=services /out/accounts /bin/accounts
ENTRYPOINT ["/bin/accounts"]

FROM runtime AS notifications
COPY --from=services /out/notifications /bin/notifications
ENTRYPOINT ["/bin/notifications"]

FROM runtime AS insights
COPY --from=services /out/insights /bin/insights
ENTRYPOINT ["/bin/insights"]

FROM runtime AS worker
COPY --from=services /out/worker /bin/worker
ENTRYPOINT ["/bin/worker"]

FROM runtime AS liuke
COPY --from=cli --chown=65532:65532 /out/data /data
COPY --from=cli /out/liuke /bin/liuke
ENV LIUKE_DATA=/data
VOLUME ["/data"]
ENTRYPOINT ["/bin/liuke"]
