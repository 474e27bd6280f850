# SPDX-License-Identifier: GPL-2.0-only
#
# Everything a person or CI runs. None of it needs a set-up of its own: what is
# missing is installed, fetched and built on the way (lab/README.md says what).

KERNEL ?= 6.12
MINUTES ?= 10

.PHONY: help demo test test-full check unit explore fuzz mutants torture bench \
	module clean

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

#: make demo            the main job beside the stock driver, on real OP-TEE
demo:
	lab/demo

#: make test            all tests a change must pass
test:
	tests/run

#: make test-full       the whole of xtest on both kernels with both drivers, compared;
#:                      the guest tests on stock too, to see its faults, and in
#:                      the debug kernel; the lab itself
test-full:
	tests/run test explore-full random-mutants xtest-full stock-6.12 stock-6.1 \
		torture-6.12 torture-debug guest-debug xtest-debug lab-full

#: make check           style and static checks
check:
	tests/check

#: make unit            host tests
unit: tools
	@$(MAKE) -s --no-print-directory -C tests/unit check

#: make explore         every interleaving of small configurations of the queue
explore: tools
	tests/explore/run --full

#: make fuzz            the parsers fed with what fuzzers think of, for a minute each
fuzz: tools
	tests/fuzz/run 60

#: make mutants         broken variants, each of which a host test must catch; those of
#:                      the queue the explorer too, as docs/explorer.md says
mutants: tools
	tests/unit/mutants
	tests/explore/mutants

#: make torture         everything at once, for MINUTES (10), in the debug kernel; also
#:                      KERNEL=6.12, THREADS=2, SEED=n; docs/torture.md
torture:
	tests/torture/run \
		--kernel $(if $(filter file,$(origin KERNEL)),debug,$(KERNEL)) \
		$(if $(THREADS),--threads $(THREADS)) $(if $(SEED),--seed $(SEED)) \
		$$(($(MINUTES) * 60))

#: make bench           what the queue costs, as ratios
bench: tools
	@$(MAKE) -s --no-print-directory -C tests/unit bench

#: make module          optee.ko for a guest kernel (KERNEL=6.12)
module:
	@lab/module --kernel $(KERNEL)

#: make clean           forget what was built in this tree
clean:
	rm -rf build

.PHONY: tools
tools:
	@lab/setup --tools
