# tests/scenario: whole programs at work, one row a script, sorted. In `make check`, or only in `make check-world`:
#   check_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh
#   world_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh

check_scripts += tests/scenario/codecs/toast_values_go_both_ways.sh
check_scripts += tests/scenario/harness/clusters_start_stop_and_crash.sh
check_scripts += tests/scenario/pgchecksums/judges_as_pg_checksums_does.sh
check_scripts += tests/scenario/pgchecksums/switches_on_and_off.sh
check_scripts += tests/scenario/pgcontroldata/prints_what_pg_controldata_prints.sh
check_scripts += tests/scenario/pgcontroldata/shows_clusters_of_all_versions.sh
check_scripts += tests/scenario/walarchive/archives_and_refuses.sh
check_scripts += tests/scenario/walarchive/survives_a_full_disk.sh

check_PROGRAMS += tests/scenario/codecs/inline_values
tests_scenario_codecs_inline_values_SOURCES = tests/scenario/codecs/inline_values.c
