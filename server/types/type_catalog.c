/* type_catalog.c - what pg_type and the default operator classes say of a type. */
#include "common/base/base.h"

#include "server/types/type_catalog.h"

#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_struct.h"
#include "server/catalog/type_facts.h"
#include "server/types/quote.h"
#include "server/types/type_name.h"

static bool look_up(Oid oid, TypeFacts *out);
static const char *schema_to_name(Oid type);
static void forget(Datum arg, CacheId id, uint32_t hash);

void type_facts_use_catalog(void)
{
    type_facts_set_lookup(look_up);
    type_name_set_schema(schema_to_name);
    inval_on_row(CACHE_TYPEOID, forget, 0);
    inval_on_row(CACHE_CLAOID, forget, 0);
}

static void forget(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    type_facts_forget();
}

static TypeFacts of_row(const PgType *row)
{
    return (TypeFacts){
        .oid = row->oid,
        .name = mem_strdup(row->typname),
        .len = row->typlen,
        .by_value = row->typbyval,
        .align = row->typalign,
        .storage = row->typstorage,
        .delimiter = row->typdelim,
        .kind = row->typtype,
        .category = row->typcategory,
        .is_preferred = row->typispreferred,
        .element = row->typelem,
        .array = row->typarray,
        .relation = row->typrelid,
        .base = row->typbasetype,
        .base_type_mod = row->typtypmod,
        .collation = row->typcollation,
        .input = row->typinput,
        .output = row->typoutput,
        .receive = row->typreceive,
        .send = row->typsend,
        .type_mod_in = row->typmodin,
        .type_mod_out = row->typmodout,
    };
}

static Oid function_of_operator(Oid op)
{
    const HeapTuple *row = op == 0 ? NULL : syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcode;
}

static bool look_up(Oid oid, TypeFacts *out)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(oid));
    const TypeOperators *ops;

    if (row == NULL)
        return false;
    *out = of_row(CACHE_ROW(PgType, row));
    ops = type_operators(oid);
    out->equal = function_of_operator(ops->equal);
    if (ops->btree_family != 0)
        out->compare = opfamily_function(ops->btree_family, ops->btree_input, ops->btree_input, 1);
    if (ops->hash_family != 0) {
        out->hash = opfamily_function(ops->hash_family, ops->hash_input, ops->hash_input, 1);
        out->hash_extended =
            opfamily_function(ops->hash_family, ops->hash_input, ops->hash_input, 2);
    }
    return true;
}

static const char *schema_to_name(Oid type)
{
    const HeapTuple *row;
    const char *schema;

    if (namespace_sees_type(type))
        return NULL;
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    schema = row == NULL ? NULL : schema_name(CACHE_ROW(PgType, row)->typnamespace);
    return schema == NULL ? NULL : quote_identifier(schema);
}
