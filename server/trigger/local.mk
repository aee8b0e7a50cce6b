# server/trigger: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/trigger/NAME.c

server_sources += server/trigger/event_list.c
server_sources += server/trigger/fire.c
server_sources += server/trigger/function.c
server_sources += server/trigger/queue.c
server_sources += server/trigger/ri_fire.c
server_sources += server/trigger/ri_info.c
server_sources += server/trigger/ri_lookup.c
server_sources += server/trigger/ri_plan.c
server_sources += server/trigger/ri_search.c
server_sources += server/trigger/ri_text.c
server_sources += server/trigger/ri_validate.c
server_sources += server/trigger/unique_check.c
