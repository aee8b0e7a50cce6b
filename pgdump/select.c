/* select.c - what is to be dumped; select.h names the rules, the manual of pg_dump has them. */
#include "common/base/base.h"

#include "pgdump/select.h"

#include "common/ds/hash.h"
#include "common/dump/pattern.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"

typedef enum Strictness { MAY_MATCH_NOTHING, MUST_MATCH } Strictness;

/* The sets of oids that the options name; an empty one was not asked for. */
static struct {
    Hash extensions, schemas, not_schemas, tables, not_tables, not_data;
    bool has_extensions, has_schemas, has_tables;
} chosen;

/* What a pattern is looked up in. */
typedef struct Target {
    const char *what;          /* "tables" */
    const char *select;        /* up to and with WHERE true */
    const char *name, *schema; /* columns */
    const char *visible;
    const char *improper; /* what a name of too many parts is called */
    size_t part_max;      /* with the database, if that may be said */
} Target;

/* What -t and its kin can name: tables, views, sequences, ... */
#define TABLE_KINDS "'r', 'S', 'v', 'm', 'f', 'p'"

static const Target extension_target = {
    .what = "extensions",
    .select = "SELECT e.oid FROM pg_catalog.pg_extension e WHERE true",
    .name = "e.extname",
    .improper = "qualified",
    .part_max = 1,
};
static const Target schema_target = {
    .what = "schemas",
    .select = "SELECT n.oid FROM pg_catalog.pg_namespace n WHERE true",
    .name = "n.nspname",
    .improper = "qualified",
    .part_max = 2,
};
static const Target table_target = {
    .what = "tables",
    .select = "SELECT c.oid FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n"
              " ON n.oid OPERATOR(pg_catalog.=) c.relnamespace\n"
              "WHERE c.relkind OPERATOR(pg_catalog.=) ANY (array[" TABLE_KINDS "])",
    .name = "c.relname",
    .schema = "n.nspname",
    .visible = "pg_catalog.pg_table_is_visible(c.oid)",
    .improper = "relation",
    .part_max = 3,
};

static void find_all(Dump *d, const Array *patterns, const Target *target, Strictness strictness,
                     Hash *found);
static size_t find(Dump *d, const char *pattern, const Target *target, Hash *found);
static void add_conditions(Dump *d, const char *text, const Target *target, StrBuf *sql);
static bool has(const Hash *set, Oid oid);

void select_init(Dump *d)
{
    const DumpOptions *o = d->options;
    Strictness strict = o->is_strict ? MUST_MATCH : MAY_MATCH_NOTHING;

    chosen.has_schemas = o->schemas.count > 0;
    chosen.has_tables = o->tables.count > 0;
    chosen.has_extensions = o->extensions.count > 0;
    find_all(d, &o->schemas, &schema_target, strict, &chosen.schemas);
    if (chosen.has_schemas && chosen.schemas.count == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME, .message = "no matching schemas were found");
    find_all(d, &o->not_schemas, &schema_target, MAY_MATCH_NOTHING, &chosen.not_schemas);
    find_all(d, &o->tables, &table_target, strict, &chosen.tables);
    if (chosen.has_tables && chosen.tables.count == 0)
        err_raise(SQLSTATE_UNDEFINED_TABLE, .message = "no matching tables were found");
    find_all(d, &o->not_tables, &table_target, MAY_MATCH_NOTHING, &chosen.not_tables);
    find_all(d, &o->not_data, &table_target, MAY_MATCH_NOTHING, &chosen.not_data);
    find_all(d, &o->extensions, &extension_target, strict, &chosen.extensions);
    if (chosen.has_extensions && chosen.extensions.count == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT, .message = "no matching extensions were found");
}

void select_add_tables(Array *oids)
{
    size_t position = 0;
    const Oid *oid;

    while ((oid = hash_next(&chosen.tables, &position)) != NULL)
        *(Oid *)array_push(oids) = *oid;
}

void select_schema(Dump *d, SchemaObject *schema)
{
    DumpObject *o = &schema->object;

    (void)d;
    schema->is_made = true;
    if (o->is_member) {
        o->wanted_inside = o->wanted;
        return;
    }
    if (chosen.has_tables) {
        o->wanted = 0;
    } else if (chosen.has_schemas) {
        o->wanted = has(&chosen.schemas, o->oid) ? PART_ALL : 0;
    } else if (str_equal(o->name, "pg_catalog")) {
        o->wanted = PART_RIGHTS;
    } else if (str_starts_with(o->name, "pg_") || str_equal(o->name, "information_schema")) {
        o->wanted = 0;
    } else {
        o->wanted = PART_ALL;
    }
    if (chosen.has_schemas && o->wanted != 0 && o->oid < FIRST_USER_OID &&
        !str_equal(o->name, "public"))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("cannot dump schema \"%s\": it belongs to the server", o->name));
    o->wanted_inside = o->wanted;
    if (str_equal(o->name, "public") && !chosen.has_tables && !chosen.has_schemas) {
        /* Every database has it: what may differ is its owner, rights and comment. */
        schema->is_made = false;
        if (str_equal(o->owner, "pg_database_owner"))
            o->wanted &= ~(unsigned)PART_DEFINITION;
    }
    if (o->wanted_inside != 0 && has(&chosen.not_schemas, o->oid))
        o->wanted = o->wanted_inside = 0;
}

void select_extension(Dump *d, DumpObject *extension)
{
    if (extension->oid < FIRST_USER_OID)
        extension->wanted = extension->wanted_inside = PART_RIGHTS;
    else if (chosen.has_extensions)
        extension->wanted = extension->wanted_inside =
            has(&chosen.extensions, extension->oid) ? PART_ALL : 0;
    else
        extension->wanted = extension->wanted_inside = d->options->has_everything ? PART_ALL : 0;
}

void select_table(Dump *d, DumpObject *table)
{
    (void)d;
    if (table->is_member)
        return;
    if (chosen.has_tables)
        table->wanted = has(&chosen.tables, table->oid) ? PART_ALL : 0;
    else
        table->wanted = table->schema->object.wanted_inside;
    if (table->wanted != 0 && has(&chosen.not_tables, table->oid))
        table->wanted = 0;
}

void select_in_schema(Dump *d, DumpObject *o)
{
    (void)d;
    if (!o->is_member)
        o->wanted = o->schema->object.wanted_inside;
}

void select_alone(Dump *d, DumpObject *o)
{
    if (o->is_member)
        return;
    o->wanted = o->oid >= FIRST_USER_OID && d->options->has_everything ? PART_ALL : 0;
}

bool select_config_table(const Dump *d, const DumpObject *extension, const DumpObject *table)
{
    const DumpObject *schema = &table->schema->object;
    bool is_wanted = (extension->wanted & PART_DEFINITION) != 0 ||
                     has(&chosen.tables, table->oid) ||
                     (schema->wanted != 0 && has(&chosen.schemas, schema->oid));

    (void)d;
    return is_wanted && !has(&chosen.not_tables, table->oid) &&
           !has(&chosen.not_schemas, schema->oid);
}

bool select_has_data(const Dump *d, Oid table)
{
    (void)d;
    return !has(&chosen.not_data, table);
}

static void find_all(Dump *d, const Array *patterns, const Target *target, Strictness strictness,
                     Hash *found)
{
    hash_init(found, sizeof(Oid), sizeof(Oid));
    array_foreach(const char *const, pattern, patterns) {
        size_t count = find(d, *pattern, target, found);

        if (strictness == MUST_MATCH && count == 0)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("no matching %s were found for pattern \"%s\"",
                                         target->what, *pattern));
    }
}

/* How many things it means. */
static size_t find(Dump *d, const char *pattern, const Target *target, Hash *found)
{
    StrBuf sql;
    ClientResult *r;
    size_t count;

    strbuf_init(&sql);
    strbuf_add(&sql, target->select);
    add_conditions(d, pattern, target, &sql);
    /* What a bare name means is said by the user's own search_path. */
    if (target->visible != NULL)
        client_result_free(catalog_exec(d, "RESET search_path"));
    r = catalog_exec(d, sql.text);
    if (target->visible != NULL)
        client_result_free(
            catalog_exec(d, "SELECT pg_catalog.set_config('search_path', '', false)"));
    for (size_t i = 0; i < client_row_count(r); i++) {
        Oid oid = catalog_parse_oid(client_value(r, i, 0));

        hash_enter(found, &oid, NULL);
    }
    count = client_row_count(r);
    client_result_free(r);
    return count;
}

static void add_conditions(Dump *d, const char *text, const Target *target, StrBuf *sql)
{
    Pattern pattern;
    size_t own = target->schema != NULL ? 2 : 1; /* parts without a database */

    pattern_parse(text, &pattern);
    if (pattern.part_count > target->part_max)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("improper %s name (too many dotted names): %s",
                                     target->improper, text));
    if (pattern.part_count > own && !str_equal(pattern.parts[0].text, d->archive.database))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cross-database references are not implemented: %s", text));
    pattern_add_condition(sql, target->name, &pattern.parts[pattern.part_count - 1]);
    if (pattern.part_count > 1 && target->schema != NULL)
        pattern_add_condition(sql, target->schema, &pattern.parts[pattern.part_count - 2]);
    else if (target->visible != NULL)
        strbuf_add_fmt(sql, "\n  AND %s", target->visible);
}

static bool has(const Hash *set, Oid oid)
{
    return hash_find(set, &oid) != NULL;
}
