/* array_element.c - what calls about arrays keep of the element type. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/types/array_int.h"
#include "server/types/type_name.h"

static Oid function_of(const TypeFacts *t, ElementNeed need)
{
    switch (need) {
    case ELEMENT_NEEDS_INPUT:
        return t->input;
    case ELEMENT_NEEDS_OUTPUT:
        return t->output;
    case ELEMENT_NEEDS_RECEIVE:
        return t->receive;
    case ELEMENT_NEEDS_SEND:
        return t->send;
    case ELEMENT_NEEDS_EQUAL:
        return t->equal;
    case ELEMENT_NEEDS_COMPARE:
        return t->compare;
    case ELEMENT_NEEDS_HASH:
        return t->hash;
    case ELEMENT_NEEDS_HASH_EXTENDED:
        return t->hash_extended;
    default:
        return 0;
    }
}

static _Noreturn void raise_missing(const TypeFacts *t, ElementNeed need)
{
    static const char *const texts[] = {
        [ELEMENT_NEEDS_INPUT] = "no input function available for type %s",
        [ELEMENT_NEEDS_OUTPUT] = "no output function available for type %s",
        [ELEMENT_NEEDS_RECEIVE] = "no binary input function available for type %s",
        [ELEMENT_NEEDS_SEND] = "no binary output function available for type %s",
        [ELEMENT_NEEDS_EQUAL] = "could not identify an equality operator for type %s",
        [ELEMENT_NEEDS_COMPARE] = "could not identify a comparison function for type %s",
        [ELEMENT_NEEDS_HASH] = "could not identify a hash function for type %s",
        [ELEMENT_NEEDS_HASH_EXTENDED] = "could not identify an extended hash function for type %s",
    };
    const char *name = type_name(t->oid), *place = strstr(texts[need], "%s");

    err_raise(SQLSTATE_UNDEFINED_FUNCTION,
              .message = err_fmt("%.*s%s", (int)(place - texts[need]), texts[need], name));
}

ArrayElement element_form(const TypeFacts *t)
{
    return (ArrayElement){
        .type = t->oid, .len = t->len, .by_value = t->by_value, .align = t->align};
}

void element_type_find(ElementType *e, Oid oid, ElementNeed need, MemContext *mem)
{
    e->oid = 0;
    e->facts = type_facts(oid);
    e->form = element_form(e->facts);
    e->io_param = type_io_param(e->facts);
    if (need != ELEMENT_NEEDS_TYPE) {
        if (function_of(e->facts, need) == 0)
            raise_missing(e->facts, need);
        fmgr_site_init(&e->site, function_of(e->facts, need), mem);
    }
    e->oid = oid;
}

ElementType *element_type(FmgrCall *call, Oid oid, ElementNeed need)
{
    ElementType *e = call->site == NULL ? NULL : call->site->extra;
    MemContext *mem = call->site == NULL ? mem_current() : call->site->mem;

    if (LIKELY(e != NULL && e->oid == oid))
        return e;
    if (e == NULL) {
        e = mem_alloc_in(mem, sizeof *e);
        if (call->site != NULL)
            call->site->extra = e;
    }
    element_type_find(e, oid, need, mem);
    return e;
}

void array_check_bounds(const ArrayShape *shape)
{
    for (int i = 0; i < shape->dims; i++) {
        int32_t upper;

        if (__builtin_add_overflow(shape->sizes[i], shape->lower[i], &upper))
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("array lower bound is too large: %d", shape->lower[i]));
    }
}
