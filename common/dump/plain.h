/*
 * plain.h - write an archive as a script of SQL for psql
 *
 * What is written is the text that pg_dump 15 writes of the same entries, byte for byte: that is
 * how it is tested.
 */
#ifndef DUMP_PLAIN_H
#define DUMP_PLAIN_H

#include "common/base/base.h"

#include "common/dump/archive.h"

typedef struct PlainOptions {
    unsigned sections; /* ArchiveSection bits */
    bool is_data_only;
    bool is_schema_only;
    bool drops;            /* -c: first everything is dropped */
    bool if_exists;        /* ... that is there */
    bool creates_database; /* -C: only the database is dropped, and psql goes into the new one */
    bool no_owner;
    bool no_rights;
    bool no_tablespaces;
    bool no_access_methods;
    bool sets_session;        /* --use-set-session-authorization: in place of ALTER ... OWNER */
    bool disables_triggers;   /* while data is loaded, when it is data only */
    const char *superuser;    /* who does that; NULL: whoever loads it */
    bool has_row_security;    /* row_security is on while it is loaded */
    bool is_verbose;          /* numbers and dependencies stand in the comments */
    const char *started;      /* verbose: when, as text */
    const char *(*now)(void); /* verbose: the time now, as text */
    const char *restrict_key; /* of letters and digits: keeps psql from running other commands */
} PlainOptions;

/*
 * Write all to out; raises what out and the entries' data raise, and SQLSTATE_INVALID_NAME for a
 * database that psql cannot be told to go into: its name has a line end.
 */
void plain_write(const Archive *a, const PlainOptions *options, const ByteSink *out);

/* The first statement of the drop with IF EXISTS put in where SQL has it; NULL: drop itself. */
const char *plain_drop_if_exists(const ArchiveEntry *entry);

#endif
