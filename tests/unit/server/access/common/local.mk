# tests/unit/server/access/common: one row a suite, sorted:
#   unit_sources += tests/unit/server/access/common/NAME_test.c

unit_sources += tests/unit/server/access/common/heap_form_test.c
unit_sources += tests/unit/server/access/common/index_form_test.c
unit_sources += tests/unit/server/access/common/rank_sort_test.c
unit_sources += tests/unit/server/access/common/row_sort_test.c
unit_sources += tests/unit/server/access/common/sort_support_test.c
unit_sources += tests/unit/server/access/common/tuple_sort_test.c
unit_sources += tests/unit/server/access/common/tuple_store_test.c
