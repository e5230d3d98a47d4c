# Every target calls what CI calls; `make check` is the whole of it.
SHELL := /bin/bash
MODULES := $(shell go list -m -f '{{.Dir}}')
FAST    := $(filter-out %/deploy,$(MODULES))
BIN     := .bin

.PHONY: check format tidy vet lint workflowcheck generated alerts test race test-data test-engines demo bench faults build tools

check: format tidy vet lint workflowcheck generated alerts test race test-data test-engines

build:                ## the all-in-one program
	go build -o $(BIN)/liuke ./deploy/local

demo:                 ## a sample company in which a day passes in a second
	go run ./deploy/local demo

test:                 ## everything, on the embedded engines
	go test -timeout 40m work

race:                 ## the race detector, on every module but the one that links the Temporal server
	go test -race -timeout 40m $(addsuffix /...,$(FAST))

test-data:            ## on public data (8,800 real deals, a shop's purchase log), which LIUKE_TEST_DATA names and the project does not hold
	go test -tags realdata -run RealData -timeout 40m $(addprefix ./,$(sort $(dir $(shell git grep -l '^//go:build realdata' -- '*_test.go'))))

test-engines:         ## on real engines: the contracts, and that each engine survives kill -9
	./deploy/engines/test.sh

format:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted:"; echo "$$out"; exit 1; fi

tidy:
	@for m in $(MODULES) tools deploy/compose/proxy deploy/observability/series; do (cd $$m && GOWORK=off go mod tidy -diff) || { echo "go mod tidy changes $$m"; exit 1; }; done

# of tests that need more than the project
TAGS := engines,realdata

vet:
	go vet work
	go vet -tags $(TAGS) work

lint: tools          ## every package but those that link the Temporal server, whose whole source it would read
	$(BIN)/staticcheck -tags $(TAGS) $(addsuffix /...,$(FAST))
	@cd deploy && ../$(BIN)/staticcheck -tags $(TAGS) $$(go list -tags $(TAGS) -test -f '{{with .ForTest}}{{.}}{{else}}{{.ImportPath}}{{end}} {{join .Deps " "}}' ./... | \
		awk '{all[$$1]} / go\.temporal\.io\/server/ {links[$$1]} END {for (p in all) if (!(p in links) && p !~ /\.test$$/) print p}')

workflowcheck: tools
	cd workflows && ../$(BIN)/workflowcheck ./host/...

generated:            ## generated files are those that the code generates
	go generate ./shared/...
	@git diff --exit-code -- docs shared || { echo "generated files differ: commit what go generate made"; exit 1; }

alerts:               ## the alert rules on series, by Prometheus' own engine
	cd deploy/observability/series && GOWORK=off go test .

tools:
	@mkdir -p $(BIN)
	cd tools && GOWORK=off go build -o ../$(BIN)/ tool

bench:                ## the figures of docs/benchmarks.md
	go run ./bench

faults:               ## the whole fault table of docs/reliability.md, on both engine sets
	go run ./deploy/faults --engines embedded
	go run ./deploy/faults --engines real
