/* store_int.h - what a kind of store provides; only for common/store. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include "common/base/base.h"

#include "common/store/store.h"

/* One row for each kind of store; functions as their namesakes in store.h. */
typedef struct StoreKind {
    const char *scheme; /* of its URLs, without "://" */
    void *(*open)(const char *rest, const char *url);
    StorePut (*put)(void *self, const char *key, const void *bytes, size_t len);
    void (*replace)(void *self, const char *key, const void *bytes, size_t len);
    void *(*writer_new)(void *self, const char *key);
    void (*writer_write)(void *writer, const void *bytes, size_t len);
    StorePut (*writer_commit)(void *writer);
    void (*writer_abort)(void *writer);
    bool (*try_stat)(void *self, const char *key, StoreObject *out);
    char *(*try_get)(void *self, const char *key, size_t max, size_t *len);
    void (*get_range)(void *self, const char *key, uint64_t offset, void *bytes, size_t len);
    void (*settle)(void *self, const char *key);
    void (*list)(void *self, const char *folder, const char *prefix, Array *objects);
    void (*list_folders)(void *self, const char *folder, Array *names);
    bool (*delete)(void *self, const char *key);
    const char *(*local_dir)(void *self);
} StoreKind;

extern const StoreKind store_file_kind;

#endif
