# tests/unit/server/cache: one row a suite, sorted:
#   unit_sources += tests/unit/server/cache/NAME_test.c

unit_sources += tests/unit/server/cache/catalog_change_test.c
unit_sources += tests/unit/server/cache/relcache_test.c
unit_sources += tests/unit/server/cache/syscache_test.c
