/*
 * entry.h - from an object to the entries of the archive: what all kinds have in common
 *
 * A kind's print function says what makes and drops the object and how it is called; comment,
 * security labels, rights and owner follow from that and are added here.
 */
#ifndef PGDUMP_ENTRY_H
#define PGDUMP_ENTRY_H

#include "common/base/base.h"

#include "pgdump/dump.h"

typedef struct Definition {
    const char *type; /* "TABLE": in headers, and the word of COMMENT ON unless word says another */
    const char *tag;  /* in headers; NULL: the object's name */
    const char *word; /* NULL: type */
    const char *name; /* as SQL, with schema and arguments: public.f(integer) */
    const char *create;       /* with line ends */
    const char *drop;         /* "": nothing to drop; NULL: "DROP type name;" */
    const char *comment_name; /* COMMENT ON word ...; NULL: name */
    const char *extras_tag; /* in the headers of comments, labels, rights; NULL: tag, or the name */
    const char *rights_word; /* GRANT ON ...; NULL: it has none */
    const char *tablespace, *access_method;
    const char *owner;          /* NULL: the object's */
    const SchemaObject *schema; /* of what has none itself; NULL: the object's */
    ArchiveSection section;     /* 0: the kind's */
    bool has_no_labels;
    bool is_extra;      /* not the object's own entry, but one beside it */
    bool has_no_schema; /* the entry is shown without */
} Definition;

/* The definition, if it is wanted, then comment, labels and rights, as far as they are. */
void entry_add(Dump *d, DumpObject *o, const Definition *def);

/* Each alone, for kinds with more than one; the parts of extras in their order. */
void entry_add_definition(Dump *d, DumpObject *o, const Definition *def);
void entry_add_extras(Dump *d, DumpObject *o, const Definition *def);

/* The comment and the labels on a part of the object, by its number. */
void entry_add_part(Dump *d, DumpObject *o, const Definition *def, int32_t part);

void entry_add_rights(Dump *d, DumpObject *o, const Definition *def);

/* The rights to a column. */
void entry_add_column_rights(Dump *d, DumpObject *o, const char *table, const char *column,
                             const Rights *rights);

/* Read all comments, labels and initial rights of the database. */
void entry_read_comments(Dump *d);
void entry_read_labels(Dump *d);
void entry_read_initial_rights(Dump *d);

/* ---- Names ---- */

const char *entry_name(const Dump *d, const char *name);         /* quoted where it must be */
const char *entry_qualified(const Dump *d, const DumpObject *o); /* public.t */
void entry_add_literal(const Dump *d, StrBuf *sql, const char *text);

#endif
