/*
 * relation.h - a relation as this process knows it: what catalogs say of a table, an index, a view
 *
 * Filled by server/cache, which also gives pins on them (cache/relcache.h); everybody else reads.
 * The struct stays where it is while it is pinned. What it points to may be replaced when the
 * catalogs change (by ourselves, or by others as far as our lock lets them), but what was there
 * before stays readable until the transaction ends.
 */
#ifndef COMMON_RELATION_H
#define COMMON_RELATION_H

#include "common/base/base.h"

#include "server/access/btree/btree.h"
#include "server/access/common/heap_form.h"
#include "server/access/common/tuple_desc.h"
#include "server/access/heap/heap.h"
#include "server/stats/stats.h"

struct MemContext;
struct PgClass; /* server/catalog/catalog_struct.h */
struct PgIndex;

typedef enum RelationKind {
    RELATION_TABLE = 'r',
    RELATION_INDEX = 'i',
    RELATION_SEQUENCE = 'S',
    RELATION_TOAST = 't',
    RELATION_VIEW = 'v',
    RELATION_MATERIALIZED_VIEW = 'm',
    RELATION_COMPOSITE_TYPE = 'c',
    RELATION_FOREIGN_TABLE = 'f',
    RELATION_PARTITIONED_TABLE = 'p',
    RELATION_PARTITIONED_INDEX = 'I',
} RelationKind;

#define ACCESS_METHOD_BTREE 403

typedef enum RelationPersistence {
    RELATION_PERMANENT = 'p',
    RELATION_UNLOGGED = 'u',
    RELATION_TEMPORARY = 't',
} RelationPersistence;

/* Storage parameters; what is not given has its default. Negative: the setting counts. */
typedef struct RelationOptions {
    unsigned fillfactor;        /* percent; 0: the access method's default */
    int toast_tuple_target;     /* bytes; 0: 2032 */
    int parallel_workers;       /* -1 */
    bool is_user_catalog_table; /* logical decoding may look into it */
    char vacuum_index_cleanup;  /* 'a'uto, 'o'n, 'f': off */
    bool vacuum_truncate;       /* true */
    bool may_deduplicate;       /* B-tree: true */
    bool security_barrier;      /* views, as the next two */
    bool security_invoker;
    char check_option;          /* \0, 'l'ocal, 'c'ascaded */
    const char *const *vacuum;  /* autovacuum_* as NAME=VALUE, ended by NULL; NULL: none */
    const char *const *unknown; /* options of other access methods, as NAME=VALUE; NULL: none */
} RelationOptions;

/* Of an index alone; arrays have an item for each key column, unless said otherwise. */
typedef struct RelationIndex {
    const struct PgIndex *row;
    const HeapTuple *tuple; /* the whole row */
    Oid table;
    Oid access_method;
    bool is_immediate;                /* unique at once, not at the end of a transaction */
    bool is_exclusion;                /* of an exclusion constraint */
    uint16_t column_count, key_count; /* with INCLUDE columns, and without */
    const int16_t *columns;           /* of the table, for all columns; 0: an expression */
    const Oid *op_classes;            /* as the next four */
    const Oid *op_families;
    const Oid *input_types;
    const Oid *collations;
    const int16_t *options;  /* bits of pg_index.indoption */
    const char *expressions; /* pg_node_tree; NULL: none, as the next */
    const char *predicate;
    unsigned support_count; /* support functions of the access method: for each key, 1 and up */
    const Oid *support;     /* support[key * support_count + number - 1]; 0: there is none */
    BtreeIndex btree;       /* for a B-tree */
} RelationIndex;

/* Indexes of a table, by OID. */
typedef struct RelationIndexes {
    unsigned count;
    const Oid *oids;
    Oid primary;          /* the primary key's, when it is valid and immediate; 0: none */
    Oid replica_identity; /* whose columns old rows have in the log; 0: none */
} RelationIndexes;

/* Sets of columns: bit number + COLUMN_SET_SYSTEM, so that system columns have a place. */
#define COLUMN_SET_SYSTEM 7
typedef struct ColumnSet {
    uint32_t words;
    uint64_t bits[];
} ColumnSet;

static inline bool column_set_has(const ColumnSet *set, int number)
{
    unsigned bit = (unsigned)(number + COLUMN_SET_SYSTEM);

    return set != NULL && bit / 64 < set->words && (set->bits[bit / 64] >> (bit % 64) & 1) != 0;
}

/* Which columns indexes are of, by what depends on them. */
typedef struct RelationColumns {
    const ColumnSet *hot;      /* an update that changes one of them needs index entries */
    const ColumnSet *keys;     /* of unique indexes that a foreign key may refer to */
    const ColumnSet *primary;  /* of the primary key */
    const ColumnSet *identity; /* of the replica identity's index */

    /* hot and keys as HeapUpdate wants them: bit number - 1, words for all columns. */
    const uint64_t *hot_words, *key_words;
} RelationColumns;

/* A trigger of a table. */
typedef struct RelationTrigger {
    Oid oid, parent, function;
    const char *name;
    unsigned type; /* TRIGGER_* of node.h */
    char enabled;  /* by session_replication_role: O(rigin), R(eplica), A(lways), D(isabled) */
    bool is_internal, is_deferrable, is_deferred;
    Oid constraint; /* 0, as the next two: it is of none */
    Oid constraint_relation, constraint_index;
    unsigned arg_count, column_count;
    const char *const *args;
    const int16_t *columns; /* that an update must set; none: any */
    const char *condition;  /* pg_node_tree, as the next two NULL: none */
    const char *old_rows, *new_rows; /* names of transition tables */
} RelationTrigger;

/* In the order in which they are fired: by name. */
typedef struct RelationTriggers {
    unsigned count;
    const RelationTrigger *list;
} RelationTriggers;

typedef struct Relation {
    Oid oid;
    char kind;            /* RelationKind */
    char persistence;     /* RelationPersistence */
    bool is_shared;       /* in all databases */
    bool is_mapped;       /* the relation map says which its file is */
    bool is_nailed;       /* stays in memory: a catalog that others are found by */
    bool is_valid;        /* what is here is what catalogs say */
    bool is_row_real;     /* row was read; else it was made from what is known of a catalog */
    bool is_foreign_temp; /* a temporary one of another session */
    unsigned pins;
    RelTag tag; /* rel 0: it has no file */
    int temp_backend;

    /* (Sub)transactions of ours, by txn_sub_id(); 0: none. */
    uint32_t created_in;
    uint32_t new_file_in;       /* which gave it its file, the newest time */
    uint32_t first_new_file_in; /* and the first time */
    uint32_t dropped_in;

    const char *name;
    Oid schema;
    const struct PgClass *row;
    const HeapTuple *tuple; /* the whole row of pg_class */
    TupleDesc *desc;
    const RelationOptions *options;
    RelationIndex *index; /* NULL for what is no index */

    StatsTable *stats; /* what is counted of it; NULL: nothing, as it has no rows of its own */

    /* Pages are reached by relation_heap() and relation_btree(), which open smgr when needed. */
    SmgrRel *smgr;
    HeapRel heap; /* of what is no index */

} Relation;

static inline bool relation_has_storage(const Relation *rel)
{
    return rel->tag.rel != 0;
}

/* Is it (so far) known to this transaction alone, with its file? Then changes need no record. */
static inline bool relation_is_new_file(const Relation *rel)
{
    return rel->created_in != 0 || rel->first_new_file_in != 0;
}

#endif
