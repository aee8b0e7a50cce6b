# server/node: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/node/NAME.c
# node.def becomes structs and tables in the build folder.
server_sources += server/node/bitset.c
server_sources += server/node/expr.c
server_sources += server/node/list.c
server_sources += server/node/node.c
server_sources += server/node/text_read.c
server_sources += server/node/text_write.c
server_sources += server/node/tree.c

node_def = $(srcdir)/server/node/node.def $(srcdir)/server/node/plan.def
node_generator = $(srcdir)/server/node/gen_node.awk
node_generated = server/node/node_gen.h server/node/node_table.c

BUILT_SOURCES += server/node/node_gen.h
CLEANFILES += $(node_generated)

server/node/node_gen.h: $(node_def) $(node_generator)
	$(AM_V_GEN)$(MKDIR_P) server/node && LC_ALL=C $(AWK) -v want=header -f $(node_generator) $(node_def) >$@.$$$$ && \
		mv $@.$$$$ $@

server/node/node_table.c: $(node_def) $(node_generator)
	$(AM_V_GEN)$(MKDIR_P) server/node && LC_ALL=C $(AWK) -v want=table -f $(node_generator) $(node_def) >$@.$$$$ && \
		mv $@.$$$$ $@

nodist_libserver_a_SOURCES += $(node_generated)
# So that a single target can be asked for too.
$(libserver_a_OBJECTS) $(tests_unit_unit_tests_OBJECTS): | server/node/node_gen.h
