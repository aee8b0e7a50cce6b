/* make_type.c - rows of pg_type: types of relations and others, and their array types */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/node/text_write.h"
#include "server/object/acl_new.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

/* Functions of array types. */
#define ARRAY_IN                750
#define ARRAY_OUT               751
#define ARRAY_RECV              2400
#define ARRAY_SEND              2401
#define ARRAY_ANALYZE           3816
#define ARRAY_SUBSCRIPT_HANDLER 6179

static void fill_row(CatalogRow *row, const TypeMake *make, Oid oid);
static bool is_row_of_table(const TypeMake *make);
static void note_needs(const TypeMake *make, Oid oid);
static void note_owner(const TypeMake *make, Oid oid, const Acl *acl);
static Oid type_called(const char *name, Oid schema);

Oid type_make(const TypeMake *make)
{
    CatalogChange *change;
    CatalogRow row;
    Oid oid = make->oid;
    bool has_list;
    Acl acl;

    change = catalog_change_begin(PG_TYPE_CATALOG);
    if (type_called(make->name, make->schema) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("type \"%s\" already exists", make->name));
    if (oid == 0)
        oid = catalog_new_oid(PG_TYPE_CATALOG, PG_TYPE_OID_INDEX, PG_TYPE_COL_OID);
    fill_row(&row, make, oid);
    has_list = !is_row_of_table(make) && !make->is_implicit_array &&
               acl_of_new(RIGHTS_OF_TYPE, make->owner, make->schema, &acl);
    if (has_list)
        catalog_set(&row, PG_TYPE_COL_TYPACL, acl_to_datum(&acl));
    catalog_insert(change, &row);
    catalog_change_end(change);
    note_owner(make, oid, has_list ? &acl : NULL);
    note_needs(make, oid);
    return oid;
}

static bool is_row_of_table(const TypeMake *make)
{
    return make->relation != 0 && make->relation_kind != RELATION_COMPOSITE_TYPE;
}

static void fill_functions(CatalogRow *row, const TypeMake *make)
{
    catalog_set_u32(row, PG_TYPE_COL_TYPSUBSCRIPT, make->subscript);
    catalog_set_u32(row, PG_TYPE_COL_TYPINPUT, make->input);
    catalog_set_u32(row, PG_TYPE_COL_TYPOUTPUT, make->output);
    catalog_set_u32(row, PG_TYPE_COL_TYPRECEIVE, make->receive);
    catalog_set_u32(row, PG_TYPE_COL_TYPSEND, make->send);
    catalog_set_u32(row, PG_TYPE_COL_TYPMODIN, make->typmod_in);
    catalog_set_u32(row, PG_TYPE_COL_TYPMODOUT, make->typmod_out);
    catalog_set_u32(row, PG_TYPE_COL_TYPANALYZE, make->analyze);
}

static void fill_row(CatalogRow *row, const TypeMake *make, Oid oid)
{
    catalog_row_init(row);
    catalog_set_u32(row, PG_TYPE_COL_OID, oid);
    catalog_set_name(row, PG_TYPE_COL_TYPNAME, make->name);
    catalog_set_u32(row, PG_TYPE_COL_TYPNAMESPACE, make->schema);
    catalog_set_u32(row, PG_TYPE_COL_TYPOWNER, make->owner);
    catalog_set_i16(row, PG_TYPE_COL_TYPLEN, make->len);
    catalog_set_bool(row, PG_TYPE_COL_TYPBYVAL, make->by_value);
    catalog_set_char(row, PG_TYPE_COL_TYPTYPE, make->kind);
    catalog_set_char(row, PG_TYPE_COL_TYPCATEGORY, make->category);
    catalog_set_bool(row, PG_TYPE_COL_TYPISPREFERRED, make->is_preferred);
    catalog_set_bool(row, PG_TYPE_COL_TYPISDEFINED, true);
    catalog_set_char(row, PG_TYPE_COL_TYPDELIM, make->delimiter != 0 ? make->delimiter : ',');
    catalog_set_u32(row, PG_TYPE_COL_TYPRELID, make->kind == 'c' ? make->relation : 0);
    catalog_set_u32(row, PG_TYPE_COL_TYPELEM, make->element);
    catalog_set_u32(row, PG_TYPE_COL_TYPARRAY, make->array);
    fill_functions(row, make);
    catalog_set_char(row, PG_TYPE_COL_TYPALIGN, make->align);
    catalog_set_char(row, PG_TYPE_COL_TYPSTORAGE, make->storage);
    catalog_set_bool(row, PG_TYPE_COL_TYPNOTNULL, make->is_not_null);
    catalog_set_u32(row, PG_TYPE_COL_TYPBASETYPE, make->base);
    catalog_set_i32(row, PG_TYPE_COL_TYPTYPMOD, make->typmod);
    catalog_set_i32(row, PG_TYPE_COL_TYPNDIMS, make->dimensions);
    catalog_set_u32(row, PG_TYPE_COL_TYPCOLLATION, make->collation);
    if (make->default_expr != NULL)
        catalog_set_text(row, PG_TYPE_COL_TYPDEFAULTBIN, node_write_text(make->default_expr));
    if (make->default_text != NULL)
        catalog_set_text(row, PG_TYPE_COL_TYPDEFAULT, make->default_text);
}

/*
 * The row type of a table goes with the table, an array type with its element type: neither has
 * an owner or a schema of its own as far as dependencies are concerned.
 */
static void note_owner(const TypeMake *make, Oid oid, const Acl *acl)
{
    if (is_row_of_table(make) || make->is_implicit_array)
        return;
    depend_note_owner(PG_TYPE_CATALOG, oid, make->owner);
    depend_change_acl(PG_TYPE_CATALOG, oid, 0, make->owner, NULL, acl);
}

static void note_needs(const TypeMake *make, Oid oid)
{
    const ObjectAddress who = object_address(PG_TYPE_CATALOG, oid);
    bool is_of_table = is_row_of_table(make);
    const Oid functions[] = {make->input,     make->output,     make->receive, make->send,
                             make->typmod_in, make->typmod_out, make->analyze, make->subscript};
    ObjectList on;

    object_list_init(&on);
    if (!is_of_table && !make->is_implicit_array)
        object_list_add(&on, PG_NAMESPACE_CATALOG, make->schema, 0);
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        if (functions[i] != 0)
            object_list_add(&on, PG_PROC_CATALOG, functions[i], 0);
    }
    if (make->base != 0)
        object_list_add(&on, PG_TYPE_CATALOG, make->base, 0);
    if (make->collation != 0)
        object_list_add(&on, PG_COLLATION_CATALOG, make->collation, 0);
    depend_note_list(&who, &on, DEPEND_NORMAL);
    if (make->default_expr != NULL)
        depend_note_expr(&who, make->default_expr, NULL, DEPEND_NORMAL);
    if (make->relation != 0) {
        const ObjectAddress relation = object_address(PG_CLASS_CATALOG, make->relation);

        /* A composite type by itself: its relation goes with it, not the other way round. */
        if (is_of_table)
            depend_note(&who, &relation, DEPEND_INTERNAL);
        else
            depend_note(&relation, &who, DEPEND_INTERNAL);
    }
    if (make->element != 0) {
        const ObjectAddress element = object_address(PG_TYPE_CATALOG, make->element);

        depend_note(&who, &element, make->is_implicit_array ? DEPEND_INTERNAL : DEPEND_NORMAL);
    }
}

void type_note_again(Oid domain, const Node *default_expr)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(domain));
    const PgType *t = CACHE_ROW(PgType, row);
    const ObjectAddress who = object_address(PG_TYPE_CATALOG, domain);
    const TypeMake make = {.schema = t->typnamespace,
                           .kind = t->typtype,
                           .input = t->typinput,
                           .output = t->typoutput,
                           .receive = t->typreceive,
                           .send = t->typsend,
                           .typmod_in = t->typmodin,
                           .typmod_out = t->typmodout,
                           .analyze = t->typanalyze,
                           .subscript = t->typsubscript,
                           .base = t->typbasetype,
                           .collation = t->typcollation,
                           .default_expr = default_expr};

    depend_forget(&who);
    note_needs(&make, domain);
}

/* ---- Array types ---- */

Oid type_new_array_oid(void)
{
    return catalog_new_oid(PG_TYPE_CATALOG, PG_TYPE_OID_INDEX, PG_TYPE_COL_OID);
}

static Oid type_called(const char *name, Oid schema)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_TYPENAMENSP, datum_of_pointer(name), datum_of_u32(schema));

    return row != NULL ? CACHE_ROW(PgType, row)->oid : 0;
}

char *type_array_name(const char *name, Oid schema)
{
    for (unsigned dashes = 1; dashes < NAME_SIZE - 1; dashes++) {
        char *full =
            mem_printf("%.*s%s", (int)dashes,
                       "_______________________________________________________________", name);
        char *cut = object_cut_name(full);

        if (type_called(cut, schema) == 0)
            return cut;
    }
    err_raise(SQLSTATE_DUPLICATE_OBJECT,
              .message = err_fmt("could not form array type name for type \"%s\"", name));
}

bool type_move_array(Oid type, const char *name, Oid schema)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    Oid element = row != NULL ? CACHE_ROW(PgType, row)->typelem : 0;

    if (row == NULL)
        return true;
    if (!CACHE_ROW(PgType, row)->typisdefined)
        return true;
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(element));
    if (element == 0 || row == NULL || CACHE_ROW(PgType, row)->typarray != type)
        return false;
    type_rename(type, type_array_name(name, schema), schema);
    txn_advance_command();
    return true;
}

Oid type_make_array(const TypeMake *element, Oid element_oid, Oid array_oid)
{
    const TypeMake array = {
        .oid = array_oid,
        .name = type_array_name(element->name, element->schema),
        .schema = element->schema,
        .owner = element->owner,
        .len = -1,
        .kind = 'b',
        .category = 'A',
        .delimiter = element->delimiter,
        .input = ARRAY_IN,
        .output = ARRAY_OUT,
        .receive = ARRAY_RECV,
        .send = ARRAY_SEND,
        .typmod_in = element->kind == 'b' ? element->typmod_in : 0,
        .typmod_out = element->kind == 'b' ? element->typmod_out : 0,
        .analyze = ARRAY_ANALYZE,
        .subscript = ARRAY_SUBSCRIPT_HANDLER,
        .element = element_oid,
        .is_implicit_array = true,
        .align = element->align == 'd' ? 'd' : 'i',
        .storage = 'x',
        .typmod = -1,
        .collation = element->collation,
    };

    return type_make(&array);
}

/* ---- Other names ---- */

void type_rename(Oid type, const char *name, Oid schema)
{
    CatalogChange *change = catalog_change_begin(PG_TYPE_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_TYPEOID, datum_of_u32(type));
    Oid array;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    if (type_called(name, schema) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("type \"%s\" already exists", name));
    array = CACHE_ROW(PgType, old)->typarray;
    catalog_row_init(&row);
    catalog_set_name(&row, PG_TYPE_COL_TYPNAME, name);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
    if (array != 0) {
        /* What is there now may be in the way of itself. */
        char *array_name = type_array_name(name, schema);

        type_rename(array, array_name, schema);
    }
}
