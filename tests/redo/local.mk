# tests/redo: redo held against a real server. Scripts and their helper programs, one row each, sorted:
#   check_scripts += tests/redo/NAME.sh
#   world_scripts += tests/redo/NAME.sh
#   check_PROGRAMS += tests/redo/NAME
#   tests_redo_NAME_SOURCES = tests/redo/NAME.c
#   tests_redo_NAME_LDADD = tests/lib/libtest.a $(LDADD)

check_PROGRAMS += tests/redo/rebuild_check
tests_redo_rebuild_check_SOURCES = tests/redo/rebuild_check.c
tests_redo_rebuild_check_SOURCES += tests/redo/cluster_wal.c
tests_redo_rebuild_check_SOURCES += tests/redo/rebuild.c
tests_redo_rebuild_check_SOURCES += tests/redo/rebuild_files.c
tests_redo_rebuild_check_LDADD = tests/lib/libtest.a $(LDADD)

check_PROGRAMS += tests/redo/redo_check
tests_redo_redo_check_SOURCES = tests/redo/redo_check.c
tests_redo_redo_check_SOURCES += tests/redo/cluster_wal.c
tests_redo_redo_check_SOURCES += tests/redo/early_clears.c
tests_redo_redo_check_SOURCES += tests/redo/page_store.c

check_scripts += tests/redo/rebuilt_clusters_are_equal.sh
check_scripts += tests/redo/rebuilt_crashes_are_equal.sh
check_scripts += tests/redo/rebuilt_workload_is_equal.sh
check_scripts += tests/redo/redo_equals_server.sh
check_scripts += tests/redo/workload_reaches_every_kind.sh
world_scripts += tests/redo/rebuilt_samples_are_equal.sh
world_scripts += tests/redo/rebuilt_segments_are_equal.sh
world_scripts += tests/redo/rebuilt_workload_is_equal_in_every_form.sh
world_scripts += tests/redo/rebuilt_wraparound_is_equal.sh
world_scripts += tests/redo/redo_equals_server_in_every_form.sh
world_scripts += tests/redo/redo_equals_server_under_load.sh
world_scripts += tests/redo/workload_in_every_wal_format.sh

# What the scripts run.
EXTRA_DIST += tests/redo/list_kinds.sh
EXTRA_DIST += tests/redo/rebuild.sh
EXTRA_DIST += tests/redo/rebuild.sql
EXTRA_DIST += tests/redo/record_forms.txt
EXTRA_DIST += tests/redo/record_kinds.txt
EXTRA_DIST += tests/redo/run_workload.sh
EXTRA_DIST += tests/redo/workload/brin.sql
EXTRA_DIST += tests/redo/workload/btree.sql
EXTRA_DIST += tests/redo/workload/crash.sh
EXTRA_DIST += tests/redo/workload/freeze.sh
EXTRA_DIST += tests/redo/workload/generic.sql
EXTRA_DIST += tests/redo/workload/gin.sql
EXTRA_DIST += tests/redo/workload/gist.sql
EXTRA_DIST += tests/redo/workload/hash.sql
EXTRA_DIST += tests/redo/workload/heap.sql
EXTRA_DIST += tests/redo/workload/heap2.sql
EXTRA_DIST += tests/redo/workload/heap_concurrent.sh
EXTRA_DIST += tests/redo/workload/minimal.sql
EXTRA_DIST += tests/redo/workload/no_fpw.sh
EXTRA_DIST += tests/redo/workload/no_fpw.sql
EXTRA_DIST += tests/redo/workload/parameters.sh
EXTRA_DIST += tests/redo/workload/replica.sh
EXTRA_DIST += tests/redo/workload/spgist.sql
EXTRA_DIST += tests/redo/workload/storage.sql
EXTRA_DIST += tests/redo/workload/timeline.sh
EXTRA_DIST += tests/redo/workload/xact.sql
EXTRA_DIST += tests/redo/workload/xids.sql
EXTRA_DIST += tests/redo/workload/xlog.sh
