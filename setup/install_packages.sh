#!/bin/bash
# install_packages.sh - install the Debian packages of packages.txt that are missing or too old
#
# Nothing is fetched and no right is needed when all are there, which dpkg-query tells in a moment. Otherwise it takes
# root or sudo. PostgreSQL is installed without its usual cluster, so that no server starts on the machine.
set -eu
cd "$(dirname "$0")"

CREATECLUSTER_CONF=${CREATECLUSTER_CONF:-/etc/postgresql-common/createcluster.conf}

say() { echo "setup: $*"; }
fail() { echo "setup: error: $1" >&2; [ $# -lt 2 ] || echo "hint: $2" >&2; exit 1; }

# missing_of PACKAGE[=LEAST]...: print the names of those that are not installed, or older than their least version.
missing_of() {
    local -A installed=()
    local status package version least
    while read -r status package version; do
        [ "$status" != installed ] || installed[$package]=$version
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' "${@%%=*}" 2>/dev/null)
    for package in "$@"; do
        least=${package#"${package%%=*}"}
        package=${package%%=*}
        version=${installed[$package]-}
        [ -n "$version" ] && dpkg --compare-versions "$version" ge "${least#=}" || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null
}

# Tell postgresql-common, before a server package runs its scripts, to make no cluster.
forbid_main_cluster() {
    [ -z "$(missing_of postgresql-common)" ] || apt_install postgresql-common
    as_root sed -i -E '/^[#[:space:]]*create_main_cluster[[:space:]]*=/d' "$CREATECLUSTER_CONF"
    echo 'create_main_cluster = false' | as_root tee -a "$CREATECLUSTER_CONF" >/dev/null
}

mapfile -t packages < <(sed -E 's/[[:space:]]*(#.*)?$//; /^$/d; s/[[:space:]]+/=/' packages.txt)

if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian system: what packages.txt names must be installed by other means"
    exit 0
fi

mapfile -t missing < <(missing_of "${packages[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0

say "missing or too old: ${missing[*]}"
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "cannot install packages without root or sudo" \
        "As root, run: apt-get install ${missing[*]}"
    # Without a terminal nobody can type a password.
    [ -t 0 ] || sudo -n true 2>/dev/null || fail "sudo asks for a password and there is no terminal" \
        "Run in a terminal: sudo apt-get install ${missing[*]}"
fi

as_root apt-get update -q </dev/null
for package in "${missing[@]}"; do
    if [ "$package" = postgresql-15 ]; then
        forbid_main_cluster
    fi
done
apt_install "${missing[@]}"
