# tests/unit/server/types: one row a suite, sorted:
#   unit_sources += tests/unit/server/types/NAME_test.c

unit_sources += tests/unit/server/types/array_slice_test.c
unit_sources += tests/unit/server/types/datetime_clock_test.c
unit_sources += tests/unit/server/types/datetime_func_test.c
unit_sources += tests/unit/server/types/datetime_test.c
unit_sources += tests/unit/server/types/number_test.c
unit_sources += tests/unit/server/types/numeric_test.c
unit_sources += tests/unit/server/types/types_test.c
