# server/planner: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/planner/NAME.c

server_sources += server/planner/bitmap.c
server_sources += server/planner/clause.c
server_sources += server/planner/cost.c
server_sources += server/planner/equiv.c
server_sources += server/planner/expr_util.c
server_sources += server/planner/facts.c
server_sources += server/planner/index_cost.c
server_sources += server/planner/index_match.c
server_sources += server/planner/index_path.c
server_sources += server/planner/jointree.c
server_sources += server/planner/keys.c
server_sources += server/planner/path.c
server_sources += server/planner/predicate.c
server_sources += server/planner/selec_clause.c
server_sources += server/planner/selec_convert.c
server_sources += server/planner/selec_groups.c
server_sources += server/planner/selec_join.c
server_sources += server/planner/selec_scalar.c
server_sources += server/planner/selec_test.c
server_sources += server/planner/simplify.c
server_sources += server/planner/simplify_qual.c
server_sources += server/planner/stats.c
server_sources += server/planner/strictness.c
