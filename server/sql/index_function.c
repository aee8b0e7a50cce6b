/*
 * index_function.c - what indexes ask of a row: is it wanted, the values of expressions, and how a
 * key is shown when it is there already
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/object_name.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/text_read.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sql/sql_int.h"
#include "server/sql/type_io.h"

typedef struct IndexExprs {
    Slot *row;
    EvalContext *context;
    Expr *predicate; /* NULL: all rows are wanted */
    unsigned count;
    Expr **exprs;
} IndexExprs;

static void set_row(IndexExprs *x, const Datum *row, const bool *row_nulls);
static bool may_see(const Relation *index);
static void add_value(StrBuf *out, Oid type, Datum value);

static void *prepare(const Relation *table, const Relation *index)
{
    IndexExprs *x = mem_new(IndexExprs);
    const ExprScope scope = {.scan_desc = table->desc};
    const RelationIndex *i = index->index;

    x->row = slot_new(table->desc);
    x->context = eval_new();
    x->context->scan = x->row;
    if (i->predicate != NULL)
        x->predicate = expr_compile_qual(node_read_text(i->predicate), &scope);
    if (i->expressions != NULL) {
        const List *list = node_read_text(i->expressions);

        x->count = (unsigned)list_count(list);
        x->exprs = mem_new_array(Expr *, x->count);
        for (unsigned n = 0; n < x->count; n++)
            x->exprs[n] = expr_compile(list_at(list, (int)n), &scope);
    }
    return x;
}

static bool is_wanted(void *prepared, const Datum *row, const bool *row_nulls)
{
    IndexExprs *x = prepared;
    bool is_null, is_true;

    if (x->predicate == NULL)
        return true;
    set_row(x, row, row_nulls);
    is_true = datum_bool(expr_eval(x->predicate, x->context, &is_null)) && !is_null;
    eval_reset(x->context);
    return is_true;
}

static void compute(void *prepared, const Datum *row, const bool *row_nulls, Datum *values,
                    bool *nulls)
{
    IndexExprs *x = prepared;

    set_row(x, row, row_nulls);
    x->context->row_mem = mem_current();
    for (unsigned n = 0; n < x->count; n++)
        values[n] = expr_eval(x->exprs[n], x->context, &nulls[n]);
}

static void set_row(IndexExprs *x, const Datum *row, const bool *row_nulls)
{
    memcpy(x->row->values, row, x->row->desc->count * sizeof(Datum));
    memcpy(x->row->nulls, row_nulls, x->row->desc->count * sizeof(bool));
    slot_set_virtual(x->row);
}

/* "(a, b)=(1, 2)" */
static const char *describe_key(const Relation *index, const Datum *values, const bool *nulls)
{
    const RelationIndex *i = index->index;
    StrBuf out;

    if (!may_see(index))
        return NULL;
    strbuf_init(&out);
    strbuf_add_char(&out, '(');
    for (unsigned n = 0; n < i->key_count; n++)
        strbuf_add_fmt(&out, "%s%s", n == 0 ? "" : ", ",
                       name_quoted(index->desc->columns[n].name));
    strbuf_add(&out, ")=(");
    for (unsigned n = 0; n < i->key_count; n++) {
        if (n > 0)
            strbuf_add(&out, ", ");
        if (nulls[n])
            strbuf_add(&out, "null");
        else
            add_value(&out, index->desc->columns[n].type, values[n]);
    }
    strbuf_add_char(&out, ')');
    return out.text;
}

/* Who may read the table, or all the columns; what expressions hide is for the former alone. */
static bool may_see(const Relation *index)
{
    const RelationIndex *i = index->index;
    Oid role = role_current();

    for (unsigned n = 0; n < i->key_count; n++)
        if (i->columns[n] == 0)
            return false; /* its text is not known here yet */
    if (rights_has(PG_CLASS_CATALOG, i->table, role, RIGHT_SELECT))
        return true;
    for (unsigned n = 0; n < i->key_count; n++)
        if (rights_of_column(i->table, i->columns[n], role, RIGHT_SELECT, false) == 0)
            return false;
    return true;
}

static void add_value(StrBuf *out, Oid type, Datum value)
{
    FmgrSite *site = type_io_output(type_io(type));

    strbuf_add(out, datum_pointer(fmgr_call(site, 0, 1, &value)));
}

const IndexFunctions sql_index_functions = {
    .prepare = prepare,
    .is_wanted = is_wanted,
    .compute = compute,
    .describe_key = describe_key,
};
