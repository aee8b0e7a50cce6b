# tests/fuzz: fuzz targets, three rows each, sorted; README says what a target looks like:
#   fuzz_programs += tests/fuzz/NAME_fuzz
#   tests_fuzz_NAME_fuzz_SOURCES = tests/fuzz/NAME_fuzz.c $(fuzz_main)
#   tests_fuzz_NAME_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_ldflags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if LIBFUZZER
fuzz_main =
else
fuzz_main = tests/fuzz/main.c
endif

