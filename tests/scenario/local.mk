# tests/scenario: whole programs at work, one row a script, sorted. In `make check`, or only in `make check-world`:
#   check_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh
#   world_scripts += tests/scenario/AREA/WHAT_HAPPENS.sh

check_scripts += tests/scenario/codecs/toast_values_go_both_ways.sh
check_scripts += tests/scenario/harness/clusters_start_stop_and_crash.sh
check_scripts += tests/scenario/pgbasebackup/a_backup_becomes_a_standby.sh
check_scripts += tests/scenario/pgbasebackup/a_full_disk_is_reported.sh
check_scripts += tests/scenario/pgbasebackup/any_options_do_as_in_pg_basebackup.sh
check_scripts += tests/scenario/pgbasebackup/bad_options_are_refused.sh
check_scripts += tests/scenario/pgbasebackup/broken_wires_leave_nothing.sh
check_scripts += tests/scenario/pgbasebackup/damaged_pages_are_reported.sh
check_scripts += tests/scenario/pgbasebackup/failures_leave_nothing.sh
check_scripts += tests/scenario/pgbasebackup/passwords_and_modes.sh
check_scripts += tests/scenario/pgbasebackup/plain_backups_verify_and_start.sh
check_scripts += tests/scenario/pgbasebackup/tar_backups_verify_and_start.sh
check_scripts += tests/scenario/pgbasebackup/wal_is_streamed_beside_the_backup.sh
check_scripts += tests/scenario/pgbasebackup/what_cannot_be_is_said.sh
check_scripts += tests/scenario/pgchecksums/agrees_on_random_damage.sh
check_scripts += tests/scenario/pgchecksums/judges_as_pg_checksums_does.sh
check_scripts += tests/scenario/pgchecksums/switches_on_and_off.sh
check_scripts += tests/scenario/pgcontroldata/prints_what_pg_controldata_prints.sh
check_scripts += tests/scenario/pgcontroldata/shows_clusters_of_all_versions.sh
check_scripts += tests/scenario/pgdump/bad_input_is_refused_as_in_pg_dump.sh
check_scripts += tests/scenario/pgdump/dumps_are_those_of_pg_dump.sh
check_scripts += tests/scenario/pgdump/files_are_whole_or_not_there.sh
check_scripts += tests/scenario/pgdump/our_server_is_dumped_alike.sh
check_scripts += tests/scenario/pgdump/servers_of_all_versions.sh
check_scripts += tests/scenario/pgverifybackup/judges_as_pg_verifybackup_does.sh
check_scripts += tests/scenario/pgverifybackup/judges_random_damage_alike.sh
check_scripts += tests/scenario/pgverifybackup/verifies_tar_backups.sh
check_scripts += tests/scenario/pgwaldump/follows_a_growing_log.sh
check_scripts += tests/scenario/pgwaldump/forged_records_read_as_in_pg_waldump.sh
check_scripts += tests/scenario/pgwaldump/json_is_what_the_lines_say.sh
check_scripts += tests/scenario/pgwaldump/options_and_errors_are_those_of_pg_waldump.sh
check_scripts += tests/scenario/pgwaldump/real_wal_reads_as_in_pg_waldump.sh
check_scripts += tests/scenario/pgwaldump/records_read_as_in_pg_walinspect.sh
check_scripts += tests/scenario/pgwaldump/shows_the_log_of_all_versions.sh
check_scripts += tests/scenario/pitr/configuration_may_lie_elsewhere.sh
check_scripts += tests/scenario/pitr/follows_timelines_of_the_backup.sh
check_scripts += tests/scenario/pitr/refuses_forged_backups.sh
check_scripts += tests/scenario/pitr/restores_other_shapes.sh
check_scripts += tests/scenario/pitr/restores_tars_and_refuses_bad_input.sh
check_scripts += tests/scenario/pitr/restores_to_every_kind_of_target.sh
check_scripts += tests/scenario/pitr/restores_to_random_times.sh
check_scripts += tests/scenario/pitr/tells_which_times_can_be_reached.sh
check_scripts += tests/scenario/server/archives_its_log_as_postgresql_does.sh
check_scripts += tests/scenario/server/autovacuum_comes_when_it_is_due.sh
check_scripts += tests/scenario/server/backup_by_hand_is_good.sh
check_scripts += tests/scenario/server/base_backup_answers_as_postgresql_does.sh
check_scripts += tests/scenario/server/base_backup_ends_well_however_it_ends.sh
check_scripts += tests/scenario/server/base_backups_under_load_are_good.sh
check_scripts += tests/scenario/server/catalogs_are_read_alike.sh
check_scripts += tests/scenario/server/catalogs_equal.sh
check_scripts += tests/scenario/server/collations_equal.sh
check_scripts += tests/scenario/server/commands_write_the_same_catalogs.sh
check_scripts += tests/scenario/server/copies_survive_crashes.sh
check_scripts += tests/scenario/server/counts_are_those_of_postgresql.sh
check_scripts += tests/scenario/server/cut_tables_take_rows_again.sh
check_scripts += tests/scenario/server/databases_come_and_go.sh
check_scripts += tests/scenario/server/dumps_are_those_of_postgresql.sh
check_scripts += tests/scenario/server/ends_of_transactions_are_logged_alike.sh
check_scripts += tests/scenario/server/files_that_change_reach_a_standby.sh
check_scripts += tests/scenario/server/followers_of_a_standby_come_along.sh
check_scripts += tests/scenario/server/follows_a_primary_as_postgresql_does.sh
check_scripts += tests/scenario/server/foreign_keys_hold_among_sessions.sh
check_scripts += tests/scenario/server/full_disks_lose_nothing.sh
check_scripts += tests/scenario/server/hba_rules_are_read_as_in_postgresql.sh
check_scripts += tests/scenario/server/killed_it_keeps_what_was_committed.sh
check_scripts += tests/scenario/server/lets_clients_in_as_postgresql_does.sh
check_scripts += tests/scenario/server/new_clusters_are_as_initdbs.sh
check_scripts += tests/scenario/server/pgbench_runs_and_adds_up.sh
check_scripts += tests/scenario/server/pginit_and_pgctl_do_as_the_real_ones.sh
check_scripts += tests/scenario/server/prepared_transactions_change_servers.sh
check_scripts += tests/scenario/server/random_queries_are_answered_alike.sh
check_scripts += tests/scenario/server/recovers_along_timelines_as_postgresql_does.sh
check_scripts += tests/scenario/server/recovers_to_targets_as_postgresql_does.sh
check_scripts += tests/scenario/server/recovers_what_postgresql_left.sh
check_scripts += tests/scenario/server/replication_commands_answer_as_postgresql_does.sh
check_scripts += tests/scenario/server/restores_pgserver_to_random_times.sh
check_scripts += tests/scenario/server/settings_are_nested_as_in_postgresql.sh
check_scripts += tests/scenario/server/settings_are_read_from_files_as_in_postgresql.sh
check_scripts += tests/scenario/server/settings_are_taken_as_in_postgresql.sh
check_scripts += tests/scenario/server/slots_that_hold_too_much_are_lost_as_in_postgresql.sh
check_scripts += tests/scenario/server/standby_streams_from_postgresql.sh
check_scripts += tests/scenario/server/standby_takes_queries.sh
check_scripts += tests/scenario/server/standbys_are_backed_up_as_in_postgresql.sh
check_scripts += tests/scenario/server/starts_stops_and_recovers.sh
check_scripts += tests/scenario/server/statements_say_what_postgresql_says.sh
check_scripts += tests/scenario/server/streams_its_log_to_postgresql.sh
check_scripts += tests/scenario/server/tells_who_is_let_in_from_files.sh
check_scripts += tests/scenario/server/titles_are_postgresqls.sh
check_scripts += tests/scenario/server/too_much_is_refused_as_in_postgresql.sh
check_scripts += tests/scenario/text/times_are_read_as_the_server_does.sh
check_scripts += tests/scenario/walarchive/archives_and_refuses.sh
check_scripts += tests/scenario/walarchive/loses_nothing_when_the_server_crashes.sh
check_scripts += tests/scenario/walarchive/survives_a_full_disk.sh
world_scripts += tests/scenario/pgbasebackup/every_stage_can_fail.sh
world_scripts += tests/scenario/pgbasebackup/servers_of_all_versions.sh
world_scripts += tests/scenario/pgdump/any_options_dump_as_pg_dump.sh
world_scripts += tests/scenario/pitr/restores_every_version.sh

check_PROGRAMS += tests/scenario/codecs/inline_values
tests_scenario_codecs_inline_values_SOURCES = tests/scenario/codecs/inline_values.c

check_PROGRAMS += tests/scenario/pgbasebackup/bad_wire
tests_scenario_pgbasebackup_bad_wire_SOURCES = tests/scenario/pgbasebackup/bad_wire.c

check_PROGRAMS += tests/scenario/pgwaldump/check_layout
tests_scenario_pgwaldump_check_layout_SOURCES = tests/scenario/pgwaldump/check_layout.c

check_PROGRAMS += tests/scenario/pgwaldump/forge_wal
tests_scenario_pgwaldump_forge_wal_SOURCES = tests/scenario/pgwaldump/forge_wal.c
tests_scenario_pgwaldump_forge_wal_LDADD = tests/lib/libtest.a $(LDADD)

check_PROGRAMS += tests/scenario/server/hba_rules
tests_scenario_server_hba_rules_SOURCES = tests/scenario/server/hba_rules.c
tests_scenario_server_hba_rules_LDADD = libserver.a $(LDADD)

check_PROGRAMS += tests/scenario/server/new_cluster
tests_scenario_server_new_cluster_SOURCES = tests/scenario/server/new_cluster.c
tests_scenario_server_new_cluster_LDADD = libserver.a $(LDADD)

check_PROGRAMS += tests/scenario/server/set_and_show
tests_scenario_server_set_and_show_SOURCES = tests/scenario/server/set_and_show.c
tests_scenario_server_set_and_show_LDADD = libserver.a $(LDADD)

check_PROGRAMS += tests/scenario/server/transaction_records
tests_scenario_server_transaction_records_SOURCES = tests/scenario/server/transaction_records.c
tests_scenario_server_transaction_records_LDADD = tests/lib/libtest.a libserver.a $(LDADD)

check_PROGRAMS += tests/scenario/text/times
tests_scenario_text_times_SOURCES = tests/scenario/text/times.c
tests_scenario_text_times_LDADD = tests/lib/libtest.a $(LDADD)

# What the scripts source.
EXTRA_DIST += tests/scenario/pgdump/dump_lib.sh tests/scenario/pgdump/every_kind.sql tests/scenario/pgdump/our_kinds.sql
EXTRA_DIST += tests/scenario/pgwaldump/compare.sh
