# pgdump: the program pgdump; one row a .c file, sorted.

bin_PROGRAMS += bin/pgdump
pg_names += pg_dump:pgdump

bin_pgdump_SOURCES =
bin_pgdump_SOURCES += pgdump/acl.c
bin_pgdump_SOURCES += pgdump/catalog.c
bin_pgdump_SOURCES += pgdump/data.c
bin_pgdump_SOURCES += pgdump/dump.c
bin_pgdump_SOURCES += pgdump/entry.c
bin_pgdump_SOURCES += pgdump/kind/base_type.c
bin_pgdump_SOURCES += pgdump/kind/column.c
bin_pgdump_SOURCES += pgdump/kind/constraint.c
bin_pgdump_SOURCES += pgdump/kind/create_table.c
bin_pgdump_SOURCES += pgdump/kind/database.c
bin_pgdump_SOURCES += pgdump/kind/default_acl.c
bin_pgdump_SOURCES += pgdump/kind/extension.c
bin_pgdump_SOURCES += pgdump/kind/function.c
bin_pgdump_SOURCES += pgdump/kind/index.c
bin_pgdump_SOURCES += pgdump/kind/rule.c
bin_pgdump_SOURCES += pgdump/kind/schema.c
bin_pgdump_SOURCES += pgdump/kind/sequence.c
bin_pgdump_SOURCES += pgdump/kind/table.c
bin_pgdump_SOURCES += pgdump/kind/table_data.c
bin_pgdump_SOURCES += pgdump/kind/trigger.c
bin_pgdump_SOURCES += pgdump/kind/type.c
bin_pgdump_SOURCES += pgdump/loop.c
bin_pgdump_SOURCES += pgdump/main.c
bin_pgdump_SOURCES += pgdump/object.c
bin_pgdump_SOURCES += pgdump/options.c
bin_pgdump_SOURCES += pgdump/order.c
bin_pgdump_SOURCES += pgdump/output.c
bin_pgdump_SOURCES += pgdump/pattern.c
bin_pgdump_SOURCES += pgdump/select.c
bin_pgdump_SOURCES += pgdump/setting.c
bin_pgdump_SOURCES += pgdump/unknown.c
