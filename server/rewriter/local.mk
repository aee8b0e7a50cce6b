# server/rewriter: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/rewriter/NAME.c

server_sources += server/rewriter/lock.c
server_sources += server/rewriter/rewriter.c
server_sources += server/rewriter/rule.c
server_sources += server/rewriter/search.c
server_sources += server/rewriter/target_list.c
server_sources += server/rewriter/vars.c
server_sources += server/rewriter/view.c
server_sources += server/rewriter/view_change.c
server_sources += server/rewriter/view_define.c
