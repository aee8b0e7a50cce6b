/* sql_int.h - what the files of sql share: prepared statements, runs, values. */
#ifndef SQL_SQL_INT_H
#define SQL_SQL_INT_H

#include "common/base/base.h"

#include "common/mem/owner.h"
#include "server/node/node.h"
#include "server/session/engine.h"

/* ---- What engine.h leaves open ---- */

struct Prepared {
    const char *text;
    const RawStmt *raw;
    const TupleDesc *desc; /* NULL: no rows */
};

struct Run {
    Prepared *prepared;
    Owner *owner;
    bool is_top;
};

/* ---- value.c: values on the wire ---- */

Datum value_read(Oid type, const WireValue *value);
void value_writer(Oid type, int format, MemContext *mem, ValueWriter *out);
void value_call(const EngineCall *call);

#endif
