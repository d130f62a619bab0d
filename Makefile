# The state of it all is in .bed; tools/setup.sh says which variables there are.
help:
	@echo 'make demo          a server with demonstration data: prints its address'
	@echo 'make stop          stops it, and the private PostgreSQL'
	@echo 'make test          everything; T=word runs only the tests of that name'
	@echo 'make test-kill     kills server and database at 160 moments (six minutes)'
	@echo 'make test-odoo     do the tests of Odoo say the same with the module? (an hour)'
	@echo 'make test-replica  the night with a real replica of PostgreSQL (two minutes)'
	@echo 'make test-days     29 February, new year, clock changes ... (an hour); DAYS= ZONES= T='
	@echo 'make test-bare     demo and tests on a bare Debian 12 (needs root); BARE_T=word'
	@echo 'make mutants       is every rule of the scoring held by a test? (a quarter)'
	@echo 'make test-hostile  10,000 calls with bad input; HOSTILE=number for fewer'
	@echo 'make lint          style, pylint-odoo, types, translations, XML, rules of the house'
	@echo 'make bench         speed at size; CLIENTS=number instead of 25000'
	@echo 'make i18n          the translation files, from the source'
	@echo 'make screenshots   the pictures of the README; ALL=1 of every screen'
	@echo 'make clean         removes .bed: databases, Odoo, everything'
	@echo 'tools/odoo ...     the Odoo command line; tools/run psql -d demo'

demo test i18n screenshots:
	@tools/run python tools/$@.py

test-days:
	@tools/run python tools/days.py

test-bare:
	@tools/test_bare.sh

test-odoo:
	@tools/run python tools/test_odoo.py

test-replica:
	@tools/run python -m pytest -c pyproject.toml -m replica tests/test_replica.py

mutants:
	@python3 tools/mutants.py

test-hostile:
	@HOSTILE=$${HOSTILE:-10000} T=hostile tools/run python tools/test.py

bench:
	@tools/run python benchmarks/bench.py

test-kill:
	@KILLS=20 T=test_kill tools/run python tools/test.py

lint:
	@tools/lint

stop:
	@tools/stop

clean: stop
	@rm -rf "$${BED:-.bed}"

.PHONY: help demo test test-kill test-hostile test-days test-bare test-odoo test-replica mutants bench i18n screenshots lint stop clean
