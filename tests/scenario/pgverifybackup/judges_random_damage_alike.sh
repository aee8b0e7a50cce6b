#!/usr/bin/env bash
# judges_random_damage_alike.sh - backups and manifests damaged by chance: findings and exit codes equal the original's
#
# HOLDFAST_TEST_DAMAGES rounds (40; with HOLDFAST_WORLD 1000), from HOLDFAST_SEED. With HOLDFAST_TEST_GO_ON all differences
# are shown.
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)/pg_verifybackup
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgverifybackup" ours/pg_verifybackup
damages=${HOLDFAST_TEST_DAMAGES:-${HOLDFAST_WORLD:+1000}}
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_TEST_DAMAGES=${damages:=40}"

cluster_init main --wal-segsize 1
cluster_start main
cluster_sql main "update pg_database set datistemplate = false; drop database template0"
cluster_sql main "drop database template1"
cluster_run main pg_basebackup --pgdata="$TEST_DIR/backup" --no-sync --checkpoint=fast
cluster_run main pg_basebackup --pgdata="$TEST_DIR/sha" --no-sync --checkpoint=fast --manifest-checksums=SHA256 \
    --manifest-force-encode
cluster_stop main

# any_file: a file of the copy by chance, in $file; files near the top come as often as all others.
any_file()
{
    case $((RANDOM % 5)) in
        0) file=backup_manifest ;;
        1) file=${top[RANDOM % ${#top[@]}]} ;;
        2) file=${wal[RANDOM % ${#wal[@]}]} ;;
        *) file=${all[RANDOM % ${#all[@]}]} ;;
    esac
}

# damage: change one thing in the copy; $what tells.
damage()
{
    local size at byte
    any_file
    size=$(stat -c %s "copy/$file" 2>/dev/null || echo 0)
    at=$((size == 0 ? 0 : (RANDOM * 32768 + RANDOM) % size))
    case $((RANDOM % 8)) in
        0) rm -f "copy/$file" && what+=" rm $file" ;;
        1) truncate -s "$at" "copy/$file" && what+=" truncate $file $at" ;;
        2) printf x >>"copy/$file" && what+=" longer $file" ;;
        3) printf x >"copy/$(dirname "$file")/new$RANDOM" && what+=" new beside $file" ;;
        *)
            # Bytes of broken UTF-8 pg_verifybackup takes for names, which ours refuses as JSON.
            byte=$((RANDOM % 128))
            # shellcheck disable=SC2059
            printf "\\$(printf %o "$byte")" | dd of="copy/$file" bs=1 seek="$at" conv=notrunc status=none
            what+=" byte $at of $file"
            ;;
    esac
}

# mend_manifest: make its own checksum right again, so that more than that is looked at.
mend_manifest()
{
    [ -s copy/backup_manifest ] || return 0
    head -n -1 copy/backup_manifest >body
    printf '"Manifest-Checksum": "%s"}\n' "$(sha256sum <body | cut -d ' ' -f 1)" | cat body - >copy/backup_manifest
    what+=" mended"
}

# verdict PROGRAM: what is compared. Files come in another order, and the reason of WAL is pg_waldump's; of a field with
# a wrong name and of what is no JSON behind it the original tells the latter.
verdict()
{
    run timeout 30 "$1" "${words[@]}" "$TEST_DIR/copy"
    echo "exit code $run_code"
    [[ " ${words[*]} " == *" -e "* && "$run_code" = 1 ]] ||
        { grep -av '^first record is after' <<<"$run_out"; grep -av -e '^pg_waldump' -e '^pg_verifybackup: detail' <<<"$run_err" |
            sed -E 's/(parse backup manifest: )(parsing failed|unexpected .* field)$/\1/' | sort; } || true
}

# What sscanf() takes for an LSN, with blanks or too long, pg_waldump refuses later; ours is no LSN at once. And a path
# that leads out of the backup ours does not follow: pg_verifybackup looks for it beneath, and does not find it.
both_refuse()
{
    grep -q '^exit code 1$' expected && grep -q '^exit code 1$' got &&
        grep -qE 'could not parse (start|end) LSN$|path name ".*" leads out of the backup$' got
}

differing=0 excused=0
for ((n = 0; n < damages; n++)); do
    source=backup
    [ $((RANDOM % 4)) != 0 ] || source=sha
    rm -rf copy
    cp -a $source copy
    mapfile -t all < <(cd copy && find . -type f -printf '%P\n' | sort)
    mapfile -t top < <(cd copy && find . -maxdepth 1 -type f -printf '%P\n' | sort)
    mapfile -t wal < <(cd copy && find pg_wal global -type f | sort)
    what=$source
    for ((i = RANDOM % 3; i >= 0; i--)); do
        damage
    done
    [ $((RANDOM % 3)) = 0 ] || [[ "$what" != *backup_manifest* ]] || mend_manifest
    owner_path copy
    words=()
    for option in -q -s -e -n "-i base/5" "-i pg_wal" "-i new" "-i $file"; do
        # shellcheck disable=SC2206 # an option and its value
        [ $((RANDOM % 8)) != 0 ] || words+=($option)
    done
    verdict "$theirs" >expected
    verdict "$TEST_DIR/ours/pg_verifybackup" >got
    cmp -s expected got || if both_refuse; then
        excused=$((excused + 1))
    else
        differing=$((differing + 1))
        echo "DIFFERENT: $what; ${words[*]}"
        diff expected got | head -6 || true
        [ -n "${HOLDFAST_TEST_GO_ON-}" ] || fail "the verdict differs"
    fi
done
note "$excused excused"
assert_eq $differing 0 "$damages damaged backups are judged alike"
