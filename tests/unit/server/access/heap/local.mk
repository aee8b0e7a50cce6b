# tests/unit/server/access/heap: one row a suite, sorted:
#   unit_sources += tests/unit/server/access/heap/NAME_test.c

unit_sources += tests/unit/server/access/heap/heap_change_test.c
unit_sources += tests/unit/server/access/heap/heap_update_test.c
unit_sources += tests/unit/server/access/heap/heap_visibility_test.c
