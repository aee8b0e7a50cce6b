# Unit suites of common/redo: one row a .c file, sorted:
#   unit_sources += tests/unit/common/redo/NAME_test.c

unit_sources += tests/unit/common/redo/brin_test.c
unit_sources += tests/unit/common/redo/btree_test.c
unit_sources += tests/unit/common/redo/file_list_test.c
unit_sources += tests/unit/common/redo/gin_test.c
unit_sources += tests/unit/common/redo/gist_test.c
unit_sources += tests/unit/common/redo/hash_redo_test.c
unit_sources += tests/unit/common/redo/heap2_test.c
unit_sources += tests/unit/common/redo/heap_test.c
unit_sources += tests/unit/common/redo/image_test.c
unit_sources += tests/unit/common/redo/mask_test.c
unit_sources += tests/unit/common/redo/redo_forge.c
unit_sources += tests/unit/common/redo/redo_test.c
unit_sources += tests/unit/common/redo/slru_redo_test.c
unit_sources += tests/unit/common/redo/spgist_test.c
