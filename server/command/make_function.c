/* make_function.c - put a function into pg_proc, or another in its place */
#include "common/base/base.h"

#include "server/command/make_function.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/object_name.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/fmgr.h"
#include "server/lock/lock_object.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"
#include "server/object/acl_new.h"
#include "server/object/rights.h"
#include "server/types/acl.h"
#include "server/types/vector.h"

int function_input_types(const FunctionMake *make, Oid *types)
{
    int count = 0;

    for (int i = 0; i < make->param_count; i++)
        if (make->params[i].mode != 'o' && make->params[i].mode != 't')
            types[count++] = make->params[i].type;
    return count;
}

/* ---- Columns of the row ---- */

static bool has_outputs(const FunctionMake *make)
{
    for (int i = 0; i < make->param_count; i++)
        if (make->params[i].mode != 'i')
            return true;
    return false;
}

static void set_array(CatalogRow *row, int column, const ArrayElement *element,
                      const Datum *values, int count)
{
    catalog_set(row, column,
                datum_of_pointer(array_make_list(element, values, NULL, (size_t)count)));
}

/* All types and modes where some are OUT; names where some have one. */
static void fill_all_params(CatalogRow *row, const FunctionMake *make)
{
    static const ArrayElement oid = {.type = TYPE_OID, .len = 4, .by_value = true, .align = 'i'};
    static const ArrayElement one = {.type = TYPE_CHAR, .len = 1, .by_value = true, .align = 'c'};
    static const ArrayElement text = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    Datum *types = mem_new_array(Datum, (size_t)make->param_count + 1);
    Datum *modes = mem_new_array(Datum, (size_t)make->param_count + 1);
    Datum *names = mem_new_array(Datum, (size_t)make->param_count + 1);
    bool has_name = false;

    for (int i = 0; i < make->param_count; i++) {
        const FunctionParam *p = &make->params[i];

        types[i] = datum_of_u32(p->type);
        modes[i] = datum_of_char(p->mode);
        names[i] = datum_of_pointer(varlena_new(p->name, strlen(p->name)));
        has_name |= *p->name != '\0';
    }
    if (has_outputs(make)) {
        set_array(row, PG_PROC_COL_PROALLARGTYPES, &oid, types, make->param_count);
        set_array(row, PG_PROC_COL_PROARGMODES, &one, modes, make->param_count);
    }
    if (has_name)
        set_array(row, PG_PROC_COL_PROARGNAMES, &text, names, make->param_count);
}

static Oid variadic_type(const FunctionMake *make)
{
    for (int i = 0; i < make->param_count; i++) {
        Oid type = make->params[i].type;

        if (make->params[i].mode != 'v')
            continue;
        switch (type) {
        case TYPE_ANY:
            return TYPE_ANY;
        case TYPE_ANYARRAY:
            return TYPE_ANYELEMENT;
        case TYPE_ANYCOMPATIBLEARRAY:
            return TYPE_ANYCOMPATIBLE;
        default:
            return type_element(type);
        }
    }
    return 0;
}

static List *defaults_of(const FunctionMake *make)
{
    List *defaults = NULL;

    for (int i = 0; i < make->param_count; i++)
        if (make->params[i].default_value != NULL)
            defaults = list_add(defaults, make->params[i].default_value);
    return defaults;
}

static void fill(CatalogRow *row, const FunctionMake *make)
{
    Oid *types = mem_new_array(Oid, (size_t)make->param_count + 1);
    int count = function_input_types(make, types);
    List *defaults = defaults_of(make);

    catalog_row_init(row);
    catalog_set_name(row, PG_PROC_COL_PRONAME, make->name);
    catalog_set_u32(row, PG_PROC_COL_PRONAMESPACE, make->schema);
    catalog_set_u32(row, PG_PROC_COL_PROLANG, make->language);
    catalog_set(row, PG_PROC_COL_PROCOST, datum_of_f4((float)make->cost));
    catalog_set(row, PG_PROC_COL_PROROWS, datum_of_f4((float)make->rows));
    catalog_set_u32(row, PG_PROC_COL_PROVARIADIC, variadic_type(make));
    catalog_set_u32(row, PG_PROC_COL_PROSUPPORT, 0);
    catalog_set_char(row, PG_PROC_COL_PROKIND, make->kind);
    catalog_set_bool(row, PG_PROC_COL_PROSECDEF, make->is_definer);
    catalog_set_bool(row, PG_PROC_COL_PROLEAKPROOF, make->is_leakproof);
    catalog_set_bool(row, PG_PROC_COL_PROISSTRICT, make->is_strict);
    catalog_set_bool(row, PG_PROC_COL_PRORETSET, make->returns_set);
    catalog_set_char(row, PG_PROC_COL_PROVOLATILE, make->volatility);
    catalog_set_char(row, PG_PROC_COL_PROPARALLEL, make->parallel);
    catalog_set_i16(row, PG_PROC_COL_PRONARGS, (int16_t)count);
    catalog_set_i16(row, PG_PROC_COL_PRONARGDEFAULTS, (int16_t)list_count(defaults));
    catalog_set_u32(row, PG_PROC_COL_PRORETTYPE, make->result);
    catalog_set(row, PG_PROC_COL_PROARGTYPES, vector_of_oids(types, count));
    fill_all_params(row, make);
    if (defaults != NULL)
        catalog_set_text(row, PG_PROC_COL_PROARGDEFAULTS, node_write_text(defaults));
    catalog_set_text(row, PG_PROC_COL_PROSRC, make->source);
    if (make->library != NULL)
        catalog_set_text(row, PG_PROC_COL_PROBIN, make->library);
    if (make->body != NULL)
        catalog_set_text(row, PG_PROC_COL_PROSQLBODY, node_write_text(make->body));
    if (make->has_config)
        catalog_set(row, PG_PROC_COL_PROCONFIG, make->config);
}

/* ---- One that is there ---- */

static const HeapTuple *find_old(const FunctionMake *make)
{
    Oid *types = mem_new_array(Oid, (size_t)make->param_count + 1);
    int count = function_input_types(make, types);

    return syscache_pin3(CACHE_PROCNAMEARGSNSP, datum_of_pointer(make->name),
                         vector_of_oids(types, count), datum_of_u32(make->schema));
}

static const char *drop_hint(const FunctionMake *make)
{
    const HeapTuple *old = find_old(make);
    Oid oid = CACHE_ROW(PgProc, old)->oid;

    syscache_unpin(old);
    return err_fmt("Use DROP %s %s first.", make->kind == 'p' ? "PROCEDURE" : "FUNCTION",
                   function_shown(oid));
}

static const char *kind_text(char kind)
{
    switch (kind) {
    case 'p':
        return "procedure";
    case 'a':
        return "aggregate function";
    case 'w':
        return "window function";
    default:
        return "function";
    }
}

static bool is_output(char mode)
{
    return mode == 'o' || mode == 'b' || mode == 't';
}

/* The same columns, by name and type, as OUT parameters give them. */
static bool has_same_row(const FunctionMake *make, const ProcArgs *old)
{
    int at = 0;

    for (int i = 0; i < make->param_count; i++) {
        const FunctionParam *p = &make->params[i];

        if (!is_output(p->mode))
            continue;
        while (at < old->all_count && (old->modes == NULL || !is_output(old->modes[at])))
            at++;
        if (at == old->all_count || old->types[at] != p->type ||
            strcmp(old->names == NULL || old->names[at] == NULL ? "" : old->names[at], p->name) !=
                0)
            return false;
        at++;
    }
    while (at < old->all_count && (old->modes == NULL || !is_output(old->modes[at])))
        at++;
    return at == old->all_count;
}

/* Callers by name, and those that leave out what has a default, must go on to work. */
static void check_params(const FunctionMake *make, const ProcArgs *old, const char *old_defaults)
{
    const List *before = old_defaults == NULL ? NULL : node_read_text(old_defaults);
    const List *now = defaults_of(make);
    int gone = list_count(now) - list_count(before);
    int k = 0;

    for (int i = 0; i < make->param_count; i++) {
        char mode = make->params[i].mode;

        if (mode == 'o' || mode == 't')
            continue;
        while (k < old->all_count && old->modes != NULL &&
               (old->modes[k] == 'o' || old->modes[k] == 't'))
            k++;
        if (old->names != NULL && k < old->all_count && old->names[k] != NULL &&
            *old->names[k] != '\0' && strcmp(old->names[k], make->params[i].name) != 0)
            err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                      .message = err_fmt("cannot change name of input parameter \"%s\"",
                                         old->names[k]),
                      .hint = drop_hint(make));
        k++;
    }
    if (gone < 0)
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message = "cannot remove parameter defaults from existing function",
                  .hint = drop_hint(make));
    list_foreach(const Node *, value, before) {
        if (node_expr_type(value) != node_expr_type(list_at(now, gone + value_i)))
            err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                      .message = "cannot change data type of existing parameter default value",
                      .hint = drop_hint(make));
    }
}

static void check_replace(const FunctionMake *make, const HeapTuple *old)
{
    const PgProc *row = CACHE_ROW(PgProc, old);
    ProcArgs args;

    if (!make->is_replace)
        err_raise(SQLSTATE_DUPLICATE_FUNCTION,
                  .message = err_fmt("function \"%s\" already exists with same argument types",
                                     make->name));
    rights_require_owner(PG_PROC_CATALOG, row->oid, make->owner);
    lock_object(PG_PROC_CATALOG, row->oid, 0, LOCK_ACCESS_EXCLUSIVE);
    if (row->prokind != make->kind)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = "cannot change routine kind",
                  .detail = err_fmt("\"%s\" is %s %s.", make->name,
                                    row->prokind == 'a' ? "an" : "a", kind_text(row->prokind)));
    if (row->prorettype != make->result || row->proretset != make->returns_set)
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message = make->kind == 'p'
                                 ? "cannot change whether a procedure has output parameters"
                                 : "cannot change return type of existing function",
                  .hint = drop_hint(make));
    proc_row_args(old, &args);
    if (make->result == TYPE_RECORD && !has_same_row(make, &args))
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message = "cannot change return type of existing function",
                  .detail = "Row type defined by OUT parameters is different.",
                  .hint = drop_hint(make));
    check_params(make, &args, proc_row_defaults(old));
}

/* What is not set anew must not stay from before. */
static void clear_optional(CatalogRow *row)
{
    static const int columns[] = {PG_PROC_COL_PROALLARGTYPES, PG_PROC_COL_PROARGMODES,
                                  PG_PROC_COL_PROARGNAMES,    PG_PROC_COL_PROARGDEFAULTS,
                                  PG_PROC_COL_PROTRFTYPES,    PG_PROC_COL_PROBIN,
                                  PG_PROC_COL_PROSQLBODY,     PG_PROC_COL_PROCONFIG};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        if (!row->replaces[columns[i] - 1])
            catalog_set_null(row, columns[i]);
}

static Oid update(const FunctionMake *make, const HeapTuple *old)
{
    CatalogChange *change;
    Oid oid = CACHE_ROW(PgProc, old)->oid;
    const ObjectAddress who = object_address(PG_PROC_CATALOG, oid);
    CatalogRow row;

    check_replace(make, old);
    change = catalog_change_begin(PG_PROC_CATALOG);
    fill(&row, make);
    clear_optional(&row);
    catalog_update(change, old, &row);
    catalog_change_end(change);
    syscache_unpin(old);
    depend_forget(&who);
    return oid;
}

static Oid insert(const FunctionMake *make, Acl *acl, bool has_list)
{
    CatalogChange *change = catalog_change_begin(PG_PROC_CATALOG);
    Oid oid = catalog_new_oid(PG_PROC_CATALOG, PG_PROC_OID_INDEX, PG_PROC_COL_OID);
    CatalogRow row;

    fill(&row, make);
    catalog_set_u32(&row, PG_PROC_COL_OID, oid);
    catalog_set_u32(&row, PG_PROC_COL_PROOWNER, make->owner);
    if (has_list)
        catalog_set(&row, PG_PROC_COL_PROACL, acl_to_datum(acl));
    catalog_insert(change, &row);
    catalog_change_end(change);
    return oid;
}

static void note_dependencies(const FunctionMake *make, Oid oid)
{
    const ObjectAddress who = object_address(PG_PROC_CATALOG, oid);
    List *defaults = defaults_of(make);
    ObjectList on;

    object_list_init(&on);
    object_list_add(&on, PG_NAMESPACE_CATALOG, make->schema, 0);
    object_list_add(&on, PG_LANGUAGE_CATALOG, make->language, 0);
    object_list_add(&on, PG_TYPE_CATALOG, make->result, 0);
    for (int i = 0; i < make->param_count; i++)
        object_list_add(&on, PG_TYPE_CATALOG, make->params[i].type, 0);
    depend_note_list(&who, &on, DEPEND_NORMAL);
    if (make->body != NULL)
        depend_note_expr(&who, make->body, NULL, DEPEND_NORMAL);
    if (defaults != NULL)
        depend_note_expr(&who, (const Node *)(const void *)defaults, NULL, DEPEND_NORMAL);
}

Oid function_make(const FunctionMake *make)
{
    const HeapTuple *old = find_old(make);
    bool has_list;
    Oid oid;
    Acl acl;

    if (old != NULL) {
        oid = update(make, old);
        note_dependencies(make, oid);
        return oid;
    }
    has_list = acl_of_new(RIGHTS_OF_FUNCTION, make->owner, make->schema, &acl);
    oid = insert(make, &acl, has_list);
    note_dependencies(make, oid);
    depend_note_owner(PG_PROC_CATALOG, oid, make->owner);
    depend_change_acl(PG_PROC_CATALOG, oid, 0, make->owner, NULL, has_list ? &acl : NULL);
    return oid;
}
