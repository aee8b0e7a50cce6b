# server/executor: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/executor/NAME.c

server_sources += server/executor/bitmap_scan.c
server_sources += server/executor/exec.c
server_sources += server/executor/exec_node.c
server_sources += server/executor/index_keys.c
server_sources += server/executor/index_scan.c
server_sources += server/executor/limit.c
server_sources += server/executor/lock_rows.c
server_sources += server/executor/modify.c
server_sources += server/executor/modify_conflict.c
server_sources += server/executor/recheck.c
server_sources += server/executor/result.c
server_sources += server/executor/result_batch.c
server_sources += server/executor/result_rel.c
server_sources += server/executor/result_text.c
server_sources += server/executor/row_equal.c
server_sources += server/executor/row_hash.c
server_sources += server/executor/row_wait.c
server_sources += server/executor/seq_scan.c
server_sources += server/executor/subplan.c
server_sources += server/executor/subplan_hash.c
server_sources += server/executor/tid_scan.c
server_sources += server/executor/value_hash.c
server_sources += server/executor/values_scan.c
