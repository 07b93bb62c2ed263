# Balie. make help says what there is to make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BUILD    := build
BIN      := $(BUILD)/bin
PROGRAMS := kioskd kioskctl kioskview kiosksim portald
GO       ?= go

# The web view's library asks for WebKitGTK 4.0 by name; this alias gives it 4.1.
export PKG_CONFIG_PATH := $(CURDIR)/packaging/pkgconfig:$(PKG_CONFIG_PATH)

.PHONY: help
help: ## say what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

.PHONY: run
run: setup-run programs browser ## a booth on this desk: virtual hardware, reference portal, all of it real in between
	@$(BIN)/kiosksim desk --bin $(BIN) --state $(BUILD)/desk

.PHONY: demo
demo: setup-run programs browser ## one visit with no one touching it: ticket, pictures, the check-in at the portal
	@$(BIN)/kiosksim demo --bin $(BIN) --state $(BUILD)/demo/state --out $(BUILD)/demo --browser ui/browser

.PHONY: test
test: setup-test check browser ## every test, the real stack among them
	$(GO) test -race -timeout 20m ./...

.PHONY: check
check: setup-build ## the quick part: format, vet, linters, the house's own rules
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test .

.PHONY: bench
bench: setup-run programs browser ## a check-in as a waterfall, medians of 50 visits
	@$(BIN)/kiosksim bench-visits --bin $(BIN) --state $(BUILD)/bench/state --browser ui/browser --visits 50

.PHONY: build
build: setup-build programs ## the programs, in build/bin

.PHONY: programs
programs: $(addprefix $(BIN)/,$(PROGRAMS))

.PHONY: $(addprefix $(BIN)/,$(PROGRAMS))
$(addprefix $(BIN)/,$(PROGRAMS)):
	$(GO) build -o $@ ./cmd/$(@F)

.PHONY: browser
browser: ui/browser/node_modules/.package-lock.json

ui/browser/node_modules/.package-lock.json: ui/browser/package-lock.json
	cd ui/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: setup-build setup-run setup-test
setup-build:
	@packaging/setup/install build
setup-run:
	@packaging/setup/install build run
setup-test:
	@packaging/setup/install build run test

.PHONY: generate
generate: setup-build ## code that is made from other files: the portal's API
	$(GO) generate ./...

.PHONY: clean
clean: ## what was built
	rm -rf $(BUILD) ui/browser/node_modules
