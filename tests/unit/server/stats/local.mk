# tests/unit/server/stats: one row a suite, sorted:
#   unit_sources += tests/unit/server/stats/NAME_test.c

unit_sources += tests/unit/server/stats/stats_test.c
