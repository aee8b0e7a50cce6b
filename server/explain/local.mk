# server/explain: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/explain/NAME.c

server_sources += server/explain/explain.c
server_sources += server/explain/explain_expr.c
server_sources += server/explain/explain_node.c
server_sources += server/explain/explain_out.c
server_sources += server/explain/explain_trigger.c
server_sources += server/explain/explain_usage.c
