/* eval_row.c - rows as values, their fields, and other values that need more than a step. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "server/expr/expr_int.h"
#include "server/node/bitset.h"

const TupleDesc *eval_row_desc(Oid type, int32_t typmod)
{
    const TupleDesc *desc = catalog_info()->row_desc(type, typmod);

    if (desc == NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = type == 2249 ? "record type has not been registered"
                                          : err_fmt("type with OID %u is not composite", type));
    return desc;
}

/* A composite value as a tuple that can be taken apart. */
static void open_row(Datum value, HeapTuple *tuple, FieldState *s)
{
    Oid type;
    int32_t typmod;

    *tuple = heap_of_record(value, &type, &typmod);
    if (s != NULL && (s->desc == NULL || s->row_type != type || s->row_typmod != typmod)) {
        s->desc = eval_row_desc(type, typmod);
        s->row_type = type;
        s->row_typmod = typmod;
    }
}

void eval_row(const ExprStep *step)
{
    const RowState *s = step->u.row;

    for (unsigned i = 0; i < s->desc->count; i++) {
        s->values[i] = s->items[i].value;
        s->nulls[i] = s->items[i].is_null;
    }
    step->out->is_null = false;
    step->out->value = heap_to_record(heap_form(s->desc, s->values, s->nulls), s->desc);
}

void eval_field_select(const ExprStep *step)
{
    FieldState *s = step->u.field;
    const Column *column;
    HeapTuple tuple;

    if (step->out->is_null)
        return;
    open_row(step->out->value, &tuple, s);
    if (s->field > s->desc->count)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("attribute number %u exceeds number of columns %u", s->field,
                                     s->desc->count));
    column = &s->desc->columns[s->field - 1];
    if (column->is_dropped) {
        *step->out = (NullableDatum){.is_null = true};
        return;
    }
    if (column->type != s->type)
        err_raise(
            SQLSTATE_DATATYPE_MISMATCH, .message = err_fmt("attribute %u has wrong type", s->field),
            .detail = err_fmt("Table has type %s, but query expects %s.",
                              catalog_info()->type_name(column->type),
                              catalog_info()->type_name(s->type)));
    step->out->value = heap_get(&tuple, (int)s->field, s->desc, &step->out->is_null);
}

void eval_field_take_apart(const ExprStep *step)
{
    FieldStoreState *s = step->u.store;

    if (step->out->is_null) {
        memset(s->nulls, true, s->desc->count);
        memset(s->values, 0, s->desc->count * sizeof(Datum));
    } else {
        HeapTuple tuple;

        open_row(step->out->value, &tuple, NULL);
        heap_deform(&tuple, s->desc, s->values, s->nulls);
    }
    for (unsigned i = 0; i < s->desc->count; i++)
        s->columns[i] = (NullableDatum){.value = s->values[i], .is_null = s->nulls[i]};
}

void eval_field_store(const ExprStep *step)
{
    FieldStoreState *s = step->u.store;

    for (unsigned i = 0; i < s->desc->count; i++) {
        s->values[i] = s->columns[i].value;
        s->nulls[i] = s->columns[i].is_null;
    }
    step->out->is_null = false;
    step->out->value = heap_to_record(heap_form(s->desc, s->values, s->nulls), s->desc);
}

/* row IS NULL: each field is NULL; row IS NOT NULL: none is. Rows within rows are values. */
void eval_row_is_null(const ExprStep *step, bool wants_null)
{
    HeapTuple tuple;
    bool is_so = true;

    if (step->out->is_null) {
        *step->out = (NullableDatum){.value = datum_of_bool(wants_null)};
        return;
    }
    open_row(step->out->value, &tuple, step->u.field);
    for (unsigned i = 1; i <= step->u.field->desc->count && is_so; i++) {
        if (!step->u.field->desc->columns[i - 1].is_dropped)
            is_so = heap_is_null(&tuple, (int)i, step->u.field->desc) == wants_null;
    }
    *step->out = (NullableDatum){.value = datum_of_bool(is_so)};
}

/* A row of a subquery is of type record, whose number is known when the first one comes. */
void eval_whole_row(const ExprStep *step, EvalContext *c)
{
    Slot *slot = step->u.system.input == EXPR_INPUT_SCAN    ? c->scan
                 : step->u.system.input == EXPR_INPUT_INNER ? c->inner
                                                            : c->outer;
    TupleDesc *desc = step->u.system.desc;

    step->out->is_null = false;
    if (desc == NULL)
        desc = (TupleDesc *)(uintptr_t)slot->desc;
    if (desc->row_type == 2249 && desc->row_type_mod < 0)
        catalog_info()->register_row(desc);
    slot_need_all(slot);
    step->out->value = heap_to_record(heap_form(desc, slot->values, slot->nulls), desc);
}

void eval_min_max(const ExprStep *step)
{
    const MinMaxState *s = step->u.min_max;
    FmgrCall *call = s->call;

    *step->out = (NullableDatum){.is_null = true};
    for (unsigned i = 0; i < s->count; i++) {
        int32_t order;

        if (s->values[i].is_null)
            continue;
        if (step->out->is_null) {
            *step->out = s->values[i];
            continue;
        }
        call->args[0] = *step->out;
        call->args[1] = s->values[i];
        call->is_null = false;
        order = datum_i32(call->site->fn(call));
        if (!call->is_null && (s->is_least ? order > 0 : order < 0))
            *step->out = s->values[i];
    }
}

/* By way of text; an input function that is not strict sees NULLs too. */
void eval_io_coerce(const ExprStep *step)
{
    FmgrCall *out = step->u.io->out, *in = step->u.io->in;

    in->args[0] = (NullableDatum){.is_null = true};
    if (!step->out->is_null) {
        out->args[0] = *step->out;
        out->is_null = false;
        in->args[0] = (NullableDatum){.value = out->site->fn(out)};
        if (out->is_null)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("output function %u returned NULL", out->site->oid));
    } else if (in->site->strict) {
        return;
    }
    in->is_null = false;
    step->out->value = in->site->fn(in);
    step->out->is_null = in->is_null;
}

void eval_param_extern(const ExprStep *step, const EvalContext *c)
{
    const ExternParams *params = c->extern_params;
    int number = step->u.param.number;
    const ExternParam *param;

    if (params == NULL || number < 1 || (size_t)number > params->count)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("no value found for parameter %d", number));
    param = &params->params[number - 1];
    if (param->type != 0 && param->type != step->u.param.type)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("type of parameter %d (%u) does not match that when preparing "
                                     "the plan (%u)",
                                     number, param->type, step->u.param.type));
    *step->out = (NullableDatum){.value = param->value, .is_null = param->is_null};
}

/* A bit for each argument, the last one lowest: set when the row is not grouped by it. */
void eval_grouping(const ExprStep *step, const EvalContext *c)
{
    const List *columns = step->u.grouping.refs;
    int32_t bits = 0;

    for (int i = 0; i < list_count(columns); i++)
        bits = (int32_t)((uint32_t)bits << 1 |
                         (bitset_has(c->grouped, list_int_at(columns, i)) ? 0U : 1U));
    *step->out = (NullableDatum){.value = datum_of_i32(bits)};
}

void eval_raise_domain_null(const DomainState *s)
{
    err_raise(SQLSTATE_NOT_NULL_VIOLATION,
              .message = err_fmt("domain %s does not allow null values", s->domain),
              .schema = s->schema, .data_type = s->domain);
}

void eval_raise_domain_check(const DomainState *s)
{
    err_raise(SQLSTATE_CHECK_VIOLATION,
              .message = err_fmt("value for domain %s violates check constraint \"%s\"", s->domain,
                                 s->check),
              .schema = s->schema, .data_type = s->domain, .constraint = s->check);
}
