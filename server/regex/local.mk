# server/regex: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/regex/NAME.c

server_sources += server/regex/bracket.c
server_sources += server/regex/charset.c
server_sources += server/regex/dfa.c
server_sources += server/regex/escape.c
server_sources += server/regex/match.c
server_sources += server/regex/nfa.c
server_sources += server/regex/parse.c
server_sources += server/regex/regex.c
server_sources += server/regex/token.c
server_sources += server/regex/tree.c
