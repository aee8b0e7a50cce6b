/* set.c - the state of functions that give a row with each call. */
#include "common/base/base.h"

#include "server/types/set.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/type_facts.h"
#include "server/types/record.h"

typedef struct SetState {
    MemContext *mem;
    void *own;
} SetState;

void *set_state(const FmgrCall *call)
{
    const SetState *s = call->site->extra;

    return s == NULL ? NULL : s->own;
}

void *set_begin(FmgrCall *call, size_t size)
{
    SetState *s;
    MemContext *mem;

    if (call->result == NULL || (call->result->allowed_modes & FMGR_SET_STEPS) == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "set-valued function called in context that cannot accept a set");
    mem = mem_context_new(call->site->mem, "set");
    s = mem_alloc_in(mem, sizeof *s);
    s->mem = mem;
    s->own = mem_alloc_in(mem, size);
    call->site->extra = s;
    return s->own;
}

MemContext *set_mem(const FmgrCall *call)
{
    const SetState *s = call->site->extra;

    return s->mem;
}

void set_keep_varlena(FmgrCall *call, int n)
{
    const uint8_t *v;

    if (call->args[n].is_null)
        return;
    v = varlena_plain(datum_varlena(call->args[n].value));
    call->args[n].value = datum_of_pointer(mem_dup(v, varlena_size(v)));
}

TupleDesc *set_desc(const SetColumn *columns, unsigned count)
{
    TupleDesc *desc = tuple_desc_new(count);

    desc->row_type = TYPE_RECORD;
    desc->row_type_mod = -1;
    for (unsigned i = 0; i < count; i++) {
        const TypeFacts *t = type_facts(columns[i].type);

        tuple_desc_set(desc, i + 1, columns[i].name, t->oid, t->len, t->by_value, t->align);
    }
    record_register(desc);
    return desc;
}

Datum set_row(FmgrCall *call, Datum value)
{
    call->result->step = FMGR_STEP_ROW;
    return value;
}

Datum set_end(FmgrCall *call)
{
    set_forget(call->site);
    if (call->result != NULL)
        call->result->step = FMGR_STEP_END;
    return fmgr_null(call);
}

void set_forget(FmgrSite *site)
{
    SetState *s = site->extra;

    site->extra = NULL;
    if (s != NULL)
        mem_delete(s->mem);
}
