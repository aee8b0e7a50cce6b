# server/cache: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/cache/NAME.c

server_sources += server/cache/cache.c
server_sources += server/cache/cache_hash.c
server_sources += server/cache/catalog_change.c
server_sources += server/cache/catalog_scan.c
server_sources += server/cache/index_entry.c
server_sources += server/cache/inval.c
server_sources += server/cache/inval_ring.c
server_sources += server/cache/namespace.c
server_sources += server/cache/namespace_function.c
server_sources += server/cache/namespace_object.c
server_sources += server/cache/object_name.c
server_sources += server/cache/proc_row.c
server_sources += server/cache/relation_open.c
server_sources += server/cache/relation_toast.c
server_sources += server/cache/relcache.c
server_sources += server/cache/relcache_build.c
server_sources += server/cache/relcache_catalog.c
server_sources += server/cache/relcache_index.c
server_sources += server/cache/relcache_trigger.c
server_sources += server/cache/relmap.c
server_sources += server/cache/reloptions.c
server_sources += server/cache/routine_name.c
server_sources += server/cache/syscache.c
server_sources += server/cache/type_facts.c
server_sources += server/cache/type_operators.c
