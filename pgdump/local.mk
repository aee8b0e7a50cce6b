# pgdump: the program pgdump; one row a .c file, sorted.

bin_PROGRAMS += bin/pgdump
pg_names += pg_dump:pgdump

bin_pgdump_SOURCES = pgdump/main.c
bin_pgdump_LDADD = pgdump/libpgdump.a $(LDADD)

# All but main(), which the unit suites link too.
noinst_LIBRARIES += pgdump/libpgdump.a

pgdump_libpgdump_a_SOURCES =
pgdump_libpgdump_a_SOURCES += pgdump/catalog.c
pgdump_libpgdump_a_SOURCES += pgdump/data.c
pgdump_libpgdump_a_SOURCES += pgdump/dump.c
pgdump_libpgdump_a_SOURCES += pgdump/entry.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/access_method.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/aggregate.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/base_type.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/cast.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/collation.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/column.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/constraint.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/conversion.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/create_table.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/database.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/default_acl.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/event_trigger.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/extension.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/foreign.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/function.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/index.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/language.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/opclass.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/operator.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/policy.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/publication.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/rule.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/schema.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/sequence.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/statistics.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/subscription.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/table.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/table_data.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/text_search.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/trigger.c
pgdump_libpgdump_a_SOURCES += pgdump/kind/type.c
pgdump_libpgdump_a_SOURCES += pgdump/loop.c
pgdump_libpgdump_a_SOURCES += pgdump/object.c
pgdump_libpgdump_a_SOURCES += pgdump/options.c
pgdump_libpgdump_a_SOURCES += pgdump/order.c
pgdump_libpgdump_a_SOURCES += pgdump/output.c
pgdump_libpgdump_a_SOURCES += pgdump/report_line.c
pgdump_libpgdump_a_SOURCES += pgdump/select.c
pgdump_libpgdump_a_SOURCES += pgdump/unknown.c
