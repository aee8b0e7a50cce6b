# tests/session: a session without SQL behind it, held against a real server; rows sorted:
#   check_scripts += tests/session/NAME.sh
#   check_PROGRAMS += tests/session/NAME

check_scripts += tests/session/answers_as_postgres_does.sh
check_scripts += tests/session/lets_in_as_postgres_does.sh
check_scripts += tests/session/survives_any_bytes.sh

check_PROGRAMS += tests/session/tiny_server
tests_session_tiny_server_SOURCES = tests/session/tiny_server.c
tests_session_tiny_server_SOURCES += tests/session/tiny_engine.c
tests_session_tiny_server_LDADD = libserver.a libholdfast.a $(linked_libs) -lm

check_PROGRAMS += tests/session/wire_play
tests_session_wire_play_SOURCES = tests/session/wire_play.c

check_PROGRAMS += tests/session/wire_storm
tests_session_wire_storm_SOURCES = tests/session/wire_storm.c
tests_session_wire_storm_LDADD = tests/lib/libtest.a $(LDADD)
