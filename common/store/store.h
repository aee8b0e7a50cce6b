/*
 * store.h - an object store: named objects, written whole or not at all
 *
 * A store knows nothing of backups. Keys are relative paths of safe parts ("main/wal/..."); an
 * object appears under its key only when it is complete and durable, and is never changed in place
 * except by store_replace. Every kind of store fills one table of functions (store_int.h).
 *
 * Errors: 58P01 for an object that must exist, 53100 when the store is full, 58030 for what the
 * medium says, 22023 for a URL that is not understood, 0A000 for a kind that is not built in.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/ds/array.h"

typedef struct Store Store;
typedef struct StoreWriter StoreWriter;

/*
 * Open the store at url: "file:///srv/backup", or a plain absolute path. Nothing is made on the
 * medium before the first put. The store belongs to the current memory context.
 */
Store *store_open(const char *url);

/* The URL without secrets, for messages. */
const char *store_name(const Store *s);

typedef enum StorePut {
    STORE_PUT_NEW,    /* the object is stored and durable */
    STORE_PUT_EXISTS, /* an object with that key was there, and is durable; nothing was changed */
} StorePut;

/* Store an object unless its key is taken. */
StorePut store_put(Store *s, const char *key, const void *bytes, size_t len);

/*
 * Store or replace an object in one step, durably: a reader sees the old one or the new one. For
 * mutable objects (leases, indexes), and for one that is damaged.
 */
void store_replace(Store *s, const char *key, const void *bytes, size_t len);

/*
 * Store an object piece by piece. Nothing is visible under key before commit, which says whether
 * the key was free. A writer that is not committed leaves nothing, also when its context goes.
 */
StoreWriter *store_writer_new(Store *s, const char *key);
ByteSink store_writer_sink(StoreWriter *w);
StorePut store_writer_commit(StoreWriter *w);
void store_writer_abort(StoreWriter *w);

/*
 * Make durable that an object which was found is there: its writer may have been killed between
 * giving it its name and syncing that. Its content is durable since it can be seen.
 */
void store_settle(Store *s, const char *key);

typedef struct StoreObject {
    char *key;     /* the whole key */
    uint64_t size; /* bytes */
    int64_t mtime; /* Unix seconds */
} StoreObject;

/* False when there is no such object. */
bool store_try_stat(Store *s, const char *key, StoreObject *out);

/* A whole object with a NUL behind it; raises when it is missing or larger than max bytes. */
char *store_get(Store *s, const char *key, size_t max, size_t *len);
char *store_try_get(Store *s, const char *key, size_t max, size_t *len); /* NULL: missing */

/* Bytes offset to offset + len - 1 of an object into bytes; raises when it is shorter. */
void store_get_range(Store *s, const char *key, uint64_t offset, void *bytes, size_t len);

/*
 * The objects (StoreObject) directly in folder ("main/wal/0000000100000000") whose names start with
 * prefix, sorted by bytes; unfinished ones are left out. A missing folder is empty.
 */
void store_list(Store *s, const char *folder, const char *prefix, Array *objects);

/* The names (char *) of the folders directly in folder, sorted. */
void store_list_folders(Store *s, const char *folder, Array *names);

/* Remove an object, durably; false when it was not there. */
bool store_delete(Store *s, const char *key);

/* The local folder that holds the objects, when there is one; else NULL. */
const char *store_local_dir(const Store *s);

#endif
