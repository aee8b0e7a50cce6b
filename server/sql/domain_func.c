/* domain_func.c - values of domains from text and bytes: of the base type, then looked at */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/type_facts.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"
#include "server/fmgr/fmgr.h"
#include "server/node/expr.h"
#include "server/sql/builtin.h"

/* Kept by the place that calls, for the domain that came last. */
typedef struct DomainInput {
    MemContext *mem;
    Oid domain;
    FmgrSite input;
    Oid io_param;
    int32_t typmod;
    Expr *check;
    EvalContext *eval;
    ExternParam value;
    ExternParams params;
} DomainInput;

/* The domain's conditions over a parameter, which has the value. */
static Node *coerced_param(Oid domain, Oid base, int32_t typmod)
{
    CoerceToDomain *made = node_new(CoerceToDomain);
    Param *param = node_new(Param);

    param->kind = PARAM_EXTERN;
    param->id = 1;
    param->type = base;
    param->typmod = typmod;
    param->collation = type_collation(base);
    param->loc = NODE_NO_LOCATION;
    made->arg = (Node *)(void *)param;
    made->type = domain;
    made->typmod = -1;
    made->collation = type_collation(domain);
    made->form = COERCE_IMPLICIT;
    made->loc = NODE_NO_LOCATION;
    return (Node *)(void *)made;
}

static DomainInput *make_input(FmgrCall *call, Oid domain)
{
    MemContext *mem = mem_context_new(call->site->mem, "input of a domain");
    DomainInput *in = mem_alloc_in(mem, sizeof *in);
    TypeInfo info;
    Oid base;

    MEM_SCOPE(mem) {
        in->mem = mem;
        in->domain = domain;
        in->typmod = -1;
        base = type_base_typmod(domain, &in->typmod);
        if (base == domain)
            err_raise(SQLSTATE_DATATYPE_MISMATCH,
                      .message = err_fmt("type %u is not a domain", domain));
        catalog_info()->type(base, &info);
        fmgr_site_init(&in->input, info.input, mem);
        in->io_param = info.io_param;
        in->value.type = base;
        in->params = (ExternParams){.count = 1, .params = &in->value};
        in->eval = eval_new();
        in->eval->extern_params = &in->params;
        in->check = expr_compile(coerced_param(domain, base, in->typmod), NULL);
    }
    return in;
}

Datum domain_in(FmgrCall *call)
{
    DomainInput *in = call->site->extra;
    Oid domain = fmgr_u32(call, 1);
    bool is_null;

    FMGR_CALL_LOCAL(frame, 3);

    if (fmgr_arg_is_null(call, 1))
        return fmgr_null(call);
    if (in == NULL || in->domain != domain) {
        if (in != NULL)
            mem_delete(in->mem);
        call->site->extra = NULL;
        in = make_input(call, domain);
        call->site->extra = in;
    }
    fmgr_call_init(frame, &in->input, 3, 0);
    frame->args[0] = call->args[0];
    frame->args[1] = (NullableDatum){.value = datum_of_u32(in->io_param)};
    frame->args[2] = (NullableDatum){.value = datum_of_i32(in->typmod)};
    in->value.is_null = call->args[0].is_null;
    in->value.value = 0;
    if (!in->value.is_null || !in->input.strict) {
        in->value.value = fmgr_invoke(frame);
        in->value.is_null = frame->is_null;
    }
    eval_reset(in->eval);
    (void)expr_eval(in->check, in->eval, &is_null);
    call->is_null = in->value.is_null;
    return in->value.value;
}
