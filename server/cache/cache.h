/*
 * cache.h - the caches of a process: when they begin, and which database they are of
 *
 *     proc_attach(), proc_array_join();
 *     cache_begin();                        shared catalogs can be read from here on
 *     ... who is the client, which database does it want: in a transaction ...
 *     cache_open_database(oid, tablespace); all others, too
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "common/base/base.h"

#include "server/txn/txn.h"

void cache_begin(void);

/* The database of this process, which it must not leave any more. Tells txn about it. */
void cache_open_database(Oid database, Oid tablespace);

Oid cache_database(void); /* 0: none yet */
Oid cache_database_tablespace(void);

/* Is that the temporary backend number of this process? Set when it makes temporary relations. */
void cache_set_temp_backend(int number, Oid schema, Oid toast_schema);
int cache_temp_backend(void);
Oid cache_temp_schema(void);       /* 0: none yet, as the next */
Oid cache_temp_toast_schema(void);

/* A row of the table of transaction hooks: after those of who changes catalogs at PRE_COMMIT. */
extern const TxnHook cache_txn_hook;

/* What lower rooms call: parts of commit records, files that go, prepared transactions. */
void cache_install(void);

/* Forget everything, for tests and the end of a process. */
void cache_end(void);

#endif
