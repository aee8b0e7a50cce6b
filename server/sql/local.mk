# server/sql: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/sql/NAME.c

server_sources += server/sql/builtin.c
server_sources += server/sql/call.c
server_sources += server/sql/call_stmt.c
server_sources += server/sql/cursor.c
server_sources += server/sql/domain_func.c
server_sources += server/sql/engine.c
server_sources += server/sql/explain.c
server_sources += server/sql/handler.c
server_sources += server/sql/permission.c
server_sources += server/sql/plan.c
server_sources += server/sql/query.c
server_sources += server/sql/run.c
server_sources += server/sql/runner.c
server_sources += server/sql/session_rows.c
server_sources += server/sql/session_value.c
server_sources += server/sql/several.c
server_sources += server/sql/sql_function.c
server_sources += server/sql/statement.c
server_sources += server/sql/type_io.c
server_sources += server/sql/value.c
