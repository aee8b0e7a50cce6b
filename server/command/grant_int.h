/* grant_int.h - what the files of GRANT share */
#ifndef COMMAND_GRANT_INT_H
#define COMMAND_GRANT_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/command/grant.h"

/* What rights are granted on: an object, or a column of it. */
typedef struct GrantSubject {
    Oid catalog, oid;
    int16_t sub; /* number of a column; 0: the whole */
    RightsKind kind;
    const char *words; /* "table" */
    const char *name, *column;
    Oid owner;
    Acl acl;       /* a copy */
    bool has_list; /* it is not the default one */
} GrantSubject;

/* A list of a row as a copy; that of its kind when there is none (is_null). */
void grant_take_list(GrantSubject *s, Datum list, bool is_null);

/*
 * The list as it is then. Grantors are looked for in `considered`, which is the list itself or has
 * more. is_all: rights that cannot be granted are left out without a warning.
 */
Acl grant_change(const Grant *g, const GrantSubject *s, const Acl *considered, Rights rights,
                 bool is_all);

/* pg_shdepend, once the row is changed. */
void grant_note_members(const GrantSubject *s, const Acl *fresh);

/* ---- grant_relation.c ---- */

void grant_on_relation(const Grant *g, Oid oid);

/* ---- grant_parameter.c: settings, by numbers of pg_parameter_acl ---- */

void grant_on_parameter(const Grant *g, Oid oid);

/* 0: it has no row, and is_making is false. Raises 42602 for names of no setting. */
Oid grant_find_parameter(const char *name, bool is_making);

/* ---- grant_object.c ---- */

/* What a statement names: ObjectAddresses. */
void grant_find_objects(const GrantStmt *stmt, Array *out);

#endif
