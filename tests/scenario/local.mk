# tests/scenario: whole programs at work, one row a script, sorted. In `make check`, or only in `make check-world`:
#   check_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh
#   world_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh

check_scripts += tests/scenario/harness/clusters_start_stop_and_crash.sh
check_scripts += tests/scenario/walarchive/archives_and_refuses.sh
check_scripts += tests/scenario/walarchive/survives_a_full_disk.sh
