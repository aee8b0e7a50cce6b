# tests/unit/server/storage/vm: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/vm/NAME_test.c

unit_sources += tests/unit/server/storage/vm/vm_test.c
