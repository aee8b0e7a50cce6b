# tests/types: functions of the data types held against a real server's.

check_PROGRAMS += tests/types/compare_calls
tests_types_compare_calls_SOURCES = tests/types/asked.c
tests_types_compare_calls_SOURCES += tests/types/called.c
tests_types_compare_calls_SOURCES += tests/types/compare_calls.c
tests_types_compare_calls_SOURCES += tests/types/shapes.c
tests_types_compare_calls_SOURCES += tests/types/values.c
tests_types_compare_calls_SOURCES += tests/types/values_basic.c
tests_types_compare_calls_SOURCES += tests/types/values_number.c
tests_types_compare_calls_SOURCES += tests/types/values_pattern.c
tests_types_compare_calls_SOURCES += tests/types/values_template.c
tests_types_compare_calls_SOURCES += tests/types/values_time.c
tests_types_compare_calls_LDADD = tests/lib/libtest.a libserver.a $(LDADD) -lpq

check_scripts += tests/types/functions_agree.sh
check_scripts += tests/types/functions_left.sh
check_scripts += tests/types/templates_agree.sh
