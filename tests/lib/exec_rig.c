/* exec_rig.c - tables and plans by hand; exec_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/exec_rig.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/node/bitset.h"
#include "server/txn/txn.h"

#include "tests/lib/exec_rig_index.h"

#define RELATIONS_MAX 16
#define FIRST_FILE    16500
#define INT4_CMP      351

typedef struct RigRelation {
    Relation rel;
    RelationIndex index;
    PgIndex index_row;
    int16_t columns[8];
    Oid index_oids[4];
    RelationIndexes indexes;
    ColumnSet *hot, *keys;
    RelationColumns sets;
} RigRelation;

static struct RigLocal {
    RigRelation relations[RELATIONS_MAX];
    unsigned count;
    List *range_table;
} rig;

/* Rigs that are opened one after the other in the same folder have files of their own. */
static Oid next_oid = FIRST_FILE;

static RigRelation *find(Oid oid)
{
    for (unsigned i = 0; i < rig.count; i++) {
        if (rig.relations[i].rel.oid == oid)
            return &rig.relations[i];
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("the rig has no relation %u", oid));
}

static SmgrRel *open_file(Oid oid)
{
    const RelTag tag = {.tablespace = TABLESPACE_DEFAULT, .database = TXN_RIG_DATABASE, .rel = oid};

    return smgr_open(&tag, SMGR_PERMANENT);
}

/* Children of the test have files of their own. */
static Relation *pin(Oid oid)
{
    RigRelation *r = find(oid);

    r->rel.smgr = r->rel.heap.smgr = r->index.btree.rel = open_file(oid);
    r->rel.pins++;
    return &r->rel;
}

static void unpin(Relation *rel)
{
    ASSERT(rel->pins > 0);
    rel->pins--;
}

static const RelationIndexes *indexes_of(Relation *rel)
{
    return &find(rel->oid)->indexes;
}

static const RelationColumns *columns_of(Relation *rel)
{
    return &find(rel->oid)->sets;
}

static const ExecRelationSource source = {
    .pin = pin, .unpin = unpin, .indexes = indexes_of, .columns = columns_of};

void exec_rig_open(ExecRig *r, const char *dir)
{
    txn_rig_open(&r->txn,
                 &(TxnRigConfig){
                     .dir = dir, .buffers = 512, .wal_segment_size = MIB(16), .has_locks = true});
    setting.fsync = false;
    plan_rig_open();
    exec_set_relation_source(&source);
    memset(&rig, 0, sizeof(rig));
}

void exec_rig_close(ExecRig *r)
{
    for (unsigned i = 0; i < rig.count; i++)
        ASSERT(rig.relations[i].rel.pins == 0);
    exec_set_relation_source(NULL);
    plan_rig_close();
    txn_rig_close(&r->txn);
}

void exec_rig_drop_pins(void)
{
    for (unsigned i = 0; i < rig.count; i++)
        rig.relations[i].rel.pins = 0;
}

Relation *exec_rig_relation(Oid oid)
{
    return &find(oid)->rel;
}

/* ---- Relations ---- */

static SmgrRel *new_file(Oid oid)
{
    SmgrRel *smgr = open_file(oid);

    smgr_create(smgr, FORK_MAIN, false);
    return smgr;
}

static RigRelation *new_relation(char kind)
{
    RigRelation *r;

    if (rig.count == RELATIONS_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the rig is full");
    r = &rig.relations[rig.count];
    rig.count++;
    r->rel.oid = next_oid++;
    r->rel.kind = kind;
    r->rel.persistence = 'p';
    r->rel.is_valid = true;
    r->rel.smgr = new_file(r->rel.oid);
    r->rel.tag.rel = r->rel.oid;
    return r;
}

Oid exec_rig_table(unsigned columns)
{
    RigRelation *r = new_relation('r');

    r->rel.name = "t";
    r->rel.desc = rig_desc(columns);
    r->rel.heap = (HeapRel){
        .smgr = r->rel.smgr, .table = r->rel.oid, .horizon = HORIZON_DATA, .is_permanent = true};
    r->indexes.oids = r->index_oids;
    r->hot = mem_alloc(sizeof(ColumnSet) + sizeof(uint64_t));
    r->keys = mem_alloc(sizeof(ColumnSet) + sizeof(uint64_t));
    r->hot->words = r->keys->words = 1;
    r->sets = (RelationColumns){.hot = r->hot, .keys = r->keys};
    return r->rel.oid;
}

static void note_columns(RigRelation *table, const RigRelation *index)
{
    for (unsigned i = 0; i < index->index.column_count; i++) {
        uint64_t bit = UINT64_C(1) << (index->columns[i] + COLUMN_SET_SYSTEM);

        table->hot->bits[0] |= bit;
        if (index->index_row.indisunique)
            table->keys->bits[0] |= bit;
    }
}

Oid exec_rig_index(Oid table_oid, unsigned count, const int16_t *columns, bool is_unique)
{
    static const Oid support[8] = {INT4_CMP, INT4_CMP, INT4_CMP, INT4_CMP,
                                   INT4_CMP, INT4_CMP, INT4_CMP, INT4_CMP};
    static const Oid collations[8];
    RigRelation *table = find(table_oid), *r = new_relation('i');
    BtreeKeys *keys = &r->index.btree.keys;

    r->rel.name = "t_index";
    r->rel.desc = rig_desc(count);
    memcpy(r->columns, columns, count * sizeof(int16_t));
    btree_keys_init(keys, r->rel.desc, count);
    for (unsigned i = 1; i <= count; i++)
        btree_keys_set_order(keys, i, INT4_CMP, 0, 0);
    keys->is_unique = is_unique;
    keys->all_equal_image = keys->may_deduplicate = true;
    keys->index_name = "t_index";
    r->index.row = &r->index_row;
    r->index_row.indisready = r->index_row.indisvalid = r->index_row.indisunique = is_unique;
    r->index_row.indisready = r->index_row.indisvalid = true;
    r->index.access_method = ACCESS_METHOD_BTREE;
    r->index.is_immediate = true;
    r->index.table = table_oid;
    r->index.column_count = r->index.key_count = (uint16_t)count;
    r->index.columns = r->columns;
    r->index.support = support;
    r->index.support_count = 1;
    r->index.collations = collations;
    r->index.btree.rel = r->rel.smgr;
    r->index.btree.is_permanent = true;
    r->rel.index = &r->index;
    table->index_oids[table->indexes.count++] = r->rel.oid;
    note_columns(table, r);
    txn_start_command();
    exec_rig_build_index(pin(table_oid), pin(r->rel.oid));
    unpin(&table->rel);
    unpin(&r->rel);
    txn_end_command();
    return r->rel.oid;
}

/* ---- Plans ---- */

uint32_t exec_rig_range(Oid table)
{
    RangeTblEntry *entry = node_new(RangeTblEntry);

    entry->kind = table != 0 ? RTE_RELATION : RTE_VALUES;
    entry->relation = table;
    rig.range_table = list_add(rig.range_table, entry);
    return (uint32_t)list_count(rig.range_table);
}

PlannedStmt *exec_rig_plan(Plan *root, List *subplans, int param_count)
{
    PlannedStmt *plan = node_new(PlannedStmt);

    plan->command =
        root->tag == NODE_ModifyTable ? ((ModifyTable *)(void *)root)->operation : COMMAND_SELECT;
    plan->plan = root;
    plan->can_set_tag = true;
    plan->range_table = rig.range_table;
    plan->subplans = subplans;
    for (int i = 1; i <= list_count(subplans); i++)
        plan->rewind_subplans = bitset_add(plan->rewind_subplans, i);
    for (int i = 0; i < param_count; i++)
        plan->param_types = list_add_oid(plan->param_types, RIG_INT4);
    rig.range_table = NULL;
    return plan;
}

/* ---- Running ---- */

static bool take_row(RowReceiver *head, const Datum *values, const bool *nulls)
{
    ExecRigReceiver *r = (ExecRigReceiver *)(void *)head;
    ExecRigRow *row = array_push(r->rows);

    for (unsigned i = 0; i < r->count && i < EXEC_RIG_COLUMNS; i++) {
        row->nulls[i] = nulls[i];
        row->values[i] = nulls[i] ? 0 : datum_i32(values[i]);
    }
    return true;
}

void exec_rig_receiver(ExecRigReceiver *r, Array *rows, unsigned columns)
{
    *r = (ExecRigReceiver){.head = {.row = take_row}, .rows = rows, .count = columns};
}

uint64_t exec_rig_run(Exec *e, const ExternParams *params, Array *rows)
{
    ExecRigReceiver receiver;
    uint64_t count;

    txn_start_command();
    snapshot_push_latest();
    exec_open(e, &(ExecOpen){.snapshot = snapshot_active(), .params = params});
    exec_rig_receiver(&receiver, rows, exec_desc(e)->count);
    count = exec_run(e, EXEC_FORWARD, 0, rows != NULL ? &receiver.head : NULL);
    exec_finish(e);
    exec_close(e, false);
    snapshot_pop();
    txn_end_command();
    return count;
}

uint64_t exec_rig_run_plan(PlannedStmt *plan, Array *rows)
{
    Exec *e = exec_new(plan, 0);
    uint64_t count = exec_rig_run(e, NULL, rows);

    exec_free(e);
    return count;
}

/* ---- Comparing ---- */

int exec_rig_compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ExecRigRow));
}

bool exec_rig_same(Array *a, Array *b, bool in_order)
{
    if (a->count != b->count)
        return false;
    if (!in_order) {
        array_sort(a, exec_rig_compare);
        array_sort(b, exec_rig_compare);
    }
    return a->count == 0 || memcmp(a->items, b->items, a->count * sizeof(ExecRigRow)) == 0;
}

void exec_rig_insert(Oid table, const ExecRigRow *row)
{
    unsigned count = exec_rig_relation(table)->desc->count;
    ModifyTable *modify = node_new(ModifyTable);
    Result *result = node_new(Result);

    modify->operation = COMMAND_INSERT;
    modify->can_set_tag = true;
    modify->left = (Plan *)result;
    modify->result_relations = list_add_int(NULL, (int)exec_rig_range(table));
    for (unsigned i = 0; i < count; i++)
        result->targets = list_add(
            result->targets,
            rig_target(row->nulls[i] ? rig_null(RIG_INT4) : rig_int(row->values[i]), (int)i + 1));
    exec_rig_run_plan(exec_rig_plan((Plan *)modify, NULL, 0), NULL);
}
