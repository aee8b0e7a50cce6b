# Unit suites of pgdump, in a program of their own: its names may be those of the server too.

check_scripts += tests/unit/pgdump/pgdump_tests
check_PROGRAMS += tests/unit/pgdump/pgdump_tests

tests_unit_pgdump_pgdump_tests_SOURCES = tests/unit/main.c
tests_unit_pgdump_pgdump_tests_SOURCES += tests/unit/pgdump/loop_test.c
tests_unit_pgdump_pgdump_tests_SOURCES += tests/unit/pgdump/object_rig.c
tests_unit_pgdump_pgdump_tests_SOURCES += tests/unit/pgdump/object_rig.h
tests_unit_pgdump_pgdump_tests_SOURCES += tests/unit/pgdump/order_test.c
tests_unit_pgdump_pgdump_tests_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
tests_unit_pgdump_pgdump_tests_LDADD = pgdump/libpgdump.a tests/lib/libtest.a libholdfast.a $(CUNIT_LIBS) $(linked_libs)
