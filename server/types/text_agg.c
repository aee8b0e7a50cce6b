/*
 * text_agg.c - string_agg() of texts and bytea
 *
 * The state is the result so far, with room for its header.
 */
#include "common/base/base.h"

#include "server/types/text_arg.h"
#include "server/types/types_int.h"

static MemContext *aggregate_mem(FmgrCall *call, const char *name)
{
    MemContext *mem = fmgr_aggregate_mem(call);

    if (mem == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s called in non-aggregate context", name));
    return mem;
}

/* NULLs are passed over; there is a state as soon as there was a value. */
static Datum add_text(FmgrCall *call, const char *name)
{
    MemContext *mem = aggregate_mem(call, name);
    StrBuf *state = fmgr_arg_is_null(call, 0) ? NULL : fmgr_pointer(call, 0);
    CollationText t;

    if (fmgr_arg_is_null(call, 1)) {
        call->is_null = state == NULL;
        return datum_of_pointer(state);
    }
    if (state == NULL) {
        MEM_SCOPE(mem) {
            state = mem_new(StrBuf);
            text_begin(state);
        }
    } else if (!fmgr_arg_is_null(call, 2)) {
        t = text_arg(call, 2);
        strbuf_add_bytes(state, t.bytes, t.len);
    }
    t = text_arg(call, 1);
    strbuf_add_bytes(state, t.bytes, t.len);
    return datum_of_pointer(state);
}

static Datum finish_text(FmgrCall *call)
{
    const StrBuf *state;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    state = fmgr_pointer(call, 0);
    return text_result(state->text + VARLENA_HEADER, state->len - VARLENA_HEADER);
}

Datum string_agg_transfn(FmgrCall *call)
{
    return add_text(call, "string_agg_transfn");
}

Datum string_agg_finalfn(FmgrCall *call)
{
    return finish_text(call);
}

Datum bytea_string_agg_transfn(FmgrCall *call)
{
    return add_text(call, "bytea_string_agg_transfn");
}

Datum bytea_string_agg_finalfn(FmgrCall *call)
{
    return finish_text(call);
}
