/*
 * reg.h - the types that name objects by number: regclass, regtype, regproc and their kin
 *
 * A value is an OID. As text it is what names the object from here, with its schema where that is
 * needed; the number where there is no such object. Text that is a number is taken as it is.
 *
 * A type is a function that finds, one that names, and a row: REG_TYPE(regclass, ...) makes
 * regclassin and regclassout, REG_TYPE_LOOKUP(regclass, ...) makes to_regclass.
 */
#ifndef SYSFUNC_REG_H
#define SYSFUNC_REG_H

#include "common/base/base.h"

#include "server/catalog/catalog.h"
#include "server/fmgr/fmgr.h"

/* The object of that name; 0: none, and is_missing_ok. */
typedef Oid RegFind(const char *text, bool is_missing_ok);

/* How it is written; NULL: there is none. In the current context. */
typedef char *RegName(Oid oid);

/* nothing: what 0 is written as, "-" or "0"; it is read, too. */
Datum reg_in(FmgrCall *call, RegFind *find, const char *nothing);
Datum reg_out(FmgrCall *call, RegName *name, const char *nothing);

/* NULL for what is not there; numbers are names here. */
Datum reg_look_up(FmgrCall *call, RegFind *find);

/* An object that has a name in a schema: how to find its row, its name and its schema there. */
typedef struct RegNamed {
    CacheId cache;
    size_t name_at;           /* in the row: a name */
    size_t schema_at;         /* in the row: an OID */
    bool (*is_seen)(Oid oid); /* does the bare name lead to it? */
} RegNamed;

char *reg_named(const RegNamed *kind, Oid oid);

#define REG_TYPE(type, find, name, nothing) \
 Datum type##in(FmgrCall *call)             \
 {                                          \
  return reg_in(call, find, nothing);       \
 }                                          \
 Datum type##out(FmgrCall *call)            \
 {                                          \
  return reg_out(call, name, nothing);      \
 }

#define REG_TYPE_LOOKUP(type, find) \
 Datum to_##type(FmgrCall *call)    \
 {                                  \
  return reg_look_up(call, find);   \
 }

#endif
