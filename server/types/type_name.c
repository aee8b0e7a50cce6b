/* type_name.c - names of types; type_name.h has the rules. */
#include "common/base/base.h"

#include "server/types/type_name.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/type_facts.h"
#include "server/fmgr/fmgr.h"
#include "server/types/quote.h"
#include "server/types/types_int.h"

static TypeNameSchema schema_of;

/* Types that SQL has words of its own for; a modifier stands behind the first word in some. */
static const char *sql_name(Oid oid, bool has_mod)
{
    switch (oid) {
    case TYPE_BIT:
        return "bit";
    case TYPE_BOOL:
        return "boolean";
    case TYPE_BPCHAR:
        return "character";
    case TYPE_FLOAT4:
        return "real";
    case TYPE_FLOAT8:
        return "double precision";
    case TYPE_INT2:
        return "smallint";
    case TYPE_INT4:
        return "integer";
    case TYPE_INT8:
        return "bigint";
    case TYPE_NUMERIC:
        return "numeric";
    case TYPE_INTERVAL:
        return "interval";
    case TYPE_TIME:
        return has_mod ? "time" : "time without time zone";
    case TYPE_TIMETZ:
        return has_mod ? "time" : "time with time zone";
    case TYPE_TIMESTAMP:
        return has_mod ? "timestamp" : "timestamp without time zone";
    case TYPE_TIMESTAMPTZ:
        return has_mod ? "timestamp" : "timestamp with time zone";
    case TYPE_VARBIT:
        return "bit varying";
    case TYPE_VARCHAR:
        return "character varying";
    default:
        return NULL;
    }
}

/* Those of one size have no modifier, whatever is given. */
static bool can_have_mod(Oid oid)
{
    switch (oid) {
    case TYPE_BOOL:
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return false;
    default:
        return true;
    }
}

/* What the type's own function makes of the modifier; "(%d)" where it has none. */
static const char *print_mod(const TypeFacts *t, int32_t type_mod)
{
    FmgrSite site;
    const Datum arg = datum_of_i32(type_mod);

    if (t->type_mod_out == 0)
        return mem_printf("(%d)", type_mod);
    fmgr_site_init(&site, t->type_mod_out, mem_current());
    return datum_pointer(fmgr_call(&site, 0, 1, &arg));
}

static char *qualified(const TypeFacts *t)
{
    const char *schema = schema_of == NULL ? NULL : schema_of(t->oid);

    if (schema == NULL)
        return mem_strdup(quote_identifier(t->name));
    return mem_printf("%s.%s", schema, quote_identifier(t->name));
}

static char *format(Oid oid, int32_t type_mod, bool wants_mod)
{
    const TypeFacts *t = oid == 0 ? NULL : type_facts_find(oid), *element;
    const char *suffix = "", *name;
    bool has_mod = wants_mod && type_mod >= 0;

    if (t == NULL)
        return mem_strdup(oid == 0 ? "-" : "???");
    if (type_is_array(t) && t->storage != 'p') {
        element = type_facts_find(t->element);
        if (element == NULL)
            return mem_strdup("???[]");
        t = element;
        suffix = "[]";
    }
    has_mod = has_mod && can_have_mod(t->oid);
    name = sql_name(t->oid, has_mod);

    /* char and bit alone mean a length of 1, so those without a length need their inner names. */
    if (wants_mod && !has_mod && t->oid == TYPE_BPCHAR)
        name = "bpchar";
    if (wants_mod && !has_mod && t->oid == TYPE_BIT)
        name = "\"bit\"";
    if (name == NULL)
        name = t->oid == TYPE_CHAR ? "\"char\"" : qualified(t);
    return mem_printf("%s%s%s", name, has_mod ? print_mod(t, type_mod) : "", suffix);
}

char *type_name(Oid oid)
{
    return format(oid, -1, false);
}

char *type_name_with_mod(Oid oid, int32_t type_mod)
{
    return format(oid, type_mod, true);
}

void type_name_set_schema(TypeNameSchema schema)
{
    schema_of = schema;
}

Datum format_type(FmgrCall *call)
{
    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    if (fmgr_arg_is_null(call, 1))
        return text_result_of(type_name(fmgr_u32(call, 0)));
    return text_result_of(type_name_with_mod(fmgr_u32(call, 0), fmgr_i32(call, 1)));
}
