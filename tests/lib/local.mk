# tests/lib: what tests share. C files, headers too, one row each, sorted:
#   test_lib_sources += tests/lib/NAME.c
# Shell libraries need no row: a script reads them from "$HOLDFAST_SRC/tests/lib".

