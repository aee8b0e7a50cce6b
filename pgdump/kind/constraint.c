/*
 * constraint.c - checks of tables and domains, foreign keys, the keys that indexes stand for
 *
 * NOT NULL is a constraint since 18: it is read for its comment, and printed with its column unless
 * old rows may break it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

static void take(Dump *d, void *row);
static void take_table_check(Dump *d, ConstraintObject *c, TableObject *t);
static void take_domain_check(Dump *d, ConstraintObject *c);
static void take_check(Dump *d, ConstraintObject *c, DumpObject *on, Array *checks);
static void take_foreign_key(Dump *d, ConstraintObject *c, TableObject *t);
static void print_added(Dump *d, DumpObject *o, const char *type, const char *definition);
static void print_domain_check(Dump *d, ConstraintObject *c);

void constraint_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, ConstraintObject, object.oid),
        COLUMN("c.conname", TEXT, ConstraintObject, object.name),
        COLUMN("c.connamespace", SCHEMA, ConstraintObject, object.schema),
        COLUMN("c.contype", CHAR, ConstraintObject, type),
        COLUMN("c.conrelid", OID, ConstraintObject, table_oid),
        COLUMN("c.contypid", OID, ConstraintObject, domain_oid),
        COLUMN("c.confrelid", OID, ConstraintObject, referenced),
        COLUMN("c.conindid", OID, ConstraintObject, index_oid),
        COLUMN("c.conparentid", OID, ConstraintObject, parent),
        COLUMN("c.conislocal", BOOL, ConstraintObject, is_local),
        COLUMN("c.convalidated", BOOL, ConstraintObject, is_validated),
        COLUMN("pg_catalog.pg_get_constraintdef(c.oid)", TEXT, ConstraintObject, definition),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_constraint c",
        .where = "(c.contype IN ('c', 'f') OR c.contype = 'n' AND c.conrelid <> 0)"
                 " AND c.oid >= 16384",
        .order = "c.conrelid, c.conname",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(ConstraintObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    ConstraintObject *c = row;
    TableObject *t = c->table_oid == 0 ? NULL : table_find(d, c->table_oid);

    if (c->domain_oid != 0)
        take_domain_check(d, c);
    else if (t == NULL || !t->is_interesting)
        return;
    else if (c->type == 'f')
        take_foreign_key(d, c, t);
    else
        take_table_check(d, c, t);
}

static void take_table_check(Dump *d, ConstraintObject *c, TableObject *t)
{
    c->table = t;
    take_check(d, c, &t->object, &t->checks);
}

static void take_domain_check(Dump *d, ConstraintObject *c)
{
    TypeObject *domain = type_find(d, c->domain_oid);

    if (domain == NULL)
        return;
    c->domain = domain;
    c->is_local = true;
    take_check(d, c, &domain->object, &domain->checks);
}

/* on is the table or domain, checks its list of them. */
static void take_check(Dump *d, ConstraintObject *c, DumpObject *on, Array *checks)
{
    /* A check that old rows may break comes after them. */
    c->is_separate = !c->is_validated;
    c->object.owner = on->owner;
    object_add(d, &c->object, KIND_CONSTRAINT);
    c->object.wanted = on->wanted;
    *(ConstraintObject **)array_push(checks) = c;
    if (c->is_separate)
        object_depend(&c->object, on->id);
    else if (c->type != 'n') /* which is part of its column, not an object that comes before */
        object_depend(on, c->object.id);
}

static void take_foreign_key(Dump *d, ConstraintObject *c, TableObject *t)
{
    /* A partition's comes with its parent's. */
    if (c->parent != 0)
        return;
    c->is_separate = true;
    c->is_local = true;
    c->table = t;
    c->object.owner = t->object.owner;
    object_add(d, &c->object, KIND_FOREIGN_KEY);
    c->object.wanted = t->object.wanted;
    object_depend(&c->object, t->object.id);
    foreign_key_depend(d, c);
}

void constraint_print(Dump *d, DumpObject *o)
{
    ConstraintObject *c = (ConstraintObject *)o;

    if (!c->is_separate)
        return;
    if (c->index != NULL)
        index_print_constraint(d, c);
    else if (c->domain != NULL)
        print_domain_check(d, c);
    else if (c->is_local)
        print_added(d, o, c->type == 'n' ? "CONSTRAINT" : "CHECK CONSTRAINT", c->definition);
    constraint_print_comment(d, c);
}

void foreign_key_print(Dump *d, DumpObject *o)
{
    ConstraintObject *c = (ConstraintObject *)o;

    print_added(d, o, "FK CONSTRAINT", c->definition);
    constraint_print_comment(d, c);
}

static void print_added(Dump *d, DumpObject *o, const char *type, const char *definition)
{
    const ConstraintObject *c = (const ConstraintObject *)o;
    const char *foreign = c->table->kind == RELKIND_FOREIGN ? "FOREIGN " : "";
    /* A partitioned table's foreign key goes down to its partitions. */
    const char *only = c->type == 'f' && c->table->kind == RELKIND_PARTITIONED ? "" : "ONLY ";
    const char *table = entry_qualified(d, &c->table->object), *name = entry_name(d, o->name);

    if (c->type == 'c' || c->type == 'n')
        only = "";
    entry_add_definition(d, o,
                         &(Definition){
                             .type = type,
                             .tag = mem_printf("%s %s", c->table->object.name, o->name),
                             .create = mem_printf("ALTER %sTABLE %s%s\n    ADD CONSTRAINT %s %s;\n",
                                                  foreign, only, table, name, definition),
                             .drop = mem_printf("ALTER %sTABLE %s%s DROP CONSTRAINT %s;\n", foreign,
                                                only, table, name),
                         });
}

static void print_domain_check(Dump *d, ConstraintObject *c)
{
    const char *domain = entry_qualified(d, &c->domain->object);
    const char *name = entry_name(d, c->object.name);

    entry_add_definition(
        d, &c->object,
        &(Definition){
            .type = "CHECK CONSTRAINT",
            .tag = mem_printf("%s %s", c->domain->object.name, c->object.name),
            .create = mem_printf("ALTER DOMAIN %s\n    ADD CONSTRAINT %s %s;\n", domain, name,
                                 c->definition),
            .drop = mem_printf("ALTER DOMAIN %s DROP CONSTRAINT %s;\n", domain, name),
        });
}

void constraint_print_comment(Dump *d, ConstraintObject *c)
{
    const DumpObject *on = c->table != NULL ? &c->table->object : &c->domain->object;
    const char *name = entry_name(d, c->object.name);
    const char *word = c->domain != NULL ? "DOMAIN " : "";

    entry_add_part(d, &c->object,
                   &(Definition){
                       .type = "CONSTRAINT",
                       .tag = mem_printf("%s ON %s%s", name, word, entry_name(d, on->name)),
                       .name = mem_printf("%s ON %s%s", name, word, entry_qualified(d, on)),
                       .schema = on->schema,
                       .section = c->is_separate ? ARCHIVE_POST_DATA : ARCHIVE_PRE_DATA,
                       .has_no_labels = true,
                   },
                   0);
}

int constraint_compare(const DumpObject *a, const DumpObject *b)
{
    const ConstraintObject *left = (const ConstraintObject *)a;
    const ConstraintObject *right = (const ConstraintObject *)b;
    const DumpObject *left_on, *right_on;

    if ((left->domain != NULL) != (right->domain != NULL))
        return left->domain != NULL ? -1 : 1;
    left_on = left->domain != NULL ? &left->domain->object : &left->table->object;
    right_on = right->domain != NULL ? &right->domain->object : &right->table->object;
    if (left_on->schema != right_on->schema) {
        int order = strcmp(left_on->schema->object.name, right_on->schema->object.name);

        if (order != 0)
            return order;
    }
    return strcmp(left_on->name, right_on->name);
}
