/* index_keys.c - the conditions of index scans, from expressions to values. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_index.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"

struct ExecIndexValue {
    Expr *expr; /* NULL: a constant, or a test for NULL */
    ArrayElement element;
    IndexArray *array; /* not NULL: is_array */
};

static void init_key(ExecNode *n, ExecIndexKeys *k, unsigned i, const IndexKey *key)
{
    struct ExecIndexValue *value = &k->values[i];
    ExprScope scope = exec_scope(n);

    if (key->strategy == SCAN_IS_NULL || key->strategy == SCAN_IS_NOT_NULL) {
        scan_key_init_null_test(&k->keys[i], (int16_t)key->column, key->strategy == SCAN_IS_NULL);
        return;
    }
    scan_key_init(&k->keys[i], (int16_t)key->column, (ScanStrategy)key->strategy, key->compare,
                  key->collation, 0);
    if (key->is_array) {
        TypeInfo type;

        catalog_info()->type(node_expr_type(key->value), &type);
        value->element = catalog_info_element(type.element);
        value->array = &k->arrays[k->array_count++];
        value->array->key = i;
    }
    if (node_is(key->value, Const) && !key->is_array) {
        const Const *constant = (const Const *)(const void *)key->value;

        k->keys[i].argument = constant->value;
        k->keys[i].is_null = constant->is_null;
        return;
    }
    value->expr = expr_compile(key->value, &scope);
    k->is_constant = k->is_constant && node_is(key->value, Const);
}

void exec_index_keys_init(ExecNode *n, ExecIndexKeys *k, const List *list)
{
    unsigned i = 0;

    k->count = (unsigned)list_count(list);
    k->keys = mem_new_array(ScanKey, k->count + 1);
    k->values = mem_new_array(struct ExecIndexValue, k->count + 1);
    k->arrays = mem_new_array(IndexArray, k->count + 1);
    k->eval = exec_new_eval(n->exec);
    k->is_constant = true;
    list_foreach(const IndexKey *, key, list)
        init_key(n, k, i++, key);
    /* What is never to be computed again is not computed again only if there was a first time. */
    if (k->is_constant) {
        k->is_constant = false;
        exec_index_keys_evaluate(k);
        k->is_constant = true;
    }
}

/* The values of an array but its NULLs. */
static void take_array(struct ExecIndexValue *v, Datum array)
{
    ArrayView view;
    Datum *values;
    bool *nulls;
    unsigned count = 0;

    array_open(varlena_plain(datum_varlena(array)), &view);
    array_take_apart(&view, &v->element, &values, &nulls);
    for (size_t i = 0; i < view.count; i++) {
        if (!nulls[i])
            values[count++] = values[i];
    }
    v->array->values = values;
    v->array->count = count;
}

void exec_index_keys_evaluate(ExecIndexKeys *k)
{
    if (k->is_constant)
        return;
    eval_reset(k->eval);
    k->is_empty = false;
    for (unsigned i = 0; i < k->count; i++) {
        struct ExecIndexValue *v = &k->values[i];
        bool is_null = k->keys[i].is_null;
        Datum value = k->keys[i].argument;

        if (v->expr != NULL)
            value = expr_eval(v->expr, k->eval, &is_null);
        if (v->array != NULL) {
            v->array->count = 0;
            if (!is_null) {
                MEM_SCOPE(k->eval->row_mem) {
                    take_array(v, value);
                }
            }
            is_null = v->array->count == 0;
        } else if (v->expr != NULL) {
            k->keys[i].argument = value;
            k->keys[i].is_null = is_null;
        }
        k->is_empty = k->is_empty || is_null;
    }
}
