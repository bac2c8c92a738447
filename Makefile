# One entry for everybody. What is more than a line lies in scripts/ (shell) or xtask/ (Rust).
.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help run stop demo test fuzz bench lint clean-data agent-deb

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

run: ## build what changed and serve the practice installation on 127.0.0.1:8080 (LISTEN, AGENT_LISTEN)
	@scripts/run.sh

stop: ## stop what `make run` started
	@scripts/stop.sh

demo: ## the whole main job over HTTP, timed; DATABASE=postgres://… uses that database
	@scripts/demo.sh $(if $(DATABASE),--database '$(DATABASE)')

test: ## every test of every kind, one line a kind at the end; KIND="rust browser" runs some
	@scripts/install-missing.sh build test
	@scripts/check-tools.sh
	@cargo xtask test $(if $(STRICT),--strict) $(KIND)

fuzz: ## every fuzz target for 30 s (SECONDS_EACH, TARGETS); needs the nightly compiler and cargo-fuzz
	@scripts/fuzz.sh

agent-deb: ## the Debian package of the signing agent, looked into and started once (PROFILE=dev is quicker)
	@scripts/agent-deb.sh

bench: ## the benchmarks (figures and how to repeat them: docs/book/reference/performance.md)
	@cargo bench --workspace --bench '*'

lint: ## what .ci/run checks before the tests: format, floors, words, generated files, clippy, licences
	@.ci/run lint

clean-data: ## delete the practice installation (asks the server to stop first)
	@scripts/stop.sh
	@rm -rf var/practice && echo "var/practice is gone; make run makes a new one."
