/* cluster.c - CLUSTER: tables in the order of one of their indexes */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/alter_identity.h"
#include "server/command/command_int.h"
#include "server/command/compact.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

typedef struct Pair {
    Oid table, index;
} Pair;

static bool is_verbose(const ClusterStmt *stmt, const char *text);
static void cluster_one(const ClusterStmt *stmt, bool is_verbose);
static void cluster_all(bool is_verbose);

void command_cluster(CommandCall *call)
{
    const ClusterStmt *stmt = (const ClusterStmt *)(const void *)call->statement;
    bool verbose = is_verbose(stmt, call->text);

    if (stmt->relation != NULL) {
        cluster_one(stmt, verbose);
        return;
    }
    txn_prevent_in_block(call->place == COMMAND_TOP, "CLUSTER");
    cluster_all(verbose);
}

static bool is_verbose(const ClusterStmt *stmt, const char *text)
{
    bool verbose = false;

    list_foreach(const Option *, option, stmt->options) {
        if (strcmp(option->name, "verbose") != 0)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized CLUSTER option \"%s\"", option->name),
                      .position = text_position(text, option->loc));
        verbose = option_bool(option);
    }
    return verbose;
}

/* ---- One table ---- */

/* The one that the table was clustered on before. */
static Oid marked_index(Relation *rel)
{
    const RelationIndexes *all = relation_indexes(rel);

    for (unsigned i = 0; i < all->count; i++) {
        const HeapTuple *row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(all->oids[i]));

        if (row != NULL && CACHE_ROW(PgIndex, row)->indisclustered)
            return all->oids[i];
    }
    err_raise(SQLSTATE_UNDEFINED_OBJECT,
              .message =
                  err_fmt("there is no previously clustered index for table \"%s\"", rel->name));
}

static void refuse(const Relation *rel)
{
    if (rel->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot cluster temporary tables of other sessions");
    if (rel->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CLUSTER of partitioned tables is not supported yet");
}

/* The table is locked and open; closed here. */
static void cluster(Relation *rel, Oid index, bool verbose)
{
    Oid table = rel->oid;

    if (rel->is_shared)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "cannot cluster a shared catalog");
    table_require_unused(rel, "CLUSTER");
    table_set_cluster_index(rel, index, LOCK_ACCESS_EXCLUSIVE);
    if (verbose)
        err_log(ERR_INFO, .message = err_fmt("clustering \"%s.%s\" using sequential scan and sort",
                                             schema_name(rel->schema), rel->name));
    relation_close(rel, LOCK_NONE);
    txn_advance_command();
    table_compact(table, index, verbose);
}

static void cluster_one(const ClusterStmt *stmt, bool verbose)
{
    Relation *rel = relation_open(
        relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE, 0, relation_check_own_table, NULL),
        LOCK_NONE);
    Oid index;

    refuse(rel);
    index = stmt->index != NULL ? table_index_of_name(rel, stmt->index) : marked_index(rel);
    cluster(rel, index, verbose);
}

/* ---- All that were clustered before, each in a transaction of its own ---- */

static void find_pairs(Array *out)
{
    CatalogScan *scan = catalog_scan_begin(PG_INDEX_CATALOG, 0, 0, NULL);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgIndex *index = CACHE_ROW(PgIndex, row);

        if (index->indisclustered &&
            rights_is_owner(PG_CLASS_CATALOG, index->indrelid, role_current()))
            *(Pair *)array_push(out) = (Pair){index->indrelid, index->indexrelid};
    }
    catalog_scan_end(scan);
}

static bool is_marked(Oid index)
{
    const HeapTuple *row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(index));

    return row != NULL && CACHE_ROW(PgIndex, row)->indisclustered;
}

/* What was found may be something else when its turn comes. */
static void cluster_in_turn(const Pair *pair, bool verbose)
{
    Relation *rel;

    txn_start_command();
    snapshot_push(snapshot_take());
    rel = relation_open_if_any(pair->table, LOCK_ACCESS_EXCLUSIVE);
    if (rel != NULL) {
        if (!rel->is_foreign_temp && is_marked(pair->index) &&
            rights_is_owner(PG_CLASS_CATALOG, pair->table, role_current()))
            cluster(rel, pair->index, verbose);
        else
            relation_close(rel, LOCK_NONE);
    }
    snapshot_pop();
    txn_end_command();
}

static void cluster_list(const Array *pairs, bool verbose)
{
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
    array_foreach(const Pair, pair, pairs)
        cluster_in_turn(pair, verbose);
    txn_start_command();
}

static void cluster_all(bool verbose)
{
    MemContext *mem = mem_context_new(mem_root(), "cluster statement"), *before = mem_switch(mem);
    Array pairs;

    /* It has to live longer than transactions. */
    array_init(&pairs, sizeof(Pair));
    ERR_TRY() {
        find_pairs(&pairs);
        cluster_list(&pairs, verbose);
    }
    ERR_FINALLY() {
        mem_switch(before);
        mem_delete(mem);
    }
    ERR_END();
}
