# The commands of the house. The work is in bootstrap.py, which needs Python 3.11 or later and nothing else.
# ARGS reach the program that is run: make test ARGS="tests/policy -x"

PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: run test check fix bench conformance lock env help

run:          ## Open the house: database, made-up county, web and worker; prints the address and the sign-ins
	@exec $(PYTHON) bootstrap.py run $(ARGS)

test:         ## Run every test, the browser's included
	@exec $(PYTHON) bootstrap.py test $(ARGS)

check:        ## Lint, format, types, storeys, migrations
	@exec $(PYTHON) bootstrap.py check

fix:          ## Let ruff put right what it can
	@exec $(PYTHON) bootstrap.py fix

bench:        ## Take the figures, each against a peer or a physical limit; ARGS="letters policy" takes some
	@exec $(PYTHON) bootstrap.py bench $(ARGS)

conformance:  ## Let HL7's validator judge what the FHIR door says (needs Java and the guides' packages)
	@exec $(PYTHON) bootstrap.py conformance $(ARGS)

lock:         ## Compile requirements/*.in to hashed pins; ARGS=--upgrade takes the newest
	@exec $(PYTHON) bootstrap.py lock $(ARGS)

env:          ## Make the environment for tests and checks, and nothing else
	@exec $(PYTHON) bootstrap.py env

help:         ## This list
	@sed -n 's/^\([a-z]*\): *## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22
