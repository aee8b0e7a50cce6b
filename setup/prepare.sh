#!/bin/sh
# prepare.sh - from a fresh checkout to a Makefile: packages, autogen, configure
#
# GNUmakefile calls it. CONFIGURE_ARGS in the environment is passed to configure.
set -eu
cd "$(dirname "$0")/.."

setup/install_packages.sh
[ -x configure ] || ./autogen.sh
# shellcheck disable=SC2086 # the arguments are meant to be split
./configure ${CONFIGURE_ARGS-}
