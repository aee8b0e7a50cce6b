/*
 * index_expr.c - what access/index has computed of rows: columns that are expressions, predicates,
 * and keys as texts
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/object_name.h"
#include "server/catalog/catalog_struct.h"
#include "server/executor/exec_index.h"
#include "server/executor/exec_install.h"
#include "server/expr/catalog_info.h"
#include "server/node/text_read.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/types/record.h"

typedef struct IndexExprs {
    EvalContext *eval;
    Slot *row;
    Expr *predicate;
    Expr *values;
    NullableDatum *places;
    unsigned count;
} IndexExprs;

static void *prepare(const Relation *table, const Relation *index)
{
    IndexExprs *x = mem_new(IndexExprs);
    const RelationIndex *of = index->index;
    ExprScope scope = {.scan_desc = table->desc};

    x->eval = eval_new();
    x->row = slot_new(tuple_desc_copy(table->desc));
    x->eval->scan = x->row;
    if (of->predicate != NULL) {
        const Node *tree = node_read_text(of->predicate);

        x->predicate = expr_compile_qual(tree, &scope);
    }
    if (of->expressions != NULL) {
        const List *list = node_read_text(of->expressions);

        x->count = (unsigned)list_count(list);
        x->places = mem_new_array(NullableDatum, x->count + 1);
        x->values = expr_compile_values(list, x->places, &scope);
    }
    return x;
}

static void set_row(IndexExprs *x, const Datum *row, const bool *row_nulls)
{
    eval_reset(x->eval);
    slot_clear(x->row);
    memcpy(x->row->values, row, x->row->desc->count * sizeof(Datum));
    memcpy(x->row->nulls, row_nulls, x->row->desc->count * sizeof(bool));
    slot_set_virtual(x->row);
}

static bool is_wanted(void *prepared, const Datum *row, const bool *row_nulls)
{
    IndexExprs *x = prepared;

    set_row(x, row, row_nulls);
    return expr_check(x->predicate, x->eval);
}

/* In the current context: entries are made of the values after other rows have come. */
static void compute(void *prepared, const Datum *row, const bool *row_nulls, Datum *values,
                    bool *nulls)
{
    IndexExprs *x = prepared;
    bool is_null;

    set_row(x, row, row_nulls);
    expr_eval_here(x->values, x->eval, &is_null);
    for (unsigned i = 0; i < x->count; i++) {
        values[i] = x->places[i].value;
        nulls[i] = x->places[i].is_null;
    }
}

/* ---- Keys as texts ---- */

static const char *text_of(Oid type, Datum value)
{
    FmgrSite *site = mem_new(FmgrSite);
    TypeInfo info;

    catalog_info()->type(type, &info);
    fmgr_site_init(site, info.output, mem_current());
    return datum_pointer(fmgr_call(site, 0, 1, &value));
}

/* Who may read the table, or all the columns of the key; what is computed shows all of a row. */
static bool may_see(const RelationIndex *of)
{
    Oid role = role_current();

    if (rights_has(PG_CLASS_CATALOG, of->table, role, RIGHT_SELECT))
        return true;
    for (unsigned i = 0; i < of->key_count; i++)
        if (of->columns[i] == 0 ||
            rights_of_column(of->table, of->columns[i], role, RIGHT_SELECT, false) == 0)
            return false;
    return true;
}

static const char *describe_key(const Relation *index, const Datum *values, const bool *nulls)
{
    const RelationIndex *of = index->index;
    StrBuf b;

    if (!may_see(of))
        return NULL;
    strbuf_init(&b);
    strbuf_add_char(&b, '(');
    for (unsigned i = 0; i < of->key_count; i++) {
        if (of->columns[i] == 0)
            return NULL;
        if (i > 0)
            strbuf_add(&b, ", ");
        strbuf_add(&b, name_quoted(index->desc->columns[i].name));
    }
    strbuf_add(&b, ")=(");
    for (unsigned i = 0; i < of->key_count; i++) {
        if (i > 0)
            strbuf_add(&b, ", ");
        strbuf_add(&b, nulls[i] ? "null" : text_of(of->input_types[i], values[i]));
    }
    strbuf_add_char(&b, ')');
    return b.text;
}

static const TupleDesc *row_desc(Oid type, int32_t typmod)
{
    return catalog_info()->row_desc(type, typmod);
}

void exec_install(void)
{
    static const IndexFunctions functions = {.prepare = prepare,
                                             .is_wanted = is_wanted,
                                             .compute = compute,
                                             .describe_key = describe_key,
                                             .schema_name = schema_name};

    index_set_functions(&functions);
    record_set_lookup(row_desc);
    record_set_register(catalog_info()->register_row);
}
