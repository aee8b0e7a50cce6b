/*
 * bootstrap.c - the databases of a new cluster, from the rows of pg_*.def
 *
 * All relations of template1, and the shared ones, are made in memory: heaps first, then their
 * indexes. pg_class comes last, since it says how many pages and rows each relation has; its own
 * numbers are known when it was made once, and fill the same bytes the second time. The other two
 * databases are copies.
 *
 * initdb numbers the collations of the machine right behind the one that every cluster has, and
 * what it makes after them behind those. The .def files know of no collations of a machine, so their
 * numbers from there on are moved up by as many as there are.
 */
#include "common/base/base.h"

#include "server/catalog/bootstrap.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/catalog/bootstrap_int.h"
#include "server/catalog/catalog_int.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/catalog/collation_list.h"
#include "server/catalog/input.h"

#define RELATIONS_MAX   400
#define TOAST_VALUE_OID 10224 /* the first number that no object has in initdb, at that point */
#define COLLATIONS_OID  12341 /* the first number that collations of the machine get */
#define FIRST_FREE_OID  12757 /* behind the last of the .def files */
#define PG_VERSION_TEXT "15\n"

typedef struct Bootstrap {
    const BootstrapOptions *options;
    const char *data_dir;
    NewRelation relations[RELATIONS_MAX];
    size_t relation_count;
    Oid next_value_id;
} Bootstrap;

static void check_superuser(const char *name);
static void make_catalog(Bootstrap *b, const Catalog *catalog);
static void write_all(Bootstrap *b);
static void sync_folders(const char *data_dir, const BootstrapOptions *options);

Oid bootstrap_write(const char *data_dir, const BootstrapOptions *options)
{
    MemContext *scratch = mem_context_new(mem_current(), "bootstrap");
    Oid next_oid = FIRST_FREE_OID + (Oid)options->collation_count;

    check_superuser(options->superuser);
    MEM_SCOPE(scratch) {
        Bootstrap *b = mem_new(Bootstrap);

        b->options = options;
        b->data_dir = data_dir;
        b->next_value_id = TOAST_VALUE_OID;
        for (size_t i = 0; i < catalog_count(); i++) {
            if (catalog_at(i)->oid != PG_CLASS_CATALOG)
                make_catalog(b, catalog_at(i));
        }
        make_catalog(b, catalog_find(PG_CLASS_CATALOG));
        make_catalog(b, catalog_find(PG_CLASS_CATALOG));
        write_all(b);
    }
    mem_delete(scratch);
    return next_oid;
}

static void check_superuser(const char *name)
{
    if (strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("superuser name \"%s\" is disallowed", name),
                  .detail = "Role names cannot begin with \"pg_\".");
}

/* ---- Rows ---- */

static NewRelation *find_relation(Bootstrap *b, Oid oid)
{
    for (size_t i = 0; i < b->relation_count; i++) {
        if (b->relations[i].oid == oid)
            return &b->relations[i];
    }
    return NULL;
}

/* An empty relation with that number; when it was made before, that is forgotten. */
static NewRelation *new_relation(Bootstrap *b, Oid oid)
{
    NewRelation *relation = find_relation(b, oid);

    if (relation == NULL) {
        ASSERT(b->relation_count < RELATIONS_MAX);
        relation = &b->relations[b->relation_count++];
    }
    *relation = (NewRelation){.oid = oid};
    return relation;
}

static void set_text(Datum *value, bool *is_null, const char *text)
{
    *is_null = text == NULL;
    *value = text == NULL ? 0 : catalog_text(text);
}

static void fill_in_database(const BootstrapOptions *o, Datum *values, bool *nulls)
{
    /* Nothing in template0 may depend on a collation, so its version does not matter. */
    bool has_version = datum_u32(values[PG_DATABASE_COL_OID - 1]) != DATABASE_TEMPLATE0;

    values[PG_DATABASE_COL_ENCODING - 1] = datum_of_i32(o->encoding);
    values[PG_DATABASE_COL_DATLOCPROVIDER - 1] = datum_of_char(o->locale_provider);
    values[PG_DATABASE_COL_DATFROZENXID - 1] = datum_of_u32(BOOTSTRAP_NEXT_XID);
    values[PG_DATABASE_COL_DATMINMXID - 1] = datum_of_u32(BOOTSTRAP_NEXT_MULTI);
    set_text(&values[PG_DATABASE_COL_DATCOLLATE - 1], &nulls[PG_DATABASE_COL_DATCOLLATE - 1],
             o->collate);
    set_text(&values[PG_DATABASE_COL_DATCTYPE - 1], &nulls[PG_DATABASE_COL_DATCTYPE - 1], o->ctype);
    set_text(&values[PG_DATABASE_COL_DATICULOCALE - 1], &nulls[PG_DATABASE_COL_DATICULOCALE - 1],
             o->icu_locale);
    set_text(&values[PG_DATABASE_COL_DATCOLLVERSION - 1],
             &nulls[PG_DATABASE_COL_DATCOLLVERSION - 1], has_version ? o->collation_version : NULL);
}

static void fill_in_class(Bootstrap *b, Datum *values)
{
    const NewRelation *relation = find_relation(b, datum_u32(values[PG_CLASS_COL_OID - 1]));

    if (relation == NULL)
        return;
    values[PG_CLASS_COL_RELPAGES - 1] = datum_of_i32((int32_t)relation->page_count);
    values[PG_CLASS_COL_RELTUPLES - 1] = datum_of_f4((float)relation->tuple_count);
}

/* What the .def files cannot know. */
static void fill_in(Bootstrap *b, const Catalog *catalog, Datum *values, bool *nulls)
{
    switch (catalog->oid) {
    case PG_AUTHID_CATALOG:
        if (datum_u32(values[PG_AUTHID_COL_OID - 1]) != ROLE_SUPERUSER)
            return;
        values[PG_AUTHID_COL_ROLNAME - 1] = catalog_name(b->options->superuser);
        set_text(&values[PG_AUTHID_COL_ROLPASSWORD - 1], &nulls[PG_AUTHID_COL_ROLPASSWORD - 1],
                 b->options->password);
        return;
    case PG_DATABASE_CATALOG:
        fill_in_database(b->options, values, nulls);
        return;
    case PG_CLASS_CATALOG:
        fill_in_class(b, values);
        return;
    default:
        return;
    }
}

static Datum moved_oid(Oid oid, size_t collation_count)
{
    return datum_of_u32(oid < COLLATIONS_OID || oid >= FIRST_FREE_OID ? oid
                                                                      : oid + (Oid)collation_count);
}

/* Read a row's texts; returns where the next row's begin. */
static const char *read_row(const Bootstrap *b, const Catalog *catalog, const char *text,
                            Datum *values, bool *nulls)
{
    for (unsigned i = 0; i < catalog->column_count; i++) {
        Oid type = catalog->columns[i].type;

        nulls[i] = strcmp(text, CATALOG_TEXT_NULL) == 0;
        values[i] = nulls[i] ? 0 : catalog_input(type, text);
        if (!nulls[i] && (type == TYPE_OID || type == TYPE_REGPROC))
            values[i] = moved_oid(datum_u32(values[i]), b->options->collation_count);
        text += strlen(text) + 1;
    }
    return text;
}

static void collation_row(const SystemCollation *c, Oid oid, Datum *values, bool *nulls)
{
    memset(nulls, 0, PG_COLLATION_COLUMN_COUNT * sizeof *nulls);
    values[PG_COLLATION_COL_OID - 1] = datum_of_u32(oid);
    values[PG_COLLATION_COL_COLLNAME - 1] = catalog_name(c->name);
    values[PG_COLLATION_COL_COLLNAMESPACE - 1] = datum_of_u32(SCHEMA_CATALOG);
    values[PG_COLLATION_COL_COLLOWNER - 1] = datum_of_u32(ROLE_SUPERUSER);
    values[PG_COLLATION_COL_COLLPROVIDER - 1] = datum_of_char(c->provider);
    values[PG_COLLATION_COL_COLLISDETERMINISTIC - 1] = datum_of_bool(true);
    values[PG_COLLATION_COL_COLLENCODING - 1] = datum_of_i32(c->encoding);
    set_text(&values[PG_COLLATION_COL_COLLCOLLATE - 1], &nulls[PG_COLLATION_COL_COLLCOLLATE - 1],
             c->collate);
    set_text(&values[PG_COLLATION_COL_COLLCTYPE - 1], &nulls[PG_COLLATION_COL_COLLCTYPE - 1],
             c->ctype);
    set_text(&values[PG_COLLATION_COL_COLLICULOCALE - 1],
             &nulls[PG_COLLATION_COL_COLLICULOCALE - 1], c->icu_locale);
    set_text(&values[PG_COLLATION_COL_COLLVERSION - 1], &nulls[PG_COLLATION_COL_COLLVERSION - 1],
             c->version);
}

static void make_heap(Bootstrap *b, const Catalog *catalog, NewRelation *heap, NewRelation *toast)
{
    const CatalogRows *rows = &catalog_rows[catalog - catalog_table];
    TupleDesc *desc = catalog_tuple_desc(catalog);
    Datum *values = mem_new_array(Datum, catalog->column_count);
    bool *nulls = mem_new_array(bool, catalog->column_count);
    const char *text = rows->text;

    for (uint32_t i = 0; i < rows->count; i++) {
        text = read_row(b, catalog, text, values, nulls);
        fill_in(b, catalog, values, nulls);
        new_heap_add(heap, desc, values, nulls, toast, &b->next_value_id);
    }
    for (size_t i = 0; catalog->oid == PG_COLLATION_CATALOG && i < b->options->collation_count;
         i++) {
        collation_row(&b->options->collations[i], COLLATIONS_OID + (Oid)i, values, nulls);
        new_heap_add(heap, desc, values, nulls, toast, &b->next_value_id);
    }
}

static void make_catalog(Bootstrap *b, const Catalog *catalog)
{
    NewRelation *heap = new_relation(b, catalog->oid), *toast = NULL;

    if (catalog->toast != 0)
        toast = new_relation(b, catalog->toast);
    make_heap(b, catalog, heap, toast);
    for (unsigned k = 0; k < catalog->index_count; k++)
        new_index_build(new_relation(b, catalog->indexes[k].oid), catalog, &catalog->indexes[k],
                        heap, catalog_tuple_desc(catalog));
    if (toast != NULL) {
        const Catalog *shape = catalog_toast_shape();

        new_index_build(new_relation(b, catalog->toast_index), shape, &shape->indexes[0], toast,
                        catalog_tuple_desc(shape));
    }
}

/* ---- Files ---- */

static void write_file(const char *path, const void *bytes, size_t len)
{
    OsFile *f = os_file_open(path, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

    os_file_write(f, bytes, len);
    os_file_close(f);
}

static void write_relations(const Bootstrap *b, const char *dir, bool is_shared)
{
    for (size_t i = 0; i < b->relation_count; i++) {
        const NewRelation *relation = &b->relations[i];

        if (catalog_is_shared(relation->oid) == is_shared)
            write_file(mem_printf("%s/%u", dir, relation->oid), relation->pages,
                       (size_t)relation->page_count * BLOCK_SIZE);
    }
}

static void map_add(RelMap *map, Oid oid)
{
    if (oid != 0)
        map->entries[map->count++] = (RelMapEntry){.oid = oid, .rel = oid};
}

static void write_map(const char *dir, bool is_shared)
{
    RelMap map = {.count = 0};
    uint8_t bytes[RELMAP_SIZE_MAX];
    size_t len;

    for (size_t i = 0; i < catalog_count(); i++) {
        const Catalog *catalog = catalog_at(i);

        if (!catalog->is_mapped || catalog->is_shared != is_shared)
            continue;
        map_add(&map, catalog->oid);
        map_add(&map, catalog->toast);
        map_add(&map, catalog->toast_index);
        for (unsigned k = 0; k < catalog->index_count; k++)
            map_add(&map, catalog->indexes[k].oid);
    }
    len = relmap_write(&map, 15, bytes);
    write_file(mem_printf("%s/%s", dir, RELMAP_FILE_NAME), bytes, len);
}

static void write_database(const Bootstrap *b, Oid database)
{
    const char *dir = mem_printf("%s/base/%u", b->data_dir, database);

    os_dir_make_all(dir);
    write_file(mem_printf("%s/PG_VERSION", dir), PG_VERSION_TEXT, strlen(PG_VERSION_TEXT));
    write_map(dir, false);
    write_relations(b, dir, false);
}

static void write_all(Bootstrap *b)
{
    const char *global = mem_printf("%s/global", b->data_dir);

    for (size_t i = 0; b->options->has_checksums && i < b->relation_count; i++) {
        for (BlockNo block = 0; block < b->relations[i].page_count; block++)
            checksum_set_page(b->relations[i].pages + (size_t)block * BLOCK_SIZE, block);
    }
    os_dir_make_all(global);
    write_map(global, true);
    write_relations(b, global, true);
    write_database(b, DATABASE_TEMPLATE1);
    sync_folders(b->data_dir, b->options);
}

/* At the end: a file system syncs much that was written at once in a fraction of the time. */
static void sync_folders(const char *data_dir, const BootstrapOptions *options)
{
    if (options->no_sync)
        return;
    os_dir_sync_tree(mem_printf("%s/global", data_dir), false);
    os_dir_sync_tree(mem_printf("%s/base", data_dir), false);
    os_dir_sync(data_dir);
}

void bootstrap_copy_template(const char *data_dir, const BootstrapOptions *options)
{
    static const Oid copies[] = {DATABASE_TEMPLATE0, DATABASE_POSTGRES};
    const char *from = mem_printf("%s/base/%u", data_dir, DATABASE_TEMPLATE1);
    Array names;

    os_dir_list(from, &names);
    for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
        const char *to = mem_printf("%s/base/%u", data_dir, copies[i]);

        os_dir_make(to);
        array_foreach(char *const, name, &names)
            os_copy_file(mem_printf("%s/%s", from, *name), mem_printf("%s/%s", to, *name));
    }
    sync_folders(data_dir, options);
}
