/* entry.c - entries of objects with comment, labels and rights; entry.h says how. */
#include "common/base/base.h"

#include "pgdump/entry.h"

#include "common/dump/acl.h"
#include "common/mem/mem.h"
#include "common/text/sql.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/kind.h"

/* What is said of one object, by Dump.comments and Dump.labels: a list, by part. */
typedef struct Remark {
    Oid catalog, oid;
    int32_t part;         /* number of a column; 0: the whole */
    const char *provider; /* of a label */
    const char *text;
    struct Remark *next;
} Remark;

typedef struct RemarkList {
    RowKey key;
    Remark *first, *last;
} RemarkList;

typedef struct InitialRights {
    Oid catalog, oid;
    int32_t part; /* number of a column; 0: the whole */
    const char *acl;
} InitialRights;

static const Remark *find_remarks(const Hash *remarks, const DumpObject *o);
static void keep_remark(Dump *d, Hash *remarks, Remark *remark, unsigned part);
static void take_comment(Dump *d, void *row);
static void take_label(Dump *d, void *row);
static void take_initial_rights(Dump *d, void *row);
static void add(Dump *d, const DumpObject *o, const Definition *def, const ArchiveEntry *entry);
static void number(Dump *d, const DumpObject *o, ArchiveEntry *entry);
static bool is_initial_comment(const Dump *d, const DumpObject *o, const Remark *r);
static void add_comment(Dump *d, const DumpObject *o, const Definition *def, int32_t part);
static void add_labels(Dump *d, const DumpObject *o, const Definition *def, int32_t part);
static const char *word_of(const Definition *def);
static const char *tag_of(const DumpObject *o, const Definition *def);
static const char *extras_tag(const Dump *d, const DumpObject *o, const Definition *def);

void entry_add(Dump *d, DumpObject *o, const Definition *def)
{
    entry_add_definition(d, o, def);
    entry_add_extras(d, o, def);
}

void entry_add_definition(Dump *d, DumpObject *o, const Definition *def)
{
    if (!object_wants(o, PART_DEFINITION))
        return;
    add(d, o, def,
        &(ArchiveEntry){
            .id = def->is_extra ? 0 : o->id,
            .catalog = def->is_extra ? 0 : o->catalog,
            .oid = def->is_extra ? 0 : o->oid,
            .type = def->type,
            .tag = tag_of(o, def),
            .tablespace = def->tablespace,
            .access_method = def->access_method,
            .owner = def->owner != NULL    ? def->owner
                     : o->owner[0] == '\0' ? NULL
                                           : o->owner,
            .create = def->create,
            .drop =
                def->drop != NULL ? def->drop : mem_printf("DROP %s %s;\n", def->type, def->name),
        });
}

void entry_add_extras(Dump *d, DumpObject *o, const Definition *def)
{
    entry_add_part(d, o, def, 0);
    if (def->rights_word != NULL)
        entry_add_rights(d, o, def);
}

void entry_add_part(Dump *d, DumpObject *o, const Definition *def, int32_t part)
{
    if (object_wants(o, PART_COMMENT) && !d->options->no_comments && !d->options->is_data_only)
        add_comment(d, o, def, part);
    if (object_wants(o, PART_LABEL) && !def->has_no_labels && !d->options->no_labels &&
        !d->options->is_data_only)
        add_labels(d, o, def, part);
}

void entry_add_column_rights(Dump *d, DumpObject *o, const char *table, const char *column,
                             const Rights *rights)
{
    StrBuf sql;

    if (d->options->no_rights || d->options->is_data_only || !object_wants(o, PART_RIGHTS))
        return;
    strbuf_init(&sql);
    acl_add_statements(&sql,
                       &(AclTarget){.word = "TABLE",
                                    .name = table,
                                    .column = entry_name(d, column),
                                    .owner = o->owner,
                                    .prefix = "",
                                    .quoting = d->quoting,
                                    .major = d->major},
                       rights->acl, rights->initial);
    if (sql.len > 0)
        add(d, o, &(Definition){.type = NULL},
            &(ArchiveEntry){
                .type = "ACL",
                .tag = mem_printf("COLUMN %s.%s", entry_name(d, o->name), entry_name(d, column)),
                .owner = o->owner,
                .create = sql.text,
                .drop = ""});
}

void entry_read_comments(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("classoid", OID, Remark, catalog),
        COLUMN("objoid", OID, Remark, oid),
        COLUMN("objsubid", INT, Remark, part),
        COLUMN("description", TEXT, Remark, text),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_description",
        /* The rest is initdb's, but for the schema public. */
        .where = "objoid >= 16384 OR (classoid = 2615 AND objoid = 2200)",
        .order = "classoid, objoid, objsubid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Remark),
    };

    hash_init(&d->comments, sizeof(RowKey), sizeof(RemarkList));
    if (!d->options->no_comments)
        catalog_read(d, &query, NULL, take_comment);
}

void entry_read_labels(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("classoid", OID, Remark, catalog), COLUMN("objoid", OID, Remark, oid),
        COLUMN("objsubid", INT, Remark, part),    COLUMN("provider", TEXT, Remark, provider),
        COLUMN("label", TEXT, Remark, text),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_seclabel",
        .order = "classoid, objoid, objsubid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Remark),
    };

    hash_init(&d->labels, sizeof(RowKey), sizeof(RemarkList));
    if (!d->options->no_labels)
        catalog_read(d, &query, NULL, take_label);
}

void entry_read_initial_rights(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("classoid", OID, InitialRights, catalog),
        COLUMN("objoid", OID, InitialRights, oid),
        COLUMN("objsubid", INT, InitialRights, part),
        COLUMN("initprivs", TEXT, InitialRights, acl),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_init_privs",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(InitialRights),
    };

    catalog_read(d, &query, NULL, take_initial_rights);
}

const char *entry_name(const Dump *d, const char *name)
{
    return sql_identifier(name, d->quoting);
}

const char *entry_qualified(const Dump *d, const DumpObject *o)
{
    if (o->schema == NULL)
        return entry_name(d, o->name);
    return mem_printf("%s.%s", entry_name(d, o->schema->object.name), entry_name(d, o->name));
}

void entry_add_literal(const Dump *d, StrBuf *sql, const char *text)
{
    archive_add_literal(&d->archive, sql, text);
}

/* ---- Comments and labels ---- */

static void take_comment(Dump *d, void *row)
{
    keep_remark(d, &d->comments, row, PART_COMMENT);
}

static void take_label(Dump *d, void *row)
{
    keep_remark(d, &d->labels, row, PART_LABEL);
}

static void keep_remark(Dump *d, Hash *remarks, Remark *remark, unsigned part)
{
    DumpObject *o = object_find(d, remark->catalog, remark->oid);
    RemarkList *list = hash_enter(remarks, &(RowKey){remark->catalog, remark->oid}, NULL);

    if (list->first == NULL)
        list->first = remark;
    else
        list->last->next = remark;
    list->last = remark;
    if (o != NULL)
        o->parts |= part;
}

static const Remark *find_remarks(const Hash *remarks, const DumpObject *o)
{
    const RemarkList *list = hash_find(remarks, &(RowKey){o->catalog, o->oid});

    return list == NULL ? NULL : list->first;
}

/* The comment that initdb gave to the schema public says nothing of this database. */
static bool is_initial_comment(const Dump *d, const DumpObject *o, const Remark *r)
{
    return o->kind == KIND_SCHEMA && !((const SchemaObject *)o)->is_made &&
           d->quoting == SQL_QUOTE_NEEDED && str_equal(r->text, "standard public schema");
}

static void add_comment(Dump *d, const DumpObject *o, const Definition *def, int32_t part)
{
    for (const Remark *r = find_remarks(&d->comments, o); r != NULL; r = r->next) {
        StrBuf sql;

        if (r->part != part || is_initial_comment(d, o, r))
            continue;
        strbuf_init(&sql);
        strbuf_add_fmt(&sql, "COMMENT ON %s %s IS ", word_of(def),
                       def->comment_name != NULL ? def->comment_name : def->name);
        entry_add_literal(d, &sql, r->text);
        strbuf_add(&sql, ";\n");
        add(d, o, def,
            &(ArchiveEntry){.type = "COMMENT",
                            .tag = mem_printf("%s %s", word_of(def), extras_tag(d, o, def)),
                            .owner = def->owner != NULL ? def->owner : o->owner,
                            .create = sql.text,
                            .drop = ""});
    }
}

/* All labels on one part make one entry. */
static void add_labels(Dump *d, const DumpObject *o, const Definition *def, int32_t part)
{
    StrBuf sql;

    strbuf_init(&sql);
    for (const Remark *r = find_remarks(&d->labels, o); r != NULL; r = r->next) {
        if (r->part != part)
            continue;
        strbuf_add_fmt(&sql, "SECURITY LABEL FOR %s ON %s %s IS ", entry_name(d, r->provider),
                       word_of(def), def->name);
        entry_add_literal(d, &sql, r->text);
        strbuf_add(&sql, ";\n");
    }
    if (sql.len > 0)
        add(d, o, def,
            &(ArchiveEntry){.type = "SECURITY LABEL",
                            .tag = mem_printf("%s %s", word_of(def), extras_tag(d, o, def)),
                            .owner = o->owner,
                            .create = sql.text,
                            .drop = ""});
}

/* ---- Rights ---- */

static void take_initial_rights(Dump *d, void *row)
{
    const InitialRights *initial = row;
    DumpObject *o = object_find(d, initial->catalog, initial->oid);

    if (o == NULL)
        return;
    if (initial->part > 0) {
        column_set_initial_rights(o, initial->part, initial->acl);
        return;
    }
    if (o->rights.given == NULL || o->rights.initial != NULL)
        return;
    o->rights.initial = initial->acl;
    o->parts |= PART_RIGHTS;
}

void entry_add_rights(Dump *d, DumpObject *o, const Definition *def)
{
    const Rights *rights = &o->rights;
    StrBuf sql;

    if (d->options->no_rights || d->options->is_data_only || !object_wants(o, PART_RIGHTS))
        return;
    strbuf_init(&sql);
    acl_add_statements(&sql,
                       &(AclTarget){.word = def->rights_word,
                                    .name = def->name,
                                    .owner = def->owner != NULL ? def->owner : o->owner,
                                    .prefix = "",
                                    .quoting = d->quoting,
                                    .major = d->major},
                       rights->acl != NULL ? rights->acl : rights->given,
                       rights->initial != NULL ? rights->initial : rights->given);
    if (sql.len > 0)
        add(d, o, def,
            &(ArchiveEntry){.type = "ACL",
                            .tag = mem_printf("%s %s", def->rights_word, extras_tag(d, o, def)),
                            .owner = def->owner != NULL ? def->owner : o->owner,
                            .create = sql.text,
                            .drop = ""});
}

/* ---- Entries ---- */

static void add(Dump *d, const DumpObject *o, const Definition *def, const ArchiveEntry *entry)
{
    ArchiveEntry full = *entry;
    const SchemaObject *schema = def->schema != NULL ? def->schema : o->schema;

    full.section = def->section != 0 ? def->section : object_kinds[o->kind].section;
    if (o->is_postponed)
        full.section = ARCHIVE_POST_DATA;
    number(d, o, &full);
    if (schema != NULL && !def->has_no_schema)
        full.schema = schema->object.name;
    archive_add(&d->archive, &full);
}

/*
 * The object's own entry has its number, what is said of it besides a number of its own, and stands
 * after it.
 */
static void number(Dump *d, const DumpObject *o, ArchiveEntry *entry)
{
    uint32_t *on;

    if (entry->id != 0) {
        entry->depends = o->depends.items;
        entry->depend_count = o->depends.count;
        return;
    }
    entry->id = (uint32_t)d->objects.count + ++d->extra_count;
    on = mem_new(uint32_t);
    *on = o->id;
    entry->depends = on;
    entry->depend_count = 1;
}

static const char *word_of(const Definition *def)
{
    return def->word != NULL ? def->word : def->type;
}

static const char *tag_of(const DumpObject *o, const Definition *def)
{
    return def->tag != NULL ? def->tag : o->name;
}

/* Unlike those of definitions, these name things as SQL does. */
static const char *extras_tag(const Dump *d, const DumpObject *o, const Definition *def)
{
    if (def->extras_tag != NULL)
        return def->extras_tag;
    return def->tag != NULL ? def->tag : entry_name(d, o->name);
}
