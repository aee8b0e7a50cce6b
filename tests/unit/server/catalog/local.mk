# tests/unit/server/catalog: one row a suite, sorted:
#   unit_sources += tests/unit/server/catalog/NAME_test.c
unit_sources += tests/unit/server/catalog/bootstrap_test.c
unit_sources += tests/unit/server/catalog/builtin_test.c
unit_sources += tests/unit/server/catalog/catalog_test.c
unit_sources += tests/unit/server/catalog/collation_list_test.c
unit_sources += tests/unit/server/catalog/input_test.c
