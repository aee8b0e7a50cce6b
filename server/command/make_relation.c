/*
 * make_relation.c - rows of pg_class and pg_attribute, and files, for new relations
 *
 * A relation is made in PostgreSQL's order: its number, its file, the numbers of its types, then
 * rows of pg_type, pg_class, pg_attribute, and what it depends on.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/access/common/rel_file.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/relmap.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/config/setting.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/object/acl_new.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/types/acl.h"
#include "server/wal/wal.h"

/* Functions of row types. */
#define RECORD_IN       2290
#define RECORD_OUT      2291
#define RECORD_RECV     2402
#define RECORD_SEND     2403

#define COLUMNS_AT_ONCE 32

static const Column system_columns[] = {
    {"ctid", 27, -1, 0, -1, 6, false, 's', 'p', .not_null = true, .is_local = true},
    {"xmin", 28, -1, 0, -2, 4, true, 'i', 'p', .not_null = true, .is_local = true},
    {"cmin", 29, -1, 0, -3, 4, true, 'i', 'p', .not_null = true, .is_local = true},
    {"xmax", 28, -1, 0, -4, 4, true, 'i', 'p', .not_null = true, .is_local = true},
    {"cmax", 29, -1, 0, -5, 4, true, 'i', 'p', .not_null = true, .is_local = true},
    {"tableoid", 26, -1, 0, -6, 4, true, 'i', 'p', .not_null = true, .is_local = true},
};

static void refuse_system_schema(const RelationMake *make);
static void check_names(const RelationMake *make);
static bool has_storage(char kind);
static bool is_index(char kind);
static bool has_row_type(const RelationMake *make);
static bool has_table_am(char kind);
static void make_row_types(RelationMake *make, Oid array);
static Relation *pin_new(const RelationMake *make);
static bool has_rights(char kind);
static bool take_rights(const RelationMake *make, Acl *out);
static void insert_class(const RelationMake *make, const Acl *acl);
static void note_dependencies(const RelationMake *make, const Acl *acl);

/* ---- System columns ---- */

const Column *relation_system_column(int number)
{
    return number < 0 && number >= -(int)ARRAY_LEN(system_columns) ? &system_columns[-number - 1]
                                                                   : NULL;
}

const Column *relation_find_system_column(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(system_columns); i++) {
        if (strcmp(system_columns[i].name, name) == 0)
            return &system_columns[i];
    }
    return NULL;
}

/* ---- Making ---- */

Relation *relation_make(RelationMake *make)
{
    Relation *rel;
    Oid array = 0;
    Acl acl;
    bool has_list;

    relation_check_columns(make->desc, make->kind);
    refuse_system_schema(make);
    check_names(make);
    if (make->oid == 0)
        make->oid = relation_new_file_no(make->tablespace, true, cache_temp_backend());
    rel = pin_new(make);
    if (relation_has_storage(rel))
        relation_make_file(&rel->tag, rel->temp_backend, make->kind, make->persistence);
    if (has_row_type(make)) {
        array = type_new_array_oid();
        make_row_types(make, array);
    }
    has_list = take_rights(make, &acl);
    insert_class(make, has_list ? &acl : NULL);
    relation_make_columns(make->oid, make->desc, make->kind);
    note_dependencies(make, has_list ? &acl : NULL);
    return rel;
}

/* Indexes may be made there by whoever owns the table. */
static void refuse_system_schema(const RelationMake *make)
{
    bool is_system =
        make->schema == SCHEMA_CATALOG || (make->schema == SCHEMA_TOAST && !make->is_toast);

    if (!is_system || is_index(make->kind) || setting.allow_system_table_mods)
        return;
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
              .message = err_fmt("permission denied to create \"%s.%s\"",
                                 schema_name(make->schema), make->name),
              .detail = "System catalog modifications are currently disallowed.");
}

static void check_names(const RelationMake *make)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(make->name), datum_of_u32(make->schema));

    if (row != NULL)
        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists", make->name));
    if (is_index(make->kind))
        return;
    row =
        syscache_peek2(CACHE_TYPENAMENSP, datum_of_pointer(make->name), datum_of_u32(make->schema));
    if (row != NULL && !type_move_array(CACHE_ROW(PgType, row)->oid, make->name, make->schema))
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("type \"%s\" already exists", make->name),
                  .hint = "A relation has an associated type of the same name, so you must use a "
                          "name that doesn't conflict with any existing type.");
}

static bool has_storage(char kind)
{
    return kind == RELATION_TABLE || kind == RELATION_INDEX || kind == RELATION_SEQUENCE ||
           kind == RELATION_TOAST || kind == RELATION_MATERIALIZED_VIEW;
}

/* Others belong to one that has, or have none. */
static bool has_rights(char kind)
{
    return kind == RELATION_TABLE || kind == RELATION_VIEW || kind == RELATION_MATERIALIZED_VIEW ||
           kind == RELATION_FOREIGN_TABLE || kind == RELATION_PARTITIONED_TABLE;
}

static bool is_index(char kind)
{
    return kind == RELATION_INDEX || kind == RELATION_PARTITIONED_INDEX;
}

static bool has_table_am(char kind)
{
    return kind == RELATION_TABLE || kind == RELATION_TOAST || kind == RELATION_MATERIALIZED_VIEW;
}

static bool has_row_type(const RelationMake *make)
{
    return make->kind != RELATION_SEQUENCE && make->kind != RELATION_TOAST && !is_index(make->kind);
}

/* The composite type and its array; their rows name each other. */
static void make_row_types(RelationMake *make, Oid array)
{
    const TypeMake type = {
        .name = make->name,
        .schema = make->schema,
        .owner = make->owner,
        .relation = make->oid,
        .relation_kind = make->kind,
        .len = -1,
        .kind = 'c',
        .category = 'C',
        .input = RECORD_IN,
        .output = RECORD_OUT,
        .receive = RECORD_RECV,
        .send = RECORD_SEND,
        .array = array,
        .align = 'd',
        .storage = 'x',
        .typmod = -1,
    };

    make->row_type = type_make(&type);
    type_make_array(&type, make->row_type, array);
}

/* Nobody else can see it, but the lock is there for what follows, and for standbys. */
static Relation *pin_new(const RelationMake *make)
{
    RelationSpec spec = {
        .oid = make->oid,
        .name = make->name,
        .schema = make->schema,
        .kind = make->kind,
        .persistence = make->persistence,
        .access_method = make->access_method,
        .owner = make->owner,
        .tablespace = make->tablespace,
        .file = has_storage(make->kind) ? make->oid : 0,
        .is_shared = make->is_shared,
        .is_mapped = make->is_mapped,
        .desc = make->desc,
    };

    lock_relation(make->oid, LOCK_ACCESS_EXCLUSIVE);
    return relation_pin_new(&spec);
}

void relation_make_file(const RelTag *tag, int temp_backend, char kind, char persistence)
{
    SmgrRel *rel = rel_file_create(tag, temp_backend, persistence == RELATION_PERMANENT);

    /* What is in it at start-up after a crash. */
    if (persistence == RELATION_UNLOGGED && has_table_am(kind)) {
        rel_file_create_fork(rel, FORK_INIT);
        smgr_sync_now(rel, FORK_INIT);
    }
}

RelFileNo relation_new_file_no(Oid tablespace, bool class_too, int temp_backend)
{
    RelTag tag = {.tablespace = tablespace != 0 ? tablespace : cache_database_tablespace()};

    tag.database = tag.tablespace == TABLESPACE_GLOBAL ? 0 : cache_database();
    for (;;) {
        const char *path;

        check_interrupts();
        tag.rel = class_too
                      ? catalog_new_oid(PG_CLASS_CATALOG, PG_CLASS_OID_INDEX, PG_CLASS_COL_OID)
                      : oid_assign();
        path = smgr_path(&tag, temp_backend, FORK_MAIN, 0);
        if (!os_exists(path))
            return tag.rel;
    }
}

/* ---- pg_class ---- */

static void fill_class(CatalogRow *row, const RelationMake *make)
{
    bool is_sequence = make->kind == RELATION_SEQUENCE;
    bool has_am = has_table_am(make->kind);

    catalog_row_init(row);
    catalog_set_u32(row, PG_CLASS_COL_OID, make->oid);
    catalog_set_name(row, PG_CLASS_COL_RELNAME, make->name);
    catalog_set_u32(row, PG_CLASS_COL_RELNAMESPACE, make->schema);
    catalog_set_u32(row, PG_CLASS_COL_RELTYPE, make->row_type);
    catalog_set_u32(row, PG_CLASS_COL_RELOFTYPE, make->of_type);
    catalog_set_u32(row, PG_CLASS_COL_RELOWNER, make->owner);
    catalog_set_u32(row, PG_CLASS_COL_RELAM, make->access_method);
    catalog_set_u32(row, PG_CLASS_COL_RELFILENODE,
                    has_storage(make->kind) && !make->is_mapped ? make->oid : 0);
    catalog_set_u32(row, PG_CLASS_COL_RELTABLESPACE, make->tablespace);
    catalog_set_i32(row, PG_CLASS_COL_RELPAGES, is_sequence ? 1 : 0);
    catalog_set(row, PG_CLASS_COL_RELTUPLES,
                datum_of_f4(is_sequence            ? 1
                            : is_index(make->kind) ? 0
                                                   : -1));
    catalog_set_i32(row, PG_CLASS_COL_RELALLVISIBLE, 0);
    catalog_set_u32(row, PG_CLASS_COL_RELTOASTRELID, 0);
    catalog_set_bool(row, PG_CLASS_COL_RELHASINDEX, false);
    catalog_set_bool(row, PG_CLASS_COL_RELISSHARED, make->is_shared);
    catalog_set_char(row, PG_CLASS_COL_RELPERSISTENCE, make->persistence);
    catalog_set_char(row, PG_CLASS_COL_RELKIND, make->kind);
    catalog_set_i16(row, PG_CLASS_COL_RELNATTS, (int16_t)make->desc->count);
    catalog_set_i16(row, PG_CLASS_COL_RELCHECKS, 0);
    for (int column = PG_CLASS_COL_RELHASRULES; column <= PG_CLASS_COL_RELFORCEROWSECURITY;
         column++)
        catalog_set_bool(row, column, false);
    catalog_set_bool(row, PG_CLASS_COL_RELISPOPULATED, true);
    catalog_set_char(row, PG_CLASS_COL_RELREPLIDENT,
                     make->schema != SCHEMA_CATALOG && (make->kind == RELATION_TABLE ||
                                                        make->kind == RELATION_MATERIALIZED_VIEW ||
                                                        make->kind == RELATION_PARTITIONED_TABLE)
                         ? 'd'
                         : 'n');
    catalog_set_bool(row, PG_CLASS_COL_RELISPARTITION, false);
    catalog_set_u32(row, PG_CLASS_COL_RELREWRITE, 0);
    catalog_set_u32(row, PG_CLASS_COL_RELFROZENXID, has_am ? proc_array_recent_xmin() : 0);
    catalog_set_u32(row, PG_CLASS_COL_RELMINMXID, has_am ? multixact_oldest_needed() : 0);
    if (make->options != NULL)
        catalog_set(row, PG_CLASS_COL_RELOPTIONS, datum_of_pointer(make->options));
}

static void insert_class(const RelationMake *make, const Acl *acl)
{
    CatalogChange *change = catalog_change_begin(PG_CLASS_CATALOG);
    CatalogRow row;

    fill_class(&row, make);
    if (acl != NULL)
        catalog_set(&row, PG_CLASS_COL_RELACL, acl_to_datum(acl));
    catalog_insert(change, &row);
    catalog_change_end(change);
}

/* Rights that the owner gives with all that he makes; false: none are to be stored. */
static bool take_rights(const RelationMake *make, Acl *out)
{
    if (make->kind == RELATION_SEQUENCE)
        return acl_of_new(RIGHTS_OF_SEQUENCE, make->owner, make->schema, out);
    return has_rights(make->kind) &&
           acl_of_new(RIGHTS_OF_TABLE, make->owner, make->schema, out);
}

const uint8_t *relation_options_copy(Oid relation)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(relation));
    bool is_null;
    Datum value = syscache_get(CACHE_RELOID, row, PG_CLASS_COL_RELOPTIONS, &is_null);
    const uint8_t *options = is_null ? NULL : varlena_plain(datum_varlena(value));

    if (options != NULL)
        options = mem_dup(options, varlena_size(options));
    syscache_unpin(row);
    return options;
}

void relation_update_class(Oid relation, const CatalogRow *row)
{
    CatalogChange *change = catalog_change_begin(PG_CLASS_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_RELOID, datum_of_u32(relation));

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for relation %u", relation));
    catalog_update(change, old, row);
    syscache_unpin(old);
    catalog_change_end(change);
}

/* An index says by itself what it depends on, a toast table is told by who makes it. */
static void note_dependencies(const RelationMake *make, const Acl *acl)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, make->oid);
    ObjectList on;

    if (make->kind == RELATION_COMPOSITE_TYPE || make->kind == RELATION_TOAST ||
        is_index(make->kind))
        return;
    depend_note_owner(PG_CLASS_CATALOG, make->oid, make->owner);
    depend_change_acl(PG_CLASS_CATALOG, make->oid, 0, make->owner, NULL, acl);
    object_list_init(&on);
    object_list_add(&on, PG_NAMESPACE_CATALOG, make->schema, 0);
    if (make->of_type != 0)
        object_list_add(&on, PG_TYPE_CATALOG, make->of_type, 0);
    if (has_table_am(make->kind))
        object_list_add(&on, PG_AM_CATALOG, make->access_method, 0);
    depend_note_list(&who, &on, DEPEND_NORMAL);
    if (make->tablespace != 0 && !has_storage(make->kind))
        depend_note_tablespace(PG_CLASS_CATALOG, make->oid, make->tablespace);
}

/* ---- pg_attribute ---- */

const char *relation_column_version(void)
{
    return mem_printf("%" PRIu64, (uint64_t)wal_insert_lsn());
}

const uint8_t *relation_column_stamp(void)
{
    static const ArrayElement text = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    char *stamp = mem_printf(RELATION_COLUMN_STAMP "=%s", relation_column_version());
    Datum value = datum_of_pointer(varlena_new(stamp, strlen(stamp)));

    return array_make_list(&text, &value, NULL, 1);
}

void relation_fill_column(CatalogRow *row, Oid relation, const Column *c)
{
    catalog_row_init(row);
    catalog_set_u32(row, PG_ATTRIBUTE_COL_ATTRELID, relation);
    catalog_set_name(row, PG_ATTRIBUTE_COL_ATTNAME, c->name);
    catalog_set_u32(row, PG_ATTRIBUTE_COL_ATTTYPID, c->type);
    catalog_set_i32(row, PG_ATTRIBUTE_COL_ATTSTATTARGET, c->stats_target);
    catalog_set_i16(row, PG_ATTRIBUTE_COL_ATTLEN, c->len);
    catalog_set_i16(row, PG_ATTRIBUTE_COL_ATTNUM, c->number);
    catalog_set_i32(row, PG_ATTRIBUTE_COL_ATTNDIMS, c->dimensions);
    catalog_set_i32(row, PG_ATTRIBUTE_COL_ATTCACHEOFF, -1);
    catalog_set_i32(row, PG_ATTRIBUTE_COL_ATTTYPMOD, c->type_mod);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTBYVAL, c->by_value);
    catalog_set_char(row, PG_ATTRIBUTE_COL_ATTALIGN, c->align);
    catalog_set_char(row, PG_ATTRIBUTE_COL_ATTSTORAGE, c->storage);
    catalog_set_char(row, PG_ATTRIBUTE_COL_ATTCOMPRESSION, c->compression);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTNOTNULL, c->not_null);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTHASDEF, c->has_default);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTHASMISSING, c->has_missing);
    catalog_set_char(row, PG_ATTRIBUTE_COL_ATTIDENTITY, c->identity);
    catalog_set_char(row, PG_ATTRIBUTE_COL_ATTGENERATED, c->generated);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTISDROPPED, c->is_dropped);
    catalog_set_bool(row, PG_ATTRIBUTE_COL_ATTISLOCAL, c->is_local);
    catalog_set_i32(row, PG_ATTRIBUTE_COL_ATTINHCOUNT, c->inherit_count);
    catalog_set_u32(row, PG_ATTRIBUTE_COL_ATTCOLLATION, c->collation);
}

static void note_column(Oid relation, const Column *c)
{
    const ObjectAddress who = {PG_CLASS_CATALOG, relation, c->number};
    const ObjectAddress type = object_address(PG_TYPE_CATALOG, c->type);
    const ObjectAddress collation = object_address(PG_COLLATION_CATALOG, c->collation);

    depend_note(&who, &type, DEPEND_NORMAL);
    if (c->collation != 0)
        depend_note(&who, &collation, DEPEND_NORMAL);
}

void relation_make_columns(Oid relation, const TupleDesc *desc, char kind)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    CatalogRow *rows = mem_new_array(CatalogRow, COLUMNS_AT_ONCE);
    bool is_stamped = !is_index(kind) && kind != RELATION_SEQUENCE && kind != RELATION_TOAST;
    const uint8_t *stamp = is_stamped && desc->count > 0 ? relation_column_stamp() : NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < desc->count; i++) {
        relation_fill_column(&rows[count], relation, &desc->columns[i]);
        if (stamp != NULL)
            catalog_set(&rows[count], PG_ATTRIBUTE_COL_ATTOPTIONS, datum_of_pointer(stamp));
        if (++count == COLUMNS_AT_ONCE || i + 1 == desc->count) {
            catalog_insert_many(change, rows, count);
            count = 0;
        }
        if (!is_index(kind))
            note_column(relation, &desc->columns[i]);
    }
    if (!is_index(kind) && kind != RELATION_VIEW && kind != RELATION_COMPOSITE_TYPE) {
        for (unsigned i = 0; i < ARRAY_LEN(system_columns); i++)
            relation_fill_column(&rows[i], relation, &system_columns[i]);
        catalog_insert_many(change, rows, ARRAY_LEN(system_columns));
    }
    catalog_change_end(change);
    mem_free(rows);
}

/* ---- What columns may be ---- */

void relation_check_count(size_t columns)
{
    if (columns > COLUMNS_MAX)
        err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                  .message = err_fmt("tables can have at most %d columns", COLUMNS_MAX));
}

void relation_check_columns(const TupleDesc *desc, char kind)
{
    relation_check_count(desc->count);
    if (kind == RELATION_TOAST || is_index(kind) || kind == RELATION_SEQUENCE)
        return;
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *c = &desc->columns[i];

        if (kind != RELATION_VIEW && kind != RELATION_COMPOSITE_TYPE &&
            relation_find_system_column(c->name) != NULL)
            err_raise(SQLSTATE_DUPLICATE_COLUMN,
                      .message = err_fmt("column name \"%s\" conflicts with a system column name",
                                         c->name));
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(desc->columns[k].name, c->name) == 0)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message =
                              err_fmt("column name \"%s\" specified more than once", c->name));
        }
    }
    /* Arrays of any type, as pg_statistic has them, are for the system's own. */
    for (unsigned i = 0; i < desc->count; i++)
        if (desc->columns[i].type != TYPE_ANYARRAY || !setting.allow_system_table_mods)
            relation_check_column_type(desc->columns[i].name, desc->columns[i].type,
                                       desc->columns[i].collation);
}

/* Through domains and arrays; the columns of a composite type were looked at when it was made. */
void relation_check_column_type(const char *name, Oid type, Oid collation)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    const PgType *t;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    t = CACHE_ROW(PgType, row);
    if (t->typtype == 'p') {
        char *type_text = mem_strdup(t->typname);

        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = err_fmt("column \"%s\" has pseudo-type %s", name, type_text));
    }
    if (t->typtype == 'd')
        relation_check_column_type(name, t->typbasetype, collation);
    else if (t->typelem != 0 && t->typsubscript != 0 && t->typlen == -1)
        relation_check_column_type(name, t->typelem, collation);
    else if (collation == 0 && t->typcollation != 0)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = err_fmt("no collation was derived for column \"%s\" with collatable "
                                     "type %s",
                                     name, t->typname),
                  .hint = "Use the COLLATE clause to set the collation explicitly.");
}

void relation_check_not_member(Oid row_type, Oid type)
{
    Relation *rel;
    PgType t;

    node_check_depth();
    if (type == row_type) {
        const char *shown = type_shown(type);

        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message =
                      err_fmt("composite type %s cannot be made a member of itself", shown));
    }
    type_get(type, &t);
    if (t.typtype == 'd') {
        relation_check_not_member(row_type, t.typbasetype);
    } else if (t.typtype == 'c') {
        rel = relation_open(t.typrelid, LOCK_ACCESS_SHARE);
        for (unsigned i = 0; i < rel->desc->count; i++) {
            if (!rel->desc->columns[i].is_dropped)
                relation_check_not_member(row_type, rel->desc->columns[i].type);
        }
        relation_close(rel, LOCK_NONE);
    } else if (t.typelem != 0 && t.typsubscript != 0 && t.typlen == -1) {
        relation_check_not_member(row_type, t.typelem);
    }
}

/* ---- Other files ---- */

/* The number of a mapped relation's file is in the map, all others' in pg_class. */
void relation_set_new_file(Relation *rel, char persistence)
{
    relation_set_new_file_in(rel, persistence, rel->row->reltablespace);
}

void relation_set_new_file_in(Relation *rel, char persistence, Oid tablespace)
{
    RelFileNo file = relation_new_file_no(tablespace, false, rel->temp_backend);
    RelTag tag = rel->tag;
    CatalogRow row;

    tag.rel = file;
    if (tablespace != rel->row->reltablespace)
        tag.tablespace = tablespace != 0 ? tablespace : cache_database_tablespace();
    rel_file_drop(&rel->tag, rel->temp_backend);
    relation_make_file(&tag, rel->temp_backend, rel->kind, persistence);
    if (rel->is_mapped) {
        relmap_set(rel->oid, file, rel->is_shared, false);
        inval_note_relation(rel->oid, rel->is_shared);
    } else {
        catalog_row_init(&row);
        catalog_set_u32(&row, PG_CLASS_COL_RELFILENODE, file);
        catalog_set_u32(&row, PG_CLASS_COL_RELTABLESPACE, tablespace);
        if (rel->kind != RELATION_SEQUENCE) {
            catalog_set_i32(&row, PG_CLASS_COL_RELPAGES, 0);
            catalog_set(&row, PG_CLASS_COL_RELTUPLES, datum_of_f4(-1));
            catalog_set_i32(&row, PG_CLASS_COL_RELALLVISIBLE, 0);
        }
        if (has_table_am(rel->kind)) {
            catalog_set_u32(&row, PG_CLASS_COL_RELFROZENXID, proc_array_recent_xmin());
            catalog_set_u32(&row, PG_CLASS_COL_RELMINMXID, multixact_oldest_needed());
        } else {
            catalog_set_u32(&row, PG_CLASS_COL_RELFROZENXID, 0);
            catalog_set_u32(&row, PG_CLASS_COL_RELMINMXID, 0);
        }
        catalog_set_char(&row, PG_CLASS_COL_RELPERSISTENCE, persistence);
        relation_update_class(rel->oid, &row);
    }
    txn_advance_command();
    relation_note_new_file(rel);
}
