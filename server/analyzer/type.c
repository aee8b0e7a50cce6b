/*
 * type.c - types as they are written, to their numbers and modifiers; values of literals
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"
#include "server/parser/parser.h"

/* ---- Literals ---- */

Datum type_input(Oid type, const char *text, int32_t typmod)
{
    PgType row;
    FmgrSite site;
    Datum args[3];

    type_get(type, &row);
    if (!row.typisdefined)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("type %s is only a shell", type_shown(type)));
    fmgr_site_init(&site, row.typinput, mem_current());
    args[0] = datum_of_pointer(text);
    args[1] = datum_of_u32(row.typelem != 0 ? row.typelem : type);
    args[2] = datum_of_i32(typmod);
    return fmgr_call(&site, 0, 3, args);
}

/* ---- Names ---- */

char *analyzer_type_text(const TypeName *name)
{
    StrBuf text;

    strbuf_init(&text);
    strbuf_add(&text, namespace_text(name->names));
    if (name->is_reference)
        strbuf_add(&text, "%TYPE");
    if (name->array_bounds != NULL)
        strbuf_add(&text, "[]");
    return text.text;
}

static Oid column_type(const Scope *scope, Oid relation, const RangeVar *var, const char *column,
                       int location)
{
    Relation *rel = relation_pin_existing(relation);
    int attno = relation_attno(rel, column, true);
    Oid type;

    if (attno == 0)
        scope_fail(scope, location, SQLSTATE_UNDEFINED_COLUMN,
                   .message = err_fmt("column \"%s\" of relation \"%s\" does not exist", column,
                                      var->relation));
    type = attno < 0 ? system_column_type(attno) : rel->desc->columns[attno - 1].type;
    relation_unpin(rel);
    return type;
}

/* t.a%TYPE */
static Oid referenced_type(const Scope *scope, const TypeName *name, bool is_missing_ok)
{
    int count = list_count(name->names);
    RangeVar *var;
    Oid relation, type;

    if (count < 2 || count > 4)
        scope_fail(scope, name->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("improper %%TYPE reference (too %s dotted names): %s",
                                      count < 2 ? "few" : "many", namespace_text(name->names)));
    var = node_new(RangeVar);
    var->persistence = 'p';
    var->relation = ((const String *)list_at(name->names, count - 2))->value;
    if (count > 2)
        var->schema = ((const String *)list_at(name->names, count - 3))->value;
    if (count > 3)
        var->catalog = ((const String *)list_at(name->names, 0))->value;
    relation = namespace_relation(var, is_missing_ok);
    if (relation == 0)
        return 0;
    type = column_type(scope, relation, var, ((const String *)list_last(name->names))->value,
                       name->loc);
    err_log(ERR_NOTICE, .message = err_fmt("type reference %s converted to %s",
                                           analyzer_type_text(name), type_shown(type)));
    return type;
}

typedef struct SchemaCall {
    const char *schema;
    bool is_missing_ok;
    Oid result;
} SchemaCall;

static void call_schema(void *arg)
{
    SchemaCall *call = arg;

    call->result = namespace_explicit(call->schema, call->is_missing_ok);
}

static Oid type_in_schema(const Scope *scope, const TypeName *type, const char *schema,
                          const char *name, bool is_missing_ok)
{
    SchemaCall call = {.schema = schema, .is_missing_ok = is_missing_ok};
    const HeapTuple *row;
    Oid in;

    scope_call_at(scope, type->loc, call_schema, &call);
    in = call.result;
    if (in == 0 || strlen(name) >= NAME_SIZE)
        return 0;
    row = syscache_peek2(CACHE_TYPENAMENSP, datum_of_pointer(name), datum_of_u32(in));
    return row == NULL ? 0 : CACHE_ROW(PgType, row)->oid;
}

static Oid find_number(const Scope *scope, const TypeName *name, bool is_missing_ok)
{
    const char *schema, *last;
    Oid type;

    if (name->is_reference) {
        type = referenced_type(scope, name, is_missing_ok);
    } else {
        namespace_split(name->names, &schema, &last);
        type = schema != NULL ? type_in_schema(scope, name, schema, last, is_missing_ok)
                              : namespace_find_type(last);
    }
    if (type != 0 && name->array_bounds != NULL)
        type = type_array(type);
    return type;
}

/* ---- Modifiers ---- */

static const char *modifier_text(const Scope *scope, const Node *modifier, int location)
{
    if (node_is(modifier, RawConst)) {
        const RawConst *constant = (const RawConst *)(const void *)modifier;

        if (constant->kind == CONST_INT)
            return mem_printf("%d", constant->number);
        if (constant->kind == CONST_FLOAT || constant->kind == CONST_STRING)
            return constant->value;
    } else if (node_is(modifier, ColumnRef)) {
        const ColumnRef *ref = (const ColumnRef *)(const void *)modifier;

        if (list_count(ref->fields) == 1 && node_is(list_at(ref->fields, 0), String))
            return ((const String *)list_at(ref->fields, 0))->value;
    }
    scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
               .message = "type modifiers must be simple constants or identifiers");
}

/* An array of cstring, as functions that read modifiers take it. */
static Datum modifier_array(const Scope *scope, const TypeName *name)
{
    StrBuf items;
    uint8_t *array;
    size_t size;

    strbuf_init(&items);
    list_foreach(const Node *, modifier, name->typmods) {
        strbuf_add(&items, modifier_text(scope, modifier, name->loc));
        strbuf_add_char(&items, '\0');
    }
    size = 24 + items.len;
    array = mem_alloc(size);
    varlena_set_size(array, size);
    store_u32(array + 4, 1);
    store_u32(array + 12, TYPE_CSTRING);
    store_u32(array + 16, (uint32_t)list_count(name->typmods));
    store_u32(array + 20, 1);
    memcpy(array + 24, items.text, items.len);
    return datum_of_pointer(array);
}

typedef struct ModifierCall {
    Oid function;
    Datum array;
    int32_t result;
} ModifierCall;

static void call_modifier(void *arg)
{
    ModifierCall *call = arg;
    FmgrSite site;

    fmgr_site_init(&site, call->function, mem_current());
    call->result = datum_i32(fmgr_call(&site, 0, 1, &call->array));
}

static int32_t modifier_of(const Scope *scope, const TypeName *name, const PgType *row)
{
    ModifierCall call = {.function = row->typmodin};

    if (name->typmods == NULL)
        return name->typmod;
    if (!row->typisdefined)
        scope_fail(scope, name->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("type modifier cannot be specified for shell type \"%s\"",
                                      analyzer_type_text(name)));
    if (row->typmodin == 0)
        scope_fail(scope, name->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("type modifier is not allowed for type \"%s\"",
                                      analyzer_type_text(name)));
    call.array = modifier_array(scope, name);
    scope_call_at(scope, name->loc, call_modifier, &call);
    return call.result;
}

/* ---- Together ---- */

static Oid find_with_modifier(const Scope *scope, const TypeName *name, bool is_missing_ok,
                              int32_t *typmod)
{
    Oid type = find_number(scope, name, is_missing_ok);
    PgType row;

    *typmod = -1;
    if (type == 0 || !type_find(type, &row))
        return 0;
    *typmod = modifier_of(scope, name, &row);
    return type;
}

Oid type_find_name(const Scope *scope, const TypeName *name, int32_t *typmod)
{
    return find_with_modifier(scope, name, true, typmod);
}

Oid type_of_name(const Scope *scope, const TypeName *name, int32_t *typmod)
{
    int32_t ignored;
    Oid type = find_with_modifier(scope, name, false, typmod == NULL ? &ignored : typmod);
    PgType row;

    if (type == 0)
        scope_fail(scope, name->loc, SQLSTATE_UNDEFINED_OBJECT,
                   .message = err_fmt("type \"%s\" does not exist", analyzer_type_text(name)));
    type_get(type, &row);
    if (!row.typisdefined)
        scope_fail(scope, name->loc, SQLSTATE_UNDEFINED_OBJECT,
                   .message = err_fmt("type \"%s\" is only a shell", analyzer_type_text(name)));
    return type;
}

static Scope *scope_of_text(const char *text)
{
    Analysis *all = mem_new(Analysis);

    all->text = text;
    return scope_new(NULL, all);
}

Oid analyzer_type(const TypeName *name, const char *text, int32_t *typmod)
{
    return type_of_name(scope_of_text(text), name, typmod);
}

Oid analyzer_find_type(const TypeName *name, const char *text, int32_t *typmod)
{
    return type_find_name(scope_of_text(text), name, typmod);
}

static const char *type_context(void *text)
{
    return err_fmt("invalid type name \"%s\"", (const char *)text);
}

static _Noreturn void raise_type_text(const char *text)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = err_fmt("invalid type name \"%s\"", text));
}

static const TypeName *parse_type(const char *text)
{
    ErrContext context = {.describe = type_context, .arg = (void *)(uintptr_t)text};
    const List *trees;

    if (text[strspn(text, " \t\n\r\f\v")] == '\0')
        raise_type_text(text);
    err_context_push(&context);
    trees = parser_parse(text, PARSE_TYPE_NAME, (Encoding)namespace_get_encoding());
    err_context_pop(&context);
    return list_at(trees, 0);
}

Oid analyzer_type_of_text(const char *text, bool is_missing_ok, int32_t *typmod)
{
    const TypeName *name = parse_type(text);

    if (name->is_setof)
        raise_type_text(text);
    return is_missing_ok ? analyzer_find_type(name, NULL, typmod)
                         : analyzer_type(name, NULL, typmod);
}

/* ---- Collations ---- */

typedef struct CollationCall {
    const List *name;
    Oid result;
} CollationCall;

static void call_collation(void *arg)
{
    CollationCall *call = arg;

    call->result = namespace_collation(call->name, false);
}

Oid collation_of_clause(const Scope *scope, const CollateClause *clause)
{
    CollationCall call = {.name = clause->name};

    scope_call_at(scope, clause->loc, call_collation, &call);
    return call.result;
}

Oid column_definition_collation(const Scope *scope, const ColumnDef *column, Oid type)
{
    Oid of_type = type_collation(type), collation = of_type;
    int location = column->loc;

    if (column->collation != NULL) {
        collation = collation_of_clause(scope, column->collation);
        location = column->collation->loc;
    }
    if (collation != 0 && of_type == 0)
        scope_fail(scope, location, SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("collations are not supported by type %s", type_shown(type)));
    return collation;
}

Oid analyzer_column_collation(const ColumnDef *column, Oid type, const char *text)
{
    return column_definition_collation(scope_of_text(text), column, type);
}
