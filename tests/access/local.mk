# tests/access: access methods held against a real server. Scripts and their helper programs, one row each, sorted:
#   check_scripts += tests/access/NAME.sh
#   check_PROGRAMS += tests/access/NAME
#   tests_access_NAME_SOURCES = tests/access/NAME.c
#   tests_access_NAME_LDADD = libserver.a $(LDADD)

check_PROGRAMS += tests/access/heap_play
tests_access_heap_play_SOURCES = tests/access/heap_play.c
tests_access_heap_play_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

check_PROGRAMS += tests/access/in_cluster
tests_access_in_cluster_SOURCES = tests/access/in_cluster.c server/main/builtins.c server/main/tables.c
tests_access_in_cluster_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

check_PROGRAMS += tests/access/index_check
tests_access_index_check_SOURCES = tests/access/index_check.c
tests_access_index_check_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

check_scripts += tests/access/analyzed_tables_are_equal.sh
check_scripts += tests/access/built_indexes_are_equal.sh
check_scripts += tests/access/changed_tables_are_equal.sh
check_scripts += tests/access/inserted_indexes_are_equal.sh
check_scripts += tests/access/made_indexes_are_equal.sh
check_scripts += tests/access/vacuum_survives_crashes.sh
check_scripts += tests/access/vacuumed_clusters_are_equal.sh

# What the scripts run.
EXTRA_DIST += tests/access/analyzed.sql
EXTRA_DIST += tests/access/indexed.sql
EXTRA_DIST += tests/access/inserted.sql
EXTRA_DIST += tests/access/list_indexes.sql
EXTRA_DIST += tests/access/tables.sql
EXTRA_DIST += tests/access/vacuumed.sql
