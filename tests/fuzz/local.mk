# tests/fuzz: fuzz targets, three rows each, sorted; README says what a target looks like:
#   fuzz_programs += tests/fuzz/NAME_fuzz
#   tests_fuzz_NAME_fuzz_SOURCES = tests/fuzz/NAME_fuzz.c $(fuzz_main)
#   tests_fuzz_NAME_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_ldflags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_main = tests/fuzz/target.c tests/fuzz/target.h
if !LIBFUZZER
fuzz_main += tests/fuzz/main.c
endif

fuzz_programs += tests/fuzz/backup_label_fuzz
tests_fuzz_backup_label_fuzz_SOURCES = tests/fuzz/backup_label_fuzz.c $(fuzz_main)
tests_fuzz_backup_label_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/config_fuzz
tests_fuzz_config_fuzz_SOURCES = tests/fuzz/config_fuzz.c $(fuzz_main)
tests_fuzz_config_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/control_file_fuzz
tests_fuzz_control_file_fuzz_SOURCES = tests/fuzz/control_file_fuzz.c $(fuzz_main)
tests_fuzz_control_file_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/copy_fuzz
tests_fuzz_copy_fuzz_SOURCES = tests/fuzz/copy_fuzz.c $(fuzz_main)
tests_fuzz_copy_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_copy_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/decompress_fuzz
tests_fuzz_decompress_fuzz_SOURCES = tests/fuzz/decompress_fuzz.c $(fuzz_main)
tests_fuzz_decompress_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/effects_fuzz
tests_fuzz_effects_fuzz_SOURCES = tests/fuzz/effects_fuzz.c $(fuzz_main)
tests_fuzz_effects_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/hba_fuzz
tests_fuzz_hba_fuzz_SOURCES = tests/fuzz/hba_fuzz.c $(fuzz_main)
tests_fuzz_hba_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_hba_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/json_fuzz
tests_fuzz_json_fuzz_SOURCES = tests/fuzz/json_fuzz.c $(fuzz_main)
tests_fuzz_json_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_json_fuzz_LDADD = tests/lib/libtest.a $(LDADD)

fuzz_programs += tests/fuzz/manifest_fuzz
tests_fuzz_manifest_fuzz_SOURCES = tests/fuzz/manifest_fuzz.c $(fuzz_main)
tests_fuzz_manifest_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_manifest_fuzz_LDADD = tests/lib/libtest.a $(LDADD)

fuzz_programs += tests/fuzz/node_text_fuzz
tests_fuzz_node_text_fuzz_SOURCES = tests/fuzz/node_text_fuzz.c $(fuzz_main)
tests_fuzz_node_text_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_node_text_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/page_fuzz
tests_fuzz_page_fuzz_SOURCES = tests/fuzz/page_fuzz.c $(fuzz_main)
tests_fuzz_page_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/pglz_fuzz
tests_fuzz_pglz_fuzz_SOURCES = tests/fuzz/pglz_fuzz.c $(fuzz_main)
tests_fuzz_pglz_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/redo_fuzz
tests_fuzz_redo_fuzz_SOURCES = tests/fuzz/redo_fuzz.c $(fuzz_main)
tests_fuzz_redo_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/regex_fuzz
tests_fuzz_regex_fuzz_SOURCES = tests/fuzz/regex_fuzz.c $(fuzz_main)
tests_fuzz_regex_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_regex_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/replication_fuzz
tests_fuzz_replication_fuzz_SOURCES = tests/fuzz/replication_fuzz.c $(fuzz_main)
tests_fuzz_replication_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/settings_fuzz
tests_fuzz_settings_fuzz_SOURCES = tests/fuzz/settings_fuzz.c $(fuzz_main)
tests_fuzz_settings_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_settings_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/sql_fuzz
tests_fuzz_sql_fuzz_SOURCES = tests/fuzz/sql_fuzz.c $(fuzz_main)
tests_fuzz_sql_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_sql_fuzz_LDADD = libserver.a $(LDADD)

fuzz_programs += tests/fuzz/startup_fuzz
tests_fuzz_startup_fuzz_SOURCES = tests/fuzz/startup_fuzz.c $(fuzz_main)
tests_fuzz_startup_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/tar_fuzz
tests_fuzz_tar_fuzz_SOURCES = tests/fuzz/tar_fuzz.c $(fuzz_main)
tests_fuzz_tar_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/time_fuzz
tests_fuzz_time_fuzz_SOURCES = tests/fuzz/time_fuzz.c $(fuzz_main)
tests_fuzz_time_fuzz_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/wal_record_fuzz
tests_fuzz_wal_record_fuzz_SOURCES = tests/fuzz/wal_record_fuzz.c $(fuzz_main)
tests_fuzz_wal_record_fuzz_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_wal_record_fuzz_LDADD = tests/lib/libtest.a $(LDADD)
