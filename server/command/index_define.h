/*
 * index_define.h - an index as CREATE INDEX or a constraint asks for it
 */
#ifndef COMMAND_INDEX_DEFINE_H
#define COMMAND_INDEX_DEFINE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

typedef struct IndexDefine {
    const char *name; /* NULL: made up */
    const char *access_method;
    const char *tablespace;
    const List *columns, *including; /* IndexElem */
    const List *options;             /* Option */
    const Node *predicate;           /* raw; NULL: none */
    bool is_unique, nulls_are_equal;
    bool is_primary, is_constraint, is_deferrable, is_deferred;
    bool is_left;     /* not built, not valid: that is done later, beside others */
    const char *text; /* that locations count in */
} IndexDefine;

/*
 * Make it. The table is open, and locked; the user may do it. Returns its number.
 */
Oid index_define(Relation *table, const IndexDefine *define);

/* The name that an index gets that is given none; names: String, of its columns. */
char *index_choose_name(const Relation *table, const List *names, bool is_primary,
                        bool is_constraint);

/* 42P16 when the table has a primary key. */
void index_require_one_primary(Relation *table);

#endif
