/*
 * archive.h - a logical dump as a list of entries, whatever form it is written in
 *
 * An entry makes one thing (a table, a comment, a grant) or holds the rows of one table. The order
 * of the list is the order in which a restore runs them, but for what comes in a later pass
 * (archive_pass). Writers take the whole list, and call for data while they write it.
 *
 * Everything in an archive belongs to the memory context that was current at archive_init().
 */
#ifndef DUMP_ARCHIVE_H
#define DUMP_ARCHIVE_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/text/sql.h"
#include "common/text/strbuf.h"

typedef enum ArchiveSection {
    ARCHIVE_PRE_DATA = 1, /* bits, for sets of them */
    ARCHIVE_DATA = 2,
    ARCHIVE_POST_DATA = 4,
    ARCHIVE_ALL_SECTIONS = 7,
} ArchiveSection;

/* Rights come when all is there, and after them what runs by itself or reads other things. */
typedef enum ArchivePass {
    ARCHIVE_PASS_MAIN,
    ARCHIVE_PASS_RIGHTS,
    ARCHIVE_PASS_LAST,
    ARCHIVE_PASS_COUNT,
} ArchivePass;

/* Write the rows of one table as SQL; raises what goes wrong. */
typedef void (*ArchiveWriteData)(void *arg, const ByteSink *out);

typedef struct ArchiveEntry {
    uint32_t id;               /* number in the dump, from 1 */
    Oid catalog, oid;          /* where the server keeps the thing; 0: nowhere */
    const char *type;          /* "TABLE", "FK CONSTRAINT": as headers show it */
    const char *tag;           /* the name, as headers show it */
    const char *schema;        /* NULL: it is in none */
    const char *tablespace;    /* "": the database's; NULL: it has none */
    const char *access_method; /* NULL: it has none */
    const char *owner;         /* "": nobody; NULL too, but headers show - */
    ArchiveSection section;
    const char *create; /* statements that make it, with line ends; "": none */
    const char *drop;   /* one statement; "": nothing to drop */
    const char *copy; /* the COPY that takes its data; NULL: data is statements, or there is none */
    ArchiveWriteData write; /* NULL: it has no data */
    void *write_arg;
    const uint32_t *depends; /* ids that must be there first */
    size_t depend_count;
} ArchiveEntry;

typedef struct Archive {
    Array entries; /* ArchiveEntry */
    const char *database;
    const char *encoding;                         /* of all texts and data: "UTF8" */
    bool has_standard_strings;                    /* in a text in quotes a backslash is one */
    SqlQuoting quoting;                           /* of names in what the writer adds */
    const char *server_version, *program_version; /* as the head of the dump shows them */
} Archive;

void archive_init(Archive *a);

/* A new entry at the end, with a copy of *entry; what it points to is kept, not copied. */
void archive_add(Archive *a, const ArchiveEntry *entry);

/* 'text' as who runs the statements reads it: see has_standard_strings. */
void archive_add_literal(const Archive *a, StrBuf *sql, const char *text);

/* When a restore runs the entry. */
ArchivePass archive_pass(const ArchiveEntry *entry);

/* "ALTER x OWNER TO" needs the thing as SQL names it, "TABLE public.t"; NULL: it has no owner. */
const char *archive_owned_name(const Archive *a, const ArchiveEntry *entry);

#endif
