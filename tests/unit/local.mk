# tests/unit: the runner; the suites are rows in the local.mk of tests/unit/common/MODULE.

check_PROGRAMS += tests/unit/unit_tests
check_scripts += tests/unit/runner_test.sh

unit_sources += tests/unit/failing_unit_test.c
unit_sources += tests/unit/main.c
unit_sources += tests/unit/unit_test.c

tests_unit_unit_tests_SOURCES = $(unit_sources)
tests_unit_unit_tests_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
tests_unit_unit_tests_LDADD = tests/lib/libtest.a libserver.a libholdfast.a $(CUNIT_LIBS) $(linked_libs)
