/*
 * depend.h - which objects need which: pg_depend, and pg_shdepend for what is of all databases
 *
 * Whoever makes an object notes what it needs; whoever drops one finds what needs it
 * (depend_drop.h). Objects that are pinned are not noted.
 */
#ifndef COMMAND_DEPEND_H
#define COMMAND_DEPEND_H

#include "common/base/base.h"

#include "server/command/object.h"
#include "server/node/node.h"
#include "server/object/rights.h"

/* pg_depend.deptype */
typedef enum DependKind {
    DEPEND_NORMAL = 'n',
    DEPEND_AUTO = 'a',     /* goes when the other one goes */
    DEPEND_INTERNAL = 'i', /* a part of the other one, by which alone it may be dropped */
    DEPEND_PARTITION_PRIMARY = 'P',
    DEPEND_PARTITION_SECONDARY = 'S',
    DEPEND_EXTENSION = 'e',
    DEPEND_AUTO_EXTENSION = 'x',
} DependKind;

/* pg_shdepend.deptype */
typedef enum DependShared {
    DEPEND_OWNER = 'o',
    DEPEND_ACL = 'a',
    DEPEND_POLICY = 'r',
    DEPEND_TABLESPACE = 't',
} DependShared;

/* What is needed is locked, so that it stays; raises 42704 when it is gone. */
void depend_note(const ObjectAddress *who, const ObjectAddress *on, DependKind kind);

/* On each of a list, which is unified. */
void depend_note_list(const ObjectAddress *who, ObjectList *on, DependKind kind);

/* Of this database's object, or of a shared one, on a role or a tablespace. */
void depend_note_owner(Oid catalog, Oid oid, Oid owner);
void depend_note_tablespace(Oid catalog, Oid oid, Oid tablespace);

/* A role, a database, a tablespace: locked, so that it stays; raises 42704 when it is gone. */
void depend_lock_shared(Oid catalog, Oid oid);

/*
 * On the roles that are in an access control list, now that it is another one (NULL: there was or
 * is none).
 */
void depend_change_acl(Oid catalog, Oid oid, int32_t sub, Oid owner, const Acl *old,
                       const Acl *fresh);

/* Another owner; another tablespace (0: the database's). */
void depend_change_owner(Oid catalog, Oid oid, Oid owner);
void depend_change_tablespace(Oid catalog, Oid oid, Oid tablespace);

/* ---- Taking notes back ---- */

/* Of who; of its columns too when sub is 0. Returns how many. */
unsigned depend_forget(const ObjectAddress *who);

/* Of kind alone, on objects of that catalog. */
unsigned depend_forget_on(const ObjectAddress *who, Oid catalog, DependKind kind);
void depend_forget_shared(Oid catalog, Oid oid, int32_t sub);

/* All shared ones of a database's objects, and of the database itself. */
void depend_forget_of_database(Oid database);

/* Of who: on `on` from now on, in place of `from`, both of one catalog. Returns how many. */
unsigned depend_change(const ObjectAddress *who, const ObjectAddress *from,
                       const ObjectAddress *on);

/* Each depends on what the other did, and what depended on the one depends on the other. */
void depend_exchange(Oid catalog, Oid a, Oid b);

/* ---- Questions ---- */

/* The constraint that an index was made for; 0: none. */
Oid depend_index_constraint(Oid index);

/* The column that owns a sequence, by a dependency of that kind; false: none does. */
bool depend_sequence_owner(Oid sequence, DependKind kind, Oid *table, int *column);

/* Sequences that columns of a table own (column 0: any); kind 0: either way. Array of Oid. */
void depend_owned_sequences(Oid table, int column, char kind, Array *out);

/* ---- Expressions ---- */

/*
 * What an expression uses; variables are of the relations of range_table (a list of RangeTblEntry
 * of each query level; NULL for expressions of one table: then of `table`).
 */
void depend_find_in_expr(const Node *expr, const List *range_table, ObjectList *out);

/*
 * What a default, check or index expression of a table uses: other things as `kind`, the table's
 * own columns as `self_kind`; when is_ignoring_self, the latter are not noted.
 */
void depend_note_table_expr(const ObjectAddress *who, const Node *expr, Oid table, DependKind kind,
                            DependKind self_kind, bool is_ignoring_self);
void depend_note_expr(const ObjectAddress *who, const Node *expr, const List *range_table,
                      DependKind kind);

#endif
