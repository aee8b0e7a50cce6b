/* policy.c - row security: which tables have it, and its policies. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

typedef struct PolicyObject {
    DumpObject object;
    Oid table_oid;
    TableObject *table;
    char command; /* NUL: not a policy, but that the table has row security */
    bool is_permissive;
    const char *roles, *using_expression, *check_expression;
} PolicyObject;

static void take(Dump *d, void *row);
static void add_policy(Dump *d, PolicyObject *policy, TableObject *t);
static const char *command_text(char command);

void policy_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("p.oid", OID, PolicyObject, object.oid),
        COLUMN("p.polname", TEXT, PolicyObject, object.name),
        COLUMN("p.polrelid", OID, PolicyObject, table_oid),
        COLUMN("p.polcmd", CHAR, PolicyObject, command),
        COLUMN("p.polpermissive", BOOL, PolicyObject, is_permissive),
        COLUMN("CASE WHEN p.polroles = '{0}' THEN NULL ELSE pg_catalog.array_to_string(ARRAY("
               "SELECT pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles"
               " WHERE oid = ANY (p.polroles)), ', ') END",
               TEXT, PolicyObject, roles),
        COLUMN("pg_catalog.pg_get_expr(p.polqual, p.polrelid)", TEXT, PolicyObject,
               using_expression),
        COLUMN("pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)", TEXT, PolicyObject,
               check_expression),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_policy p",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(PolicyObject),
    };
    size_t count = d->objects.count;

    for (uint32_t id = 1; id <= count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id);

        if (t->object.kind == KIND_TABLE && t->has_row_security) {
            PolicyObject *security = mem_new(PolicyObject);

            security->object.name = t->object.name;
            add_policy(d, security, t);
        }
    }
    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    PolicyObject *policy = row;
    TableObject *t = table_find(d, policy->table_oid);

    if (t != NULL)
        add_policy(d, policy, t);
}

static void add_policy(Dump *d, PolicyObject *policy, TableObject *t)
{
    policy->table = t;
    policy->object.schema = t->object.schema;
    policy->object.owner = t->object.owner;
    object_add(d, &policy->object, KIND_POLICY);
    policy->object.wanted =
        (t->object.wanted & PART_POLICY) != 0 ? t->object.wanted | PART_DEFINITION : 0;
    object_depend(&policy->object, t->object.id);
}

void policy_print(Dump *d, DumpObject *o)
{
    const PolicyObject *policy = (const PolicyObject *)o;
    const char *table = entry_qualified(d, &policy->table->object);
    const char *name = entry_name(d, o->name), *on = mem_printf("%s ON %s", name, table);
    StrBuf sql;

    if (policy->command == '\0') {
        entry_add_definition(
            d, o,
            &(Definition){
                .type = "ROW SECURITY",
                .create = mem_printf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY;", table),
                .drop = "",
            });
        return;
    }
    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE POLICY %s%s%s", on, policy->is_permissive ? "" : " AS RESTRICTIVE",
                   command_text(policy->command));
    if (policy->roles != NULL)
        strbuf_add_fmt(&sql, " TO %s", policy->roles);
    if (policy->using_expression != NULL)
        strbuf_add_fmt(&sql, " USING (%s)", policy->using_expression);
    if (policy->check_expression != NULL)
        strbuf_add_fmt(&sql, " WITH CHECK (%s)", policy->check_expression);
    strbuf_add(&sql, ";\n");
    entry_add(
        d, o,
        &(Definition){
            .type = "POLICY",
            .tag = mem_printf("%s %s", policy->table->object.name, o->name),
            .name = on,
            .create = sql.text,
            .extras_tag = mem_printf("%s ON %s", name, entry_name(d, policy->table->object.name)),
            .has_no_labels = true,
        });
}

static const char *command_text(char command)
{
    switch (command) {
    case 'r':
        return " FOR SELECT";
    case 'a':
        return " FOR INSERT";
    case 'w':
        return " FOR UPDATE";
    case 'd':
        return " FOR DELETE";
    default:
        return "";
    }
}

int policy_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(((const PolicyObject *)a)->table->object.name,
                  ((const PolicyObject *)b)->table->object.name);
}
