/*
 * builtin.h - the functions of SQL that the folder defines
 */
#ifndef SQL_BUILTIN_H
#define SQL_BUILTIN_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

#define ROW(name, function) Datum function(FmgrCall *call);
#include "server/sql/builtin.def"
#undef ROW

#endif
