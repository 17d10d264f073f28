# The commands of README.md and CONTRIBUTING.md under short names. `make` alone lists them.
.DEFAULT_GOAL := help
MODULES := $(patsubst %/go.mod,%,$(wildcard test/*/go.mod))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: up
up: ## run the whole system on this machine: Kafka, source, function, sink
	go run ./cmd/reddit-classifier up

.PHONY: install
install: ## install the command reddit-classifier
	go install ./cmd/reddit-classifier

.PHONY: test
test: ## run the fast tests; what needs Python, Java, a browser or the data skips
	go test ./...

.PHONY: short
short: ## run the tests in their short form
	go test -short ./...

.PHONY: race
race: ## run the short tests under the race detector
	go test -race -short ./...

.PHONY: ci
ci: ## run everything that CI runs, nothing skipped (less than an hour)
	.ci/run

.PHONY: modules
modules: $(addprefix check-,$(notdir $(MODULES))) ## run the heavy checks, each a module of its own under test/

check-%:
	cd test/$* && go test -count=1 ./...

.PHONY: bench
bench: ## run the benchmarks of prediction and of the function
	go test -run '^$$' -bench . -benchmem -cpu 1 ./model/... ./function/...

.PHONY: mutants
mutants: ## change code at random and see whether tests notice: make mutants PACKAGES=./function WITH=./test/http
	nice go run ./test/mutants -n $(or $(N),50) -seed $(or $(SEED),1) -with "$(WITH)" $(or $(PACKAGES),./function)

.PHONY: format
format: ## format the Go files
	gofmt -w $$(git ls-files '*.go')

.PHONY: lint
lint: ## vet, staticcheck and golangci-lint, at CI's versions
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./...
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.0 run

.PHONY: generate
generate: ## make the built-in models again (needs ../shared)
	go generate ./model

.PHONY: licenses
licenses: ## write THIRD_PARTY_LICENSES again
	cd test/licenses && go test -count=1 -run TestLinked -update .

.PHONY: rename-module
rename-module: ## give the module another path: make rename-module MODULE=example.org/reddit-classifier
	go run ./test/rename "$(MODULE)"
	go build ./...
