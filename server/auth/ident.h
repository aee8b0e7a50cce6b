/*
 * ident.h - pg_ident.conf: names that the system or a certificate proved, and users they may be
 *
 * A line is MAP SYSTEM-NAME USER. A system name that begins with a slash is a regular expression
 * (found anywhere in the name, unless it is anchored); \1 in its user is what its first parentheses
 * took.
 *
 * Source: PostgreSQL 15 manual, "User Name Maps"; messages as observed.
 */
#ifndef AUTH_IDENT_H
#define AUTH_IDENT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

typedef struct IdentMap {
    int line;
    const char *name;
    const char *system_name; /* with its slash */
    const char *user;
    void *pattern;     /* compiled, when system_name is a regular expression; else NULL */
    const char *error; /* NULL: none; else the rest is of no use */
} IdentMap;

typedef enum IdentCase { IDENT_CASE_COUNTS, IDENT_ANY_CASE } IdentCase;

/*
 * Fill maps (IdentMap), made by this call, in the current context, wrong lines too: each is logged
 * at level. False when there is a mistake.
 */
bool ident_read_file(const char *path, ErrLevel level, Array *maps);
bool ident_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *maps);

/* Take setting.ident_file over, into a context below parent; false: wrong, and all stays. */
bool ident_load(MemContext *parent);

/*
 * May who was proven to be system_name be user, by the map of that name (NULL: names must be
 * equal)? When not, the log says why.
 */
bool ident_match(const char *map, const char *system_name, const char *user, IdentCase how);

/* As above, among other maps. */
bool ident_match_maps(const Array *maps, const char *map, const char *system_name,
                      const char *user, IdentCase how);

#endif
