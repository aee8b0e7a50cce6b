#!/bin/bash
# collations_equal.sh - a new cluster has the collations of the machine, as initdb enters them
#
# The machine of the test may have few locales, so some are made for it, and a "locale" in the path tells of them.
source "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15

mkdir locales bin
if command -v localedef >/dev/null && [ -d /usr/share/i18n/locales ]; then
    while read -r source codeset name; do
        localedef -i "$source" -f "$codeset" "$TEST_DIR/locales/$name" 2>/dev/null || note "there is no locale $name"
    done <<'END'
de_DE ISO-8859-1 de_DE.iso88591
de_DE UTF-8 de_DE.utf8
de_DE@euro ISO-8859-15 de_DE.iso885915@euro
zh_TW BIG5 zh_TW.big5
ja_JP EUC-JP ja_JP.eucjp
ru_RU KOI8-R ru_RU.koi8r
ru_RU CP1251 russian
END
    note "locales made: $(find locales -mindepth 1 -maxdepth 1 | wc -l)"
else
    note "localedef is missing: only the locales of the machine are compared"
fi
cat >bin/locale <<END
#!/bin/sh
$(command -v locale) -a
ls $TEST_DIR/locales
printf 'caf\303\251\n'
END
chmod 755 bin/locale
export LOCPATH="$TEST_DIR/locales" PATH="$TEST_DIR/bin:$PATH"

cluster_init theirs --initdb --locale=C
mkdir -m 700 ours ours/data
"$HOLDFAST_BUILD/tests/scenario/server/new_cluster" "$TEST_DIR/ours/data" postgres on collations
cluster_adopt ours "$TEST_DIR/ours/data"
cluster_start theirs
cluster_start ours

rows="select collname, collnamespace, collowner, collprovider, collisdeterministic, collencoding, collcollate, collctype,
             colliculocale, collversion from pg_collation where oid < 12000 or collname = 'ucs_basic' or oid > 12340
      order by oid"
cluster_sql theirs "$rows" >theirs.rows
cluster_sql ours "$rows" >ours.rows
diff theirs.rows ours.rows >diff.out || fail "collations differ: $(head -20 diff.out)"
[ "$(wc -l <ours.rows)" -gt 500 ] || fail "there are only $(wc -l <ours.rows) collations"
[ ! -e locales/de_DE.utf8 ] || grep -q '^de_DE|11|10|c|t|6|de_DE.utf8' ours.rows || fail "a name without encoding is missing"
ok "the $(wc -l <ours.rows) collations of initdb are there"

cluster_sql ours "create extension amcheck;
                  select bt_index_parent_check(indexrelid, true, true) from pg_index
                  where indrelid = 'pg_collation'::regclass" >/dev/null
ok "their indexes are sound"
assert_eq "$(cluster_sql ours "create table t (a text collate \"de-x-icu\");
                               insert into t values ('z'), ('ä'), ('a'); select string_agg(a, '' order by a) from t;
                               select oid >= 16384 from pg_class where relname = 't'")" "aäz
t" "a collation works, and numbers of new objects come after"
