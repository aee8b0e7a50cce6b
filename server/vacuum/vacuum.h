/*
 * vacuum.h - VACUUM and ANALYZE: dead rows go, old xids are frozen, planners learn what tables hold
 */
#ifndef VACUUM_VACUUM_H
#define VACUUM_VACUUM_H

#include "common/base/base.h"

#include "server/access/common/relation.h"

typedef enum VacuumOption {
    VACUUM_CLEANS = 1, /* VACUUM */
    VACUUM_ANALYZES = 2,
    VACUUM_VERBOSE = 4,
    VACUUM_FULL = 8,
    VACUUM_SKIP_LOCKED = 16,
    VACUUM_WITHOUT_TOAST = 32,
    VACUUM_ALL_PAGES = 64,      /* DISABLE_PAGE_SKIPPING */
    VACUUM_IS_AUTO = 128,       /* of autovacuum */
    VACUUM_FOR_WRAPAROUND = 256 /* it must not be cancelled */
} VacuumOption;

/* What was not said is a relation's own parameter, or a setting. */
typedef struct VacuumParams {
    unsigned options;
    int freeze_min_age, freeze_table_age; /* -1: the settings of these names; FREEZE: 0 */
    int multi_freeze_min_age, multi_freeze_table_age;
    char index_cleanup;      /* 'a'uto, 'o'n, 'f': off; 0: not said */
    char truncate;           /* 'o'n, 'f': off; 0: not said */
    int log_min_duration_ms; /* of autovacuum; -1: never */
    bool is_in_block;        /* ANALYZE alone: the transaction is not only the statement's */
    bool has_workers;        /* several processes were asked for */
} VacuumParams;

/* Nothing said but the options. */
VacuumParams vacuum_params(unsigned options);

typedef struct VacuumTarget {
    Oid relation;
    const char *name;           /* as it was given, for messages; NULL: it was not */
    const char *const *columns; /* to analyze, ended by NULL; NULL: all */
} VacuumTarget;

/*
 * The statement. No targets: all tables of the database. Called in a transaction, which it ends, to
 * run each table in one of its own, and begins anew (but for ANALYZE in a block, or of one table):
 * whether a block is open is the caller's to look at (txn_prevent_in_block()).
 */
void vacuum_run(const VacuumTarget *targets, size_t count, const VacuumParams *params);

/* pg_database.datfrozenxid, and what older xids keep. In a transaction. */
void vacuum_advance_database(void);

/* What may stay of a table whose rows are all written anew, as little as possible of it. */
void vacuum_tightest_cutoffs(const Relation *rel, HeapCutoffs *out);

/* What upper layers know; set by main. */
typedef struct VacuumFunctions {
    /* May the user vacuum it (and is not, a warning is given)? NULL: everything. */
    bool (*is_allowed)(const Relation *rel, unsigned options);

    /* VACUUM FULL of one that is locked ACCESS EXCLUSIVE and not open. */
    void (*compact)(Oid relation, bool is_verbose);
} VacuumFunctions;
void vacuum_set_functions(const VacuumFunctions *functions);

#endif
