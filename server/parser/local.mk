# server/parser: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/parser/NAME.c
# keyword.def completes the grammar; bison and flex make sources of it and of scan.l in the build folder.
server_sources += server/parser/build_expr.c
server_sources += server/parser/build_object.c
server_sources += server/parser/build_query.c
server_sources += server/parser/build_table.c
server_sources += server/parser/identifier.c
server_sources += server/parser/keyword.c
server_sources += server/parser/parser.c
server_sources += server/parser/token.c

parser_generated = server/parser/gram.c server/parser/gram.h server/parser/scan.c
nodist_libserver_a_SOURCES += $(parser_generated)
BUILT_SOURCES += server/parser/gram.h
CLEANFILES += $(parser_generated) server/parser/gram_all.y

$(libserver_a_OBJECTS): | server/parser/gram.h

server/parser/gram_all.y: $(srcdir)/server/parser/gram.y $(srcdir)/common/text/keyword.def \
		$(srcdir)/server/parser/gen_grammar.awk
	$(AM_V_GEN)$(MKDIR_P) server/parser && LC_ALL=C $(AWK) -f $(srcdir)/server/parser/gen_grammar.awk \
		$(srcdir)/common/text/keyword.def $(srcdir)/server/parser/gram.y >$@.$$$$ && mv $@.$$$$ $@

server/parser/gram.c: server/parser/gram_all.y
	$(AM_V_GEN)$(BISON) -Wall -Werror -Wno-yacc --header=server/parser/gram.h --output=$@ server/parser/gram_all.y

server/parser/gram.h: server/parser/gram.c
	@:

server/parser/scan.c: $(srcdir)/server/parser/scan.l
	$(AM_V_GEN)$(MKDIR_P) server/parser && $(FLEX) --outfile=$@ $(srcdir)/server/parser/scan.l
