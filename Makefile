# Balie. make help says what there is to make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BUILD    := build
BIN      := $(BUILD)/bin
PROGRAMS := kioskd kioskctl kioskview kiosksim portald
GO       ?= go

# What a kiosk gets of them: nothing that plays hardware, and no portal.
SHIPPED  := kioskd kioskctl kioskview
UNITS    := $(wildcard packaging/systemd/*.service packaging/systemd/*.path packaging/systemd/*.timer)
PREFIX   := /usr
DESTDIR  :=

# The web view's library asks for WebKitGTK 4.0 by name; this alias gives it 4.1.
export PKG_CONFIG_PATH := $(CURDIR)/packaging/pkgconfig:$(PKG_CONFIG_PATH)

.PHONY: help
help: ## say what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

.PHONY: run
run: setup-run programs browser ## a booth on this desk: virtual hardware, reference portal, all of it real in between
	@$(BIN)/kiosksim desk --bin $(BIN) --state $(BUILD)/desk

.PHONY: demo
demo: setup-run programs browser ## the main visits with no one touching anything: papers, pictures, the check-in at the portal
	@$(BIN)/kiosksim demo --bin $(BIN) --state $(BUILD)/demo/state --out $(BUILD)/demo --browser ui/browser

.PHONY: test
test: setup-test check browser peers contract ## every test, the real stack among them
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

.PHONY: bench-card
bench-card: setup-build $(BIN)/kiosksim ## exchanges and bytes of every read of a card, and our own time for each
	@$(BIN)/kiosksim bench-card

.PHONY: bench-daemon
bench-daemon: setup-test programs ## daemon and window at rest: start, memory, a core (IDLE=10m), beside a bare program and chromium
	@$(BIN)/kiosksim bench-daemon --bin $(BIN) --state $(BUILD)/bench/daemon/state --idle $(or $(IDLE),1m)

.PHONY: bench-print
bench-print: setup-test $(BIN)/kiosksim peers ## a code card in bytes, wire time and memory, beside libraries of others
	@$(BIN)/kiosksim bench-print

.PHONY: bench-sync
bench-sync: setup-test ## the queue: what a promise costs, a long backlog, a drain to PostgreSQL, a fleet
	$(GO) test -count 1 -p 1 -timeout 1h ./sync/outbox ./sync/courier ./sync/portal/reference -run Figure -full -v

.PHONY: soak
soak: setup-test browser peers contract ## what takes hours: storms, power cuts, a day of chaos (CHAOS=24h), random lives, fuzzing (FUZZ=30s each)
	$(GO) test -race -timeout 1h ./hw/pcsc -run KilledUnder -kills 50
	$(GO) test -timeout 1h ./hw/eid -run 'Every|Flipped' -real-keys
	$(GO) test -timeout 2h ./sync/outbox -run 'PowerLoss|DiskThatFails' -cuts 1000 -fault-step 1 -v
	$(GO) test -timeout 1h ./kiosk -run DiskThatFailsInAVisit -fault-step 1 -v
	$(GO) test -timeout 25h ./sync/portal/reference -run ChaosOnTheWire -chaos $(or $(CHAOS),24h) -v
	$(GO) test -timeout 2h ./kiosk ./kiosk/papers ./sync/courier ./sync/portal/reference -rapid.checks=20000
	$(GO) test -timeout 2h ./printer/spool -run Killed -kills 1000
	$(GO) test -timeout 2h ./cmd/internal/e2e -run 'TwentyVisits' -count 10
	$(GO) test -timeout 2h ./cmd/internal/e2e -prism
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; $(GO) test $$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZ),30s) || exit 1; \
		done; \
	done

.PHONY: build
build: setup-build programs ## the programs, in build/bin

.PHONY: programs
programs: $(addprefix $(BIN)/,$(PROGRAMS))

.PHONY: $(addprefix $(BIN)/,$(PROGRAMS))
$(addprefix $(BIN)/,$(PROGRAMS)):
	$(GO) build -o $@ ./cmd/$(@F)

.PHONY: deb
deb: setup-deb ## the Debian package of a kiosk, in build/deb: the same bytes for the same commit
	@packaging/deb/build $(BUILD)/deb

.PHONY: vulnerabilities
vulnerabilities: setup-build ## look the programs of a kiosk up in Go's database of vulnerabilities (network)
	cd packaging/tools && $(GO) build -o $(CURDIR)/$(BUILD)/tools/ golang.org/x/vuln/cmd/govulncheck
	$(BUILD)/tools/govulncheck $(SHIPPED:%=./cmd/%)

# The package, and one of the same commit that is newer; then a Debian 12 and a 13 to
# try them on, which are made once and take some minutes.
.PHONY: test-package
test-package: setup-package deb programs ## the package on booted Debians: installed, visited, killed, updated, purged (root)
	@VERSION=$$(packaging/deb/version)+next packaging/deb/build $(BUILD)/deb-next
	@packaging/setup/root bookworm $(BUILD)/roots/bookworm
	@packaging/setup/root trixie $(BUILD)/roots/trixie
	$(GO) vet -tags booted ./cmd/internal/booted
	$(GO) test -tags booted -count 1 -timeout 30m -v ./cmd/internal/booted

# The system's own folders are not below PREFIX: not all that look there look
# elsewhere. The units name the programs, so they are told where those went.
.PHONY: install
install: ## what a kiosk needs, built before, below DESTDIR (docs/technician.md goes on)
	@for p in $(SHIPPED); do [ -x $(BIN)/$$p ] || { echo "make install: $(BIN)/$$p is missing: make build" >&2; exit 1; }; done
	install -d $(DESTDIR)/usr/lib/systemd/system
	for p in $(SHIPPED); do install -D -m 755 $(BIN)/$$p $(DESTDIR)$(PREFIX)/bin/$$p || exit 1; done
	for u in $(UNITS); do \
		sed 's|/usr/bin/kiosk|$(PREFIX)/bin/kiosk|g; s|file:/usr/share|file:$(PREFIX)/share|; s|/usr/lib/balie|$(PREFIX)/lib/balie|' $$u \
			>$(DESTDIR)/usr/lib/systemd/system/$${u##*/} && \
		chmod 644 $(DESTDIR)/usr/lib/systemd/system/$${u##*/} || exit 1; done
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/lib/balie packaging/repair/power-cycle-reader
	install -D -m 644 packaging/systemd/sysusers.conf $(DESTDIR)/usr/lib/sysusers.d/balie.conf
	install -D -m 644 packaging/systemd/tmpfiles.conf $(DESTDIR)/usr/lib/tmpfiles.d/balie.conf
	install -D -m 644 packaging/udev/60-balie.rules $(DESTDIR)/usr/lib/udev/rules.d/60-balie.rules
	install -D -m 644 packaging/polkit/50-balie-pcsc.rules $(DESTDIR)/usr/share/polkit-1/rules.d/50-balie-pcsc.rules
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/balie packaging/kioskd.toml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/balie/profiles printer/*/profiles/*.toml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/balie packaging/alerts/balie.rules.yml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/balie LICENSE ui/assets/OFL.txt packaging/README.md docs/technician.md docs/faults.md docs/printers.md

.PHONY: browser
browser: ui/browser/node_modules/.package-lock.json

ui/browser/node_modules/.package-lock.json: ui/browser/package-lock.json
	cd ui/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# Printing software of others: beside ours in bench-print, as readers of what we
# encode, and as clients of the printers that we play.
.PHONY: peers
peers: printer/peers/node_modules/.package-lock.json

printer/peers/node_modules/.package-lock.json: printer/peers/package-lock.json
	cd printer/peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: contract
contract: sync/portal/contract/node_modules/.package-lock.json

sync/portal/contract/node_modules/.package-lock.json: sync/portal/contract/package-lock.json
	cd sync/portal/contract && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: setup-build setup-run setup-test setup-deb setup-package
setup-build:
	@packaging/setup/install build
setup-run:
	@packaging/setup/install build run
setup-test:
	@packaging/setup/install build run test
setup-deb:
	@packaging/setup/install build deb
setup-package:
	@packaging/setup/install build deb package

.PHONY: generate
generate: setup-build ## code that is made from other files: the portal's API
	$(GO) generate ./...

.PHONY: clean
clean: ## what was built
	rm -rf $(BUILD) ui/browser/node_modules printer/peers/node_modules sync/portal/contract/node_modules
