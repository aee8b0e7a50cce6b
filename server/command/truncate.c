/* truncate.c - TRUNCATE: tables are empty at once, in new files unless those are new anyway */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/sequence.h"
#include "server/command/table_use.h"
#include "server/config/setting.h"
#include "server/executor/result_rel.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/trigger/trigger.h"
#include "server/txn/txn.h"

struct Truncation;

static bool is_target(const struct Truncation *t, Oid oid);
static void add_target(struct Truncation *t, Oid oid);
static void add_referencing(struct Truncation *t);
static void refuse_referenced(const struct Truncation *t);
static void find_sequences(struct Truncation *t);
static void fire_before(struct Truncation *t);
static void fire_after(struct Truncation *t);
static void check_truncate(const RangeVar *var, Oid relation, void *arg);
static void cut(Oid oid);
static void truncate_table(Oid oid);

/* A table that is truncated, with its triggers of that statement. */
typedef struct Truncated {
    Oid oid;
    Relation *rel; /* open as long as triggers may be called */
    FireRel *fire; /* NULL: it has none */
} Truncated;

typedef struct Truncation {
    const TruncateStmt *stmt;
    Array targets;   /* Truncated */
    Array sequences; /* Oid: of their columns, to begin anew */
} Truncation;

void command_truncate(CommandCall *call)
{
    Truncation t = {.stmt = (const TruncateStmt *)(const void *)call->statement};

    array_init(&t.targets, sizeof(Truncated));
    array_init(&t.sequences, sizeof(Oid));
    list_foreach(const RangeVar *, var, t.stmt->relations) {
        Oid oid = relation_of_name(var, LOCK_ACCESS_EXCLUSIVE, 0, check_truncate, NULL);

        if (!is_target(&t, oid))
            add_target(&t, oid);
    }
    if (t.stmt->behavior == DROP_CASCADE)
        add_referencing(&t);
    else
        refuse_referenced(&t);
    if (t.stmt->is_restart)
        find_sequences(&t);
    fire_before(&t);
    for (size_t i = 0; i < t.targets.count; i++)
        truncate_table(((const Truncated *)array_at(&t.targets, i))->oid);
    array_foreach(const Oid, sequence, &t.sequences)
        sequence_restart(*sequence);
    fire_after(&t);
}

/* ---- Which tables ---- */

static bool is_target(const Truncation *t, Oid oid)
{
    array_foreach(const Truncated, target, &t->targets) {
        if (target->oid == oid)
            return true;
    }
    return false;
}

static void add_target(Truncation *t, Oid oid)
{
    Truncated *target;
    Relation *rel = table_open(oid, LOCK_NONE);

    table_require_unused(rel, "TRUNCATE");
    if (rel->row->relhassubclass)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "TRUNCATE of tables with children is not supported yet");
    relation_close(rel, LOCK_NONE);
    target = array_push(&t->targets);
    target->oid = oid;
}

static int compare_oids(const void *a, const void *b)
{
    Oid x = *(const Oid *)a, y = *(const Oid *)b;

    return (x > y) - (x < y);
}

/* Tables that refer to it by a foreign key, and are no targets; by number. */
static void find_referencing(const Truncation *t, Oid oid, Array *out)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    const RelationTriggers *triggers = relation_triggers(rel);

    array_init(out, sizeof(Oid));
    for (unsigned i = 0; i < triggers->count; i++) {
        bool is_update;
        RiKind kind = trigger_ri_kind(triggers->list[i].function, &is_update);
        Oid other = triggers->list[i].constraint_relation;

        if (kind != RI_NONE && kind != RI_CHECK && other != 0 && !is_target(t, other))
            *(Oid *)array_push(out) = other;
    }
    array_sort(out, compare_oids);
    relation_close(rel, LOCK_NONE);
}

static void add_referencing(Truncation *t)
{
    for (size_t i = 0; i < t->targets.count; i++) {
        Array others;

        find_referencing(t, ((const Truncated *)array_at(&t->targets, i))->oid, &others);
        array_foreach(const Oid, other, &others) {
            RangeVar *var;
            Relation *rel;

            if (is_target(t, *other))
                continue;
            rel = table_open(*other, LOCK_ACCESS_EXCLUSIVE);
            err_log(ERR_NOTICE, .message = err_fmt("truncate cascades to table \"%s\"", rel->name));
            var = node_new(RangeVar);
            var->relation = mem_strdup(rel->name);
            relation_close(rel, LOCK_NONE);
            check_truncate(var, *other, NULL);
            add_target(t, *other);
        }
    }
}

static void refuse_referenced(const Truncation *t)
{
    for (size_t i = 0; i < t->targets.count; i++) {
        Oid oid = ((const Truncated *)array_at(&t->targets, i))->oid;
        const char *name, *other;
        Array others;

        find_referencing(t, oid, &others);
        if (others.count == 0)
            continue;
        name = mem_strdup(relation_name(oid));
        other = mem_strdup(relation_name(*(const Oid *)array_at(&others, 0)));
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot truncate a table referenced in a foreign key constraint",
                  .detail = err_fmt("Table \"%s\" references \"%s\".", other, name),
                  .hint = err_fmt("Truncate table \"%s\" at the same time, or use TRUNCATE ... "
                                  "CASCADE.",
                                  other));
    }
}

/* Who may empty a table need not own its sequences, but has to, to change them. */
static void find_sequences(Truncation *t)
{
    array_foreach(const Truncated, target, &t->targets) {
        Array owned;

        depend_owned_sequences(target->oid, 0, 0, &owned);
        array_foreach(const Oid, sequence, &owned) {
            relation_close(relation_open(*sequence, LOCK_ACCESS_EXCLUSIVE), LOCK_NONE);
            rights_require_owner(PG_CLASS_CATALOG, *sequence, role_current());
            *(Oid *)array_push(&t->sequences) = *sequence;
        }
    }
}

/* ---- Triggers ---- */

static void fire_before(Truncation *t)
{
    const ResultTriggers *triggers = result_rel_trigger_functions();

    if (triggers == NULL)
        return;
    triggers->begin_query();
    array_foreach(Truncated, target, &t->targets) {
        Relation *rel = relation_open(target->oid, LOCK_NONE);

        if (rel->row->relhastriggers)
            target->fire = triggers->open(rel, NULL, NULL, mem_current());
        if (target->fire == NULL ||
            (target->fire->has &
             (FIRES_BEFORE_STATEMENT(ROW_TRUNCATE) | FIRES_AFTER_STATEMENT(ROW_TRUNCATE))) == 0) {
            target->fire = NULL;
            relation_close(rel, LOCK_NONE);
            continue;
        }
        target->rel = rel;
        if ((target->fire->has & FIRES_BEFORE_STATEMENT(ROW_TRUNCATE)) != 0)
            triggers->before_statement(target->fire, ROW_TRUNCATE);
    }
}

static void fire_after(Truncation *t)
{
    const ResultTriggers *triggers = result_rel_trigger_functions();

    if (triggers == NULL)
        return;
    array_foreach(Truncated, target, &t->targets) {
        if (target->fire == NULL)
            continue;
        if ((target->fire->has & FIRES_AFTER_STATEMENT(ROW_TRUNCATE)) != 0)
            triggers->after_statement(target->fire, ROW_TRUNCATE);
        relation_close(target->rel, LOCK_NONE);
    }
    triggers->end_query(NULL);
}

static void check_truncate(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind;
    Oid schema;

    if (row == NULL)
        return;
    kind = CACHE_ROW(PgClass, row)->relkind;
    schema = CACHE_ROW(PgClass, row)->relnamespace;
    if (kind != RELATION_TABLE && kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a table", var->relation));
    if (!setting.allow_system_table_mods && relation_is_system(relation, schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("permission denied: \"%s\" is a system catalog", var->relation));
    rights_require(PG_CLASS_CATALOG, relation, role_current(), RIGHT_TRUNCATE);
}

/* Its file is of this subtransaction: nobody can want its rows back, not even ourselves. */
static bool is_file_new(const Relation *rel)
{
    return rel->created_in == txn_sub_id() || rel->new_file_in == txn_sub_id();
}

static void cut_indexes(Relation *table)
{
    const RelationIndexes *indexes = relation_indexes(table);
    Oid *oids = mem_dup(indexes->oids, indexes->count * sizeof(Oid));
    unsigned count = indexes->count;

    for (unsigned i = 0; i < count; i++) {
        Relation *index = index_open(oids[i], LOCK_ACCESS_EXCLUSIVE);

        relation_btree(index);
        rel_file_truncate(index->smgr, 0, index->persistence == RELATION_PERMANENT);
        relation_close(index, LOCK_NONE);
        index_rebuild(table, oids[i], false, INDEX_UNCHECKED);
    }
    mem_free(oids);
}

void table_cut(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);
    Oid toast = rel->row->reltoastrelid;

    relation_close(rel, LOCK_NONE);
    cut(oid);
    if (toast != 0)
        cut(toast);
}

static void cut(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);

    if (relation_has_storage(rel)) {
        relation_heap(rel);
        rel_file_truncate(rel->smgr, 0, rel->persistence == RELATION_PERMANENT);
        cut_indexes(rel);
    }
    relation_close(rel, LOCK_NONE);
}

static void replace(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);

    relation_set_new_file(rel, rel->persistence);
    relation_close(rel, LOCK_NONE);
}

static void rebuild_indexes(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_SHARE); /* as REINDEX TABLE does */
    const RelationIndexes *indexes = relation_indexes(rel);
    Oid *oids = mem_dup(indexes->oids, indexes->count * sizeof(Oid));
    unsigned count = indexes->count;

    for (unsigned i = 0; i < count; i++)
        index_rebuild(rel, oids[i], true, INDEX_UNCHECKED);
    mem_free(oids);
    relation_close(rel, LOCK_NONE);
}

static void truncate_table(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    Oid toast = rel->row->reltoastrelid;
    bool is_new = is_file_new(rel);

    stats_count_truncate(rel->stats);
    relation_close(rel, LOCK_NONE);
    if (is_new) {
        table_cut(oid);
        return;
    }
    replace(oid);
    if (toast != 0)
        replace(toast);
    rebuild_indexes(oid);
    if (toast != 0)
        rebuild_indexes(toast);
}
