# How every layer is built. `sam build` calls `build-<LogicalId>` in a copy of the layer's folder, which holds what is
# ours (python/) and requirements.txt (`make requirements` writes it from uv.lock). Needs neither Docker nor the Python
# that Lambda runs.
#
#   PENTARCH_LAYER=slim     leave the requirements out: the local emulator has them in its own environment
#   PENTARCH_PYTHON         the version of Python that the functions will run on
#   PENTARCH_PLATFORM       the machine that they will run on, as uv names it
#   PENTARCH_COMPILER       an interpreter of the version that the functions will run on, to compile with (optional)
#
# A layer's own Makefile may say how it is compiled: COMPILING := --without-sources

LAYERS := $(dir $(lastword $(MAKEFILE_LIST)))
UV ?= uv
PENTARCH_PYTHON ?= 3.13
PENTARCH_PLATFORM ?= aarch64-manylinux_2_28

build-%:
	@mkdir -p "$(ARTIFACTS_DIR)/python"
	@if [ -d python ]; then cp -R python/. "$(ARTIFACTS_DIR)/python/"; fi
	@if [ "$$PENTARCH_LAYER" != slim ] && [ -f requirements.txt ]; then \
		"$(UV)" pip install --quiet --no-deps --target "$(ARTIFACTS_DIR)/python" --requirement requirements.txt \
			--python-version "$(PENTARCH_PYTHON)" --python-platform "$(PENTARCH_PLATFORM)" \
			--only-binary :all: --link-mode copy \
		|| { echo "$*: its requirements could not be installed" >&2; exit 1; }; fi
	@python3 "$(LAYERS)prune.py" "$(ARTIFACTS_DIR)/python"
	@if [ -n "$$PENTARCH_COMPILER" ]; then \
		"$$PENTARCH_COMPILER" "$(LAYERS)compiling.py" "$(ARTIFACTS_DIR)" $(COMPILING); fi
