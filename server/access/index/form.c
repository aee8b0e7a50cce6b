/* form.c - the entry of a row in an index; index.h has the how. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index_int.h"

static IndexFunctions functions;

void index_set_functions(const IndexFunctions *f)
{
    functions = *f;
}

const IndexFunctions *index_functions(void)
{
    return &functions;
}

IndexForm *index_form_new(const Relation *table, const Relation *index)
{
    IndexForm *form = mem_new(IndexForm);
    const RelationIndex *of = index->index;

    form->column_count = of->column_count;
    form->has_predicate = of->predicate != NULL;
    form->has_expressions = of->expressions != NULL;
    form->column_max = 0;
    for (unsigned i = 0; i < of->column_count; i++) {
        if (of->columns[i] < 0)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("index \"%s\" is on a system column", index->name));
        form->columns[i] = (uint16_t)of->columns[i];
        form->column_max = (unsigned)size_max(form->column_max, form->columns[i]);
    }
    if (form->has_predicate || form->has_expressions) {
        if (functions.prepare == NULL)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "expressions and predicates of indexes cannot be computed here");
        form->prepared = functions.prepare(table, index);
        form->column_max = table->desc->count;
    }
    return form;
}

unsigned index_form_column_max(const IndexForm *form)
{
    return form->column_max;
}

bool index_form_wants(IndexForm *form, const Datum *row, const bool *row_nulls)
{
    return !form->has_predicate || functions.is_wanted(form->prepared, row, row_nulls);
}

void index_form_values(IndexForm *form, const Datum *row, const bool *row_nulls, Datum *values,
                       bool *nulls)
{
    Datum computed[INDEX_COLUMNS_MAX];
    bool computed_nulls[INDEX_COLUMNS_MAX];
    unsigned next = 0;

    if (form->has_expressions)
        functions.compute(form->prepared, row, row_nulls, computed, computed_nulls);
    for (unsigned i = 0; i < form->column_count; i++) {
        if (form->columns[i] != 0) {
            values[i] = row[form->columns[i] - 1];
            nulls[i] = row_nulls[form->columns[i] - 1];
        } else {
            values[i] = computed[next];
            nulls[i] = computed_nulls[next++];
        }
    }
}

void index_describe_key(const Relation *table, const Relation *index, const IndexTuple *tuple,
                        const char *what, BtreeConflict *out)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];

    index_deform(tuple, index->index->btree.keys.desc, values, nulls);
    index_describe_values(table, index, values, nulls, what, out);
}

void index_describe_values(const Relation *table, const Relation *index, const Datum *values,
                           const bool *nulls, const char *what, BtreeConflict *out)
{
    const char *key = NULL;

    if (functions.describe_key != NULL)
        key = functions.describe_key(index, values, nulls);
    if (key != NULL)
        out->detail = err_fmt("Key %s %s.", key, what);
    index_describe_table(table, out);
}

void index_describe_table(const Relation *table, BtreeConflict *out)
{
    if (functions.schema_name != NULL)
        out->schema = functions.schema_name(table->schema);
    out->table = table->name;
}
