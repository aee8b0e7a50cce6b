# tests/lib: what tests share. One row a .c file, sorted:
#   test_lib_sources += tests/lib/NAME.c
# Shell libraries need no row: a script reads them from "$HOLDFAST_SRC/tests/lib".

test_lib_sources += tests/lib/bad_disk.c
test_lib_sources += tests/lib/bad_disk.h
test_lib_sources += tests/lib/btree_rig.c
test_lib_sources += tests/lib/btree_rig.h
test_lib_sources += tests/lib/child.c
test_lib_sources += tests/lib/child.h
test_lib_sources += tests/lib/cluster_compare.c
test_lib_sources += tests/lib/cluster_compare.h
test_lib_sources += tests/lib/crowd.c
test_lib_sources += tests/lib/crowd.h
test_lib_sources += tests/lib/fake_server.c
test_lib_sources += tests/lib/handlers.c
test_lib_sources += tests/lib/handlers.h
test_lib_sources += tests/lib/heap_rig.c
test_lib_sources += tests/lib/heap_rig.h
test_lib_sources += tests/lib/page_cache.c
test_lib_sources += tests/lib/page_cache.h
test_lib_sources += tests/lib/pieces.c
test_lib_sources += tests/lib/pieces.h
test_lib_sources += tests/lib/plan_rig.c
test_lib_sources += tests/lib/plan_rig.h
test_lib_sources += tests/lib/puppet.c
test_lib_sources += tests/lib/puppet.h
test_lib_sources += tests/lib/seed.c
test_lib_sources += tests/lib/seed.h
test_lib_sources += tests/lib/storage_rig.c
test_lib_sources += tests/lib/storage_rig.h
test_lib_sources += tests/lib/txn_rig.c
test_lib_sources += tests/lib/txn_rig.h
test_lib_sources += tests/lib/wal_dump.c
test_lib_sources += tests/lib/wal_dump.h
test_lib_sources += tests/lib/wal_forge.c
test_lib_sources += tests/lib/wal_rig.c
test_lib_sources += tests/lib/wal_rig.h
