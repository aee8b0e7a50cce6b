/*
 * function.c - trigger functions of the server's own
 *
 * Those of foreign keys are not called as functions where they are in their place, which is AFTER
 * EACH ROW: there the queue knows them. Here is what they say elsewhere.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "server/node/node.h"
#include "server/trigger/trigger_int.h"

#define ROW(name, function) static Datum function(FmgrCall *call);
#include "server/trigger/builtin.def"
#undef ROW

const BuiltinBinding trigger_builtins[] = {
#define ROW(name, function) {#name, function},
#include "server/trigger/builtin.def"
#undef ROW
};

const size_t trigger_builtin_count = ARRAY_LEN(trigger_builtins);

static Datum pg_trigger_depth(FmgrCall *call UNUSED)
{
    return datum_of_i32(trigger_depth());
}

static const TriggerCall *require_call(const FmgrCall *call, const char *name)
{
    const TriggerCall *t = trigger_call(call);

    if (t == NULL)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = err_fmt("function \"%s\" was not called by trigger manager", name));
    return t;
}

#define XACT_MASK 0xFFF0 /* of infomask: who made, ended and locked the version */

/* ---- Foreign keys ---- */

static Datum ri_misplaced(const FmgrCall *call, const char *name, const char *verb)
{
    const TriggerCall *t = require_call(call, name);

    if ((t->event & TRIGGER_ROW) == 0 || (t->event & (TRIGGER_BEFORE | TRIGGER_INSTEAD)) != 0)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = err_fmt("function \"%s\" must be fired AFTER ROW", name));
    err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
              .message = err_fmt("function \"%s\" must be fired for %s", name, verb));
}

#define RI_FUNCTION(function, name, verb) \
 static Datum function(FmgrCall *call)    \
 {                                        \
  return ri_misplaced(call, name, verb);  \
 }

RI_FUNCTION(ri_fkey_cascade_del, "RI_FKey_cascade_del", "DELETE")
RI_FUNCTION(ri_fkey_cascade_upd, "RI_FKey_cascade_upd", "UPDATE")
RI_FUNCTION(ri_fkey_check_ins, "RI_FKey_check_ins", "INSERT")
RI_FUNCTION(ri_fkey_check_upd, "RI_FKey_check_upd", "UPDATE")
RI_FUNCTION(ri_fkey_noaction_del, "RI_FKey_noaction_del", "DELETE")
RI_FUNCTION(ri_fkey_noaction_upd, "RI_FKey_noaction_upd", "UPDATE")
RI_FUNCTION(ri_fkey_restrict_del, "RI_FKey_restrict_del", "DELETE")
RI_FUNCTION(ri_fkey_restrict_upd, "RI_FKey_restrict_upd", "UPDATE")
RI_FUNCTION(ri_fkey_setdefault_del, "RI_FKey_setdefault_del", "DELETE")
RI_FUNCTION(ri_fkey_setdefault_upd, "RI_FKey_setdefault_upd", "UPDATE")
RI_FUNCTION(ri_fkey_setnull_del, "RI_FKey_setnull_del", "DELETE")
RI_FUNCTION(ri_fkey_setnull_upd, "RI_FKey_setnull_upd", "UPDATE")

/* ---- Keys that may be deferred ---- */

static Datum unique_key_recheck(FmgrCall *call)
{
    static const char name[] = "unique_key_recheck";
    const TriggerCall *t = require_call(call, name);

    if ((t->event & TRIGGER_ROW) == 0 || (t->event & (TRIGGER_BEFORE | TRIGGER_INSTEAD)) != 0)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = err_fmt("function \"%s\" must be fired AFTER ROW", name));
    if ((t->event & (TRIGGER_INSERT | TRIGGER_UPDATE)) == 0)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = err_fmt("function \"%s\" must be fired for INSERT or UPDATE", name));
    unique_check(t);
    return datum_of_pointer(NULL);
}

/* ---- Updates that change nothing ---- */

/* Byte for byte, but for what says who made and ended the version. */
static bool is_same_row(const HeapTuple *a, const HeapTuple *b)
{
    const HeapTupleHeader *x = (const HeapTupleHeader *)a->bytes;
    const HeapTupleHeader *y = (const HeapTupleHeader *)b->bytes;
    size_t fixed = offsetof(HeapTupleHeader, hoff) + sizeof(x->hoff);

    return a->len == b->len && x->hoff == y->hoff &&
           (x->infomask2 & HEAP_ATTR_COUNT_MASK) == (y->infomask2 & HEAP_ATTR_COUNT_MASK) &&
           (x->infomask & ~XACT_MASK) == (y->infomask & ~XACT_MASK) &&
           memcmp(a->bytes + fixed, b->bytes + fixed, a->len - fixed) == 0;
}

static Datum suppress_redundant_updates_trigger(FmgrCall *call)
{
    const TriggerCall *t = trigger_call(call);
    const char *fault = NULL;

    if (t == NULL)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message = "suppress_redundant_updates_trigger: must be called as trigger");
    if ((t->event & TRIGGER_UPDATE) == 0)
        fault = "on update";
    else if ((t->event & TRIGGER_BEFORE) == 0)
        fault = "before update";
    else if ((t->event & TRIGGER_ROW) == 0)
        fault = "for each row";
    if (fault != NULL)
        err_raise(SQLSTATE_TRIGGER_PROTOCOL_VIOLATED,
                  .message =
                      err_fmt("suppress_redundant_updates_trigger: must be called %s", fault));
    return is_same_row(t->row, t->new_row) ? datum_of_pointer(NULL) : datum_of_pointer(t->new_row);
}
