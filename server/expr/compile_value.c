/* compile_value.c - arrays, rows, their parts, and domains become steps. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/expr/expr_int.h"
#include "server/node/expr.h"

ArrayElement catalog_info_element(Oid type)
{
    TypeInfo info;

    catalog_info()->type(type, &info);
    return (ArrayElement){
        .type = type, .len = info.len, .by_value = info.by_value, .align = info.align};
}

void compile_array(ExprBuilder *b, const ArrayExpr *e, NullableDatum *out)
{
    ArrayState *s = mem_new(ArrayState);
    size_t room;
    unsigned i = 0;

    s->count = (unsigned)list_count(e->elements);
    room = s->count > 0 ? s->count : 1;
    s->element = catalog_info_element(e->element_type);
    s->items = mem_new_array(NullableDatum, room);
    s->values = mem_new_array(Datum, room);
    s->nulls = mem_new_array(bool, room);
    s->is_nested = e->is_nested;
    list_foreach(const Node *, item, e->elements)
        compile_value(b, item, &s->items[i++]);
    compile_step(b, OP_ARRAY, out)->u.array = s;
}

void compile_array_coerce(ExprBuilder *b, const ArrayCoerceExpr *e, NullableDatum *out)
{
    ArrayCoerceState *s = mem_new(ArrayCoerceState);
    TypeInfo to;
    const Node *element = e->element;

    compile_value(b, e->arg, out);
    catalog_info()->type(e->type, &to);
    s->to = catalog_info_element(to.element);
    /* A mere change of the type leaves the elements as they are. */
    while (node_is(element, RelabelType))
        element = ((const RelabelType *)(const void *)element)->arg;
    if (!node_is(element, CaseTestExpr))
        s->element = compile_inner(b, element, &s->test);
    compile_step(b, OP_ARRAY_COERCE, out)->u.array_coerce = s;
}

/* ---- Rows ---- */

static TupleDesc *anonymous_row(const RowExpr *e)
{
    unsigned count = (unsigned)list_count(e->args);
    TupleDesc *desc = tuple_desc_new(count);

    for (unsigned i = 0; i < count; i++) {
        const Node *arg = list_at(e->args, (int)i);
        Oid type = node_expr_type(arg);
        const char *name = mem_printf("f%u", i + 1);
        TypeInfo info;

        if (i < (unsigned)list_count(e->column_names))
            name = ((const String *)list_at(e->column_names, (int)i))->value;
        catalog_info()->type(type, &info);
        tuple_desc_set(desc, i + 1, name, type, info.len, info.by_value, info.align);
        desc->columns[i].type_mod = node_expr_typmod(arg);
        desc->columns[i].collation = node_expr_collation(arg);
        desc->columns[i].storage = info.storage;
    }
    desc->row_type = 2249;
    desc->row_type_mod = -1;
    catalog_info()->register_row(desc);
    tuple_desc_finish(desc);
    return desc;
}

void compile_row(ExprBuilder *b, const RowExpr *e, NullableDatum *out)
{
    RowState *s = mem_new(RowState);
    unsigned i = 0, count = (unsigned)list_count(e->args);

    s->desc = e->type == 2249 ? anonymous_row(e) : tuple_desc_copy(eval_row_desc(e->type, -1));
    if (count > s->desc->count)
        err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "ROW() has more columns than its type");
    s->items = mem_new_array(NullableDatum, s->desc->count + 1);
    s->values = mem_new_array(Datum, s->desc->count + 1);
    s->nulls = mem_new_array(bool, s->desc->count + 1);
    for (; i < s->desc->count; i++) {
        s->items[i].is_null = true;
        if (i < count && !s->desc->columns[i].is_dropped)
            compile_value(b, list_at(e->args, (int)i), &s->items[i]);
    }
    compile_step(b, OP_ROW, out)->u.row = s;
}

void compile_field_select(ExprBuilder *b, const FieldSelect *e, NullableDatum *out)
{
    FieldState *s = mem_new(FieldState);

    compile_value(b, e->arg, out);
    s->field = (unsigned)e->field;
    s->type = e->type;
    compile_step(b, OP_FIELD_SELECT, out)->u.field = s;
}

void compile_field_store(ExprBuilder *b, const FieldStore *e, NullableDatum *out)
{
    FieldStoreState *s = mem_new(FieldStoreState);
    NullableDatum *test_before = b->test_value;
    int i = 0;

    s->desc = tuple_desc_copy(eval_row_desc(e->type, -1));
    s->columns = mem_new_array(NullableDatum, s->desc->count + 1);
    s->values = mem_new_array(Datum, s->desc->count + 1);
    s->nulls = mem_new_array(bool, s->desc->count + 1);
    compile_value(b, e->arg, out);
    compile_step(b, OP_FIELD_TAKE_APART, out)->u.store = s;
    list_foreach(const Node *, value, e->values) {
        NullableDatum *column = &s->columns[list_int_at(e->fields, i++) - 1];

        /* A new value may be made of the old one, which it finds in place of a CaseTestExpr. */
        b->test_value = column;
        compile_value(b, value, column);
    }
    b->test_value = test_before;
    compile_step(b, OP_FIELD_STORE, out)->u.store = s;
}

void compile_convert_row(ExprBuilder *b, const ConvertRowtypeExpr *e, NullableDatum *out)
{
    (void)b;
    (void)e;
    (void)out;
    compile_raise_not_written("ConvertRowtypeExpr");
}

/* ---- Subscripts ---- */

static unsigned compile_subscripts(ExprBuilder *b, const List *list, NullableDatum *places,
                                   bool *there)
{
    unsigned count = 0;

    if (list_count(list) > ARRAY_DIMENSIONS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("number of array dimensions (%d) exceeds the maximum allowed "
                                     "(%d)",
                                     list_count(list), ARRAY_DIMENSIONS_MAX));
    list_foreach(const Node *, subscript, list) {
        there[count] = subscript != NULL;
        if (subscript != NULL)
            compile_value(b, subscript, &places[count]);
        count++;
    }
    return count;
}

/* The container has been evaluated to out. */
void compile_subscript(ExprBuilder *b, const SubscriptingRef *e, NullableDatum *out)
{
    SubscriptState *s = mem_new(SubscriptState);
    NullableDatum *test_before = b->test_value;
    unsigned skip = 0;
    TypeInfo container;

    catalog_info()->type(e->container_type, &container);
    if (!container.is_true_array && (container.len <= 0 || e->assigned != NULL))
        compile_raise_not_written("SubscriptingRef of what is no array");
    s->container_len = container.is_true_array ? (int16_t)0 : container.len;
    s->element = catalog_info_element(e->element_type);
    s->is_slice = e->lower != NULL;
    compile_value(b, e->container, out);
    if (e->assigned == NULL) {
        skip = compile_here(b);
        compile_step(b, OP_JUMP_IF_NULL, out);
    }
    s->upper_count = compile_subscripts(b, e->upper, s->upper, s->upper_there);
    s->lower_count = compile_subscripts(b, e->lower, s->lower, s->lower_there);
    if (e->assigned != NULL) {
        /* What nested assignments change is the old element, by a CaseTestExpr: not there yet. */
        if (node_is(e->assigned, FieldStore) || node_is(e->assigned, SubscriptingRef))
            compile_raise_not_written("SubscriptingRef that assigns to a part of an element");
        compile_value(b, e->assigned, &s->assigned);
    }
    b->test_value = test_before;
    compile_step(b, e->assigned != NULL ? OP_SUBSCRIPT_SET : OP_SUBSCRIPT, out)->u.subscript = s;
    if (e->assigned == NULL)
        compile_step_at(b, skip)->jump = compile_here(b);
}

/* ---- Domains ---- */

void compile_domain(ExprBuilder *b, const CoerceToDomain *e, NullableDatum *out)
{
    NullableDatum *value_before = b->domain_value, *value;
    DomainInfo *info = mem_new(DomainInfo);

    catalog_info()->domain(e->type, info);
    compile_value(b, e->arg, out);
    if (info->is_not_null) {
        DomainState *s = mem_new(DomainState);

        s->domain = info->name;
        s->schema = info->schema;
        compile_step(b, OP_DOMAIN_NOT_NULL, out)->u.domain = s;
    }
    if (info->check_count == 0)
        return;
    value = compile_place();
    compile_step(b, OP_COPY, value)->u.copy.from = out;
    b->domain_value = value;
    for (unsigned i = 0; i < info->check_count; i++) {
        DomainState *s = mem_new(DomainState);

        s->domain = info->name;
        s->schema = info->schema;
        s->check = info->checks[i].name;
        s->result = compile_place();
        compile_value(b, info->checks[i].expr, s->result);
        compile_step(b, OP_DOMAIN_CHECK, s->result)->u.domain = s;
    }
    b->domain_value = value_before;
}
