#!/bin/sh
# autogen.sh - make configure and Makefile.in; needs autoconf, automake and pkg-config.
set -eu
cd "$(dirname "$0")"

for tool in autoreconf automake pkg-config; do
    if ! command -v "$tool" >/dev/null; then
        echo "autogen.sh: error: $tool is missing" >&2
        echo "hint: setup/install_packages.sh installs what the build needs." >&2
        exit 1
    fi
done

exec autoreconf --install --warnings=all
