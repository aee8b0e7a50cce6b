/* ri_text.c - foreign keys in words: what is violated, and by which query PostgreSQL would know */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_struct.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/trigger/trigger_int.h"

/* ---- Violations ---- */

/* May the user see these columns? */
static bool may_see(const Relation *rel, const int16_t *columns, unsigned count)
{
    Oid role = role_current();

    if (rights_has(PG_CLASS_CATALOG, rel->oid, role, RIGHT_SELECT))
        return true;
    for (unsigned i = 0; i < count; i++) {
        if (rights_of_column(rel->oid, columns[i], role, RIGHT_SELECT, false) == 0)
            return false;
    }
    return true;
}

static const char *value_text(const Column *column, const RiRow *row, unsigned i)
{
    FmgrSite *site;
    PgType type;

    if (row->nulls[i])
        return "null";
    type_get(column->type, &type);
    site = mem_new(FmgrSite);
    fmgr_site_init(site, type.typoutput, mem_current());
    return datum_pointer(fmgr_call(site, 0, 1, &row->values[i]));
}

/* "Key (a, b)=(1, 2)" */
static const char *key_text(const Relation *rel, const int16_t *columns, unsigned count,
                            const RiRow *row)
{
    StrBuf names, values;

    strbuf_init(&names);
    strbuf_init(&values);
    for (unsigned i = 0; i < count; i++) {
        const Column *column = &rel->desc->columns[columns[i] - 1];

        strbuf_add_fmt(&names, "%s%s", i > 0 ? ", " : "", column->name);
        strbuf_add_fmt(&values, "%s%s", i > 0 ? ", " : "", value_text(column, row, i));
    }
    return mem_printf("Key (%s)=(%s)", names.text, values.text);
}

void ri_raise_missing(const RiInfo *info, Relation *fk, Relation *pk, const RiRow *row)
{
    const char *key = may_see(fk, info->fk, info->key_count)
                          ? key_text(fk, info->fk, info->key_count, row)
                          : "Key";
    const char *schema = schema_name(fk->schema);

    err_raise(SQLSTATE_FOREIGN_KEY_VIOLATION,
              .message = err_fmt("insert or update on table \"%s\" violates foreign key constraint "
                                 "\"%s\"",
                                 fk->name, info->name),
              .detail = err_fmt("%s is not present in table \"%s\".", key, pk->name),
              .schema = schema, .table = fk->name, .constraint = info->name);
}

void ri_raise_referenced(const RiInfo *info, Relation *pk, Relation *fk, const RiRow *row)
{
    const char *key = may_see(pk, info->pk, info->key_count)
                          ? key_text(pk, info->pk, info->key_count, row)
                          : "Key";
    const char *schema = schema_name(fk->schema);

    err_raise(SQLSTATE_FOREIGN_KEY_VIOLATION,
              .message = err_fmt("update or delete on table \"%s\" violates foreign key constraint "
                                 "\"%s\" on table \"%s\"",
                                 pk->name, info->name, fk->name),
              .detail = err_fmt("%s is still referenced from table \"%s\".", key, fk->name),
              .schema = schema, .table = fk->name, .constraint = info->name);
}

void ri_raise_mixed(const RiInfo *info, const Relation *fk)
{
    const char *schema = schema_name(fk->schema);

    err_raise(SQLSTATE_FOREIGN_KEY_VIOLATION,
              .message = err_fmt("insert or update on table \"%s\" violates foreign key constraint "
                                 "\"%s\"",
                                 fk->name, info->name),
              .detail = "MATCH FULL does not allow mixing of null and nonnull key values.",
              .schema = schema, .table = fk->name, .constraint = info->name);
}

/* ---- The query ---- */

/* Always in quotes. */
static char *quoted(const char *name)
{
    StrBuf b;

    strbuf_init(&b);
    strbuf_add(&b, "\"");
    for (; *name != '\0'; name++)
        strbuf_add_fmt(&b, *name == '"' ? "\"\"" : "%c", *name);
    strbuf_add(&b, "\"");
    return b.text;
}

static const char *table_text(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
    const char *text;

    if (row == NULL)
        return "?";
    text = mem_printf("%s.%s", quoted(schema_name(CACHE_ROW(PgClass, row)->relnamespace)),
                      quoted(CACHE_ROW(PgClass, row)->relname));
    syscache_unpin(row);
    return text;
}

static const char *column_text(Oid relation, int16_t number)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNUM, datum_of_u32(relation), datum_of_i16(number));

    return row != NULL ? quoted(CACHE_ROW(PgAttribute, row)->attname) : "?";
}

static Oid column_type(Oid relation, int16_t number)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNUM, datum_of_u32(relation), datum_of_i16(number));

    return row != NULL ? CACHE_ROW(PgAttribute, row)->atttypid : 0;
}

/* With a cast where the operator takes another type. */
static const char *operand(const char *text, Oid is, Oid wanted)
{
    return is == wanted || type_kind(wanted) == TYPE_KIND_PSEUDO
               ? text
               : mem_printf("%s::%s", text, type_name_qualified(wanted));
}

static const char *operator_text(Oid op)
{
    const HeapTuple *row = syscache_pin(CACHE_OPEROID, datum_of_u32(op));
    const char *text;

    if (row == NULL)
        return "?";
    text = mem_printf("OPERATOR(%s.%s)",
                      name_quoted(schema_name(CACHE_ROW(PgOperator, row)->oprnamespace)),
                      CACHE_ROW(PgOperator, row)->oprname);
    syscache_unpin(row);
    return text;
}

/* "$1 OPERATOR(pg_catalog.=) "a" AND ..."; of the referenced table the column comes first. */
static void add_conditions(StrBuf *b, const RiInfo *info, bool is_of_pk, bool by_own_values,
                           unsigned first_param)
{
    for (unsigned k = 0; k < info->key_count; k++) {
        RiOperator op = ri_operator(by_own_values ? info->pp[k] : info->pf[k]);
        const char *param = mem_printf("$%u", first_param + k);
        Oid pk_type = column_type(info->pk_table, info->pk[k]);
        Oid fk_type = by_own_values ? pk_type : column_type(info->fk_table, info->fk[k]);
        const char *left = is_of_pk ? column_text(info->pk_table, info->pk[k]) : param;
        const char *right = is_of_pk ? param : column_text(info->fk_table, info->fk[k]);

        strbuf_add_fmt(b, " %s %s", k == 0 ? "WHERE" : "AND", operand(left, pk_type, op.left));
        strbuf_add_fmt(b, " %s %s", operator_text(op.oid), operand(right, fk_type, op.right));
    }
}

static void add_changes(StrBuf *b, const RiInfo *info, RiKind kind, bool is_update)
{
    bool is_list = !is_update && info->delete_count > 0;
    unsigned count = is_list ? info->delete_count : info->key_count;
    const int16_t *columns = is_list ? info->delete_columns : info->fk;

    strbuf_add_fmt(b, "UPDATE ONLY %s SET", table_text(info->fk_table));
    for (unsigned i = 0; i < count; i++) {
        strbuf_add_fmt(b, "%s %s = ", i > 0 ? "," : "", column_text(info->fk_table, columns[i]));
        if (kind == RI_CASCADE)
            strbuf_add_fmt(b, "$%u", i + 1);
        else
            strbuf_add(b, kind == RI_SET_NULL ? "NULL" : "DEFAULT");
    }
}

char *ri_query_text(const RiInfo *info, RiKind kind, bool is_update)
{
    StrBuf b;

    strbuf_init(&b);
    switch (kind) {
    case RI_CHECK:
    case RI_NONE: /* the same by own values: is there another row with that key? */
        strbuf_add_fmt(&b, "SELECT 1 FROM ONLY %s x", table_text(info->pk_table));
        add_conditions(&b, info, true, kind == RI_NONE, 1);
        strbuf_add(&b, " FOR KEY SHARE OF x");
        break;
    case RI_NO_ACTION:
    case RI_RESTRICT:
        strbuf_add_fmt(&b, "SELECT 1 FROM ONLY %s x", table_text(info->fk_table));
        add_conditions(&b, info, false, false, 1);
        strbuf_add(&b, " FOR KEY SHARE OF x");
        break;
    default:
        if (kind == RI_CASCADE && !is_update)
            strbuf_add_fmt(&b, "DELETE FROM ONLY %s", table_text(info->fk_table));
        else
            add_changes(&b, info, kind, is_update);
        add_conditions(&b, info, false, false,
                       kind == RI_CASCADE && is_update ? info->key_count + 1 : 1);
        break;
    }
    return b.text;
}
