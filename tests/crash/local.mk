# tests/crash: kills and failing disks at every fault point. Scripts and their helper programs, one row each, sorted:
#   check_scripts += tests/crash/NAME.sh
#   world_scripts += tests/crash/NAME.sh
#   check_PROGRAMS += tests/crash/bin/NAME

check_scripts += tests/crash/a_base_backup_can_die_anywhere.sh
check_scripts += tests/crash/a_get_can_die_anywhere.sh
check_scripts += tests/crash/a_push_can_die_anywhere.sh
check_scripts += tests/crash/a_restore_can_die_anywhere.sh
check_scripts += tests/crash/a_server_can_die_anywhere.sh
check_scripts += tests/crash/disks_can_be_full_or_read_only.sh
check_scripts += tests/crash/plans_are_never_empty.sh
check_scripts += tests/crash/switching_checksums_on_can_die_anywhere.sh
check_scripts += tests/crash/the_log_can_die_anywhere.sh
check_scripts += tests/crash/two_restores_never_mix.sh

# The programs once more, with fault points. What has none in common/ comes from the library; crash_lib.sh sees to it that
# this list is complete. An object stands before the library's member of the same name, which is then not linked.
fault_sources =
fault_sources += common/os/dir.c
fault_sources += common/os/fault.c
fault_sources += common/os/file.c
fault_sources += common/store/file.c

fault_flags = $(AM_CPPFLAGS) -DHOLDFAST_FAULT_POINTS=1

check_PROGRAMS += tests/crash/bin/log_worker
tests_crash_bin_log_worker_SOURCES = tests/crash/log_worker.c server/wal/flush.c $(fault_sources)
tests_crash_bin_log_worker_CPPFLAGS = $(fault_flags)
tests_crash_bin_log_worker_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

check_PROGRAMS += tests/crash/bin/pgbasebackup
tests_crash_bin_pgbasebackup_SOURCES = $(bin_pgbasebackup_SOURCES) $(fault_sources)
tests_crash_bin_pgbasebackup_CPPFLAGS = $(fault_flags)

check_PROGRAMS += tests/crash/bin/pgchecksums
tests_crash_bin_pgchecksums_SOURCES = $(bin_pgchecksums_SOURCES) $(fault_sources)
tests_crash_bin_pgchecksums_CPPFLAGS = $(fault_flags)

check_PROGRAMS += tests/crash/bin/pgserver
tests_crash_bin_pgserver_SOURCES = $(bin_pgserver_SOURCES) server/wal/flush.c $(fault_sources)
tests_crash_bin_pgserver_CPPFLAGS = $(fault_flags)
tests_crash_bin_pgserver_LDADD = $(bin_pgserver_LDADD)

check_PROGRAMS += tests/crash/bin/pitr
tests_crash_bin_pitr_SOURCES = $(bin_pitr_SOURCES) $(fault_sources)
tests_crash_bin_pitr_CPPFLAGS = $(fault_flags)

check_PROGRAMS += tests/crash/bin/walarchive
tests_crash_bin_walarchive_SOURCES = $(bin_walarchive_SOURCES) $(fault_sources)
tests_crash_bin_walarchive_CPPFLAGS = $(fault_flags)
