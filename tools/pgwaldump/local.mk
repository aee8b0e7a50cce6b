# tools/pgwaldump: the program pgwaldump. The first two rows make it, then one row a .c file, sorted.

bin_PROGRAMS += bin/pgwaldump
bin_pgwaldump_SOURCES =
bin_pgwaldump_SOURCES += tools/pgwaldump/dump.c
bin_pgwaldump_SOURCES += tools/pgwaldump/filter.c
bin_pgwaldump_SOURCES += tools/pgwaldump/json.c
bin_pgwaldump_SOURCES += tools/pgwaldump/main.c
bin_pgwaldump_SOURCES += tools/pgwaldump/print.c
bin_pgwaldump_SOURCES += tools/pgwaldump/range.c
bin_pgwaldump_SOURCES += tools/pgwaldump/stats.c

pg_names += pg_waldump:pgwaldump
