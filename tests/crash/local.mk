# tests/crash: kills and power cuts at every fault point. Scripts and their helper programs, one row each, sorted:
#   check_scripts += tests/crash/NAME.sh
#   world_scripts += tests/crash/NAME.sh
#   check_PROGRAMS += tests/crash/NAME
#   tests_crash_NAME_SOURCES = tests/crash/NAME.c
#   tests_crash_NAME_LDADD = tests/lib/libtest.a $(LDADD)

