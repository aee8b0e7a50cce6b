# tests/bench: what `make bench` measures, one row each, sorted:
#   bench_programs += tests/bench/NAME_bench
#   tests_bench_NAME_bench_SOURCES = tests/bench/NAME_bench.c
#   bench_scripts += tests/bench/NAME.sh


bench_scripts += tests/bench/base_backup.sh

bench_programs += tests/bench/btree_bench
tests_bench_btree_bench_SOURCES = tests/bench/btree_bench.c
tests_bench_btree_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/buffer_bench
tests_bench_buffer_bench_SOURCES = tests/bench/buffer_bench.c
tests_bench_buffer_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/codecs_bench
tests_bench_codecs_bench_SOURCES = tests/bench/codecs_bench.c
tests_bench_codecs_bench_LDADD = tests/lib/libtest.a $(LDADD)

bench_programs += tests/bench/copy_bench
tests_bench_copy_bench_SOURCES = tests/bench/copy_bench.c
tests_bench_copy_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/datetime_bench
tests_bench_datetime_bench_SOURCES = tests/bench/datetime_bench.c
tests_bench_datetime_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/deform_bench
tests_bench_deform_bench_SOURCES = tests/bench/deform_bench.c
tests_bench_deform_bench_LDADD = libserver.a $(LDADD)

bench_programs += tests/bench/ipc_bench
tests_bench_ipc_bench_SOURCES = tests/bench/ipc_bench.c
tests_bench_ipc_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/lock_bench
tests_bench_lock_bench_SOURCES = tests/bench/lock_bench.c
tests_bench_lock_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/parser_bench
tests_bench_parser_bench_SOURCES = tests/bench/parser_bench.c
tests_bench_parser_bench_LDADD = libserver.a $(LDADD)

bench_programs += tests/bench/redo_bench
tests_bench_redo_bench_SOURCES = tests/bench/redo_bench.c
tests_bench_redo_bench_LDADD = tests/lib/libtest.a $(LDADD)

bench_programs += tests/bench/txn_bench
tests_bench_txn_bench_SOURCES = tests/bench/txn_bench.c
tests_bench_txn_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/wal_insert_bench
tests_bench_wal_insert_bench_SOURCES = tests/bench/wal_insert_bench.c
tests_bench_wal_insert_bench_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

bench_programs += tests/bench/wal_reader_bench
tests_bench_wal_reader_bench_SOURCES = tests/bench/wal_reader_bench.c
tests_bench_wal_reader_bench_LDADD = tests/lib/libtest.a $(LDADD)

bench_scripts += tests/bench/pgchecksums.sh
bench_scripts += tests/bench/pgwaldump.sh
bench_scripts += tests/bench/push.sh
bench_scripts += tests/bench/server.sh
