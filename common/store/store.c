/*
 * store.c - which kind of store a URL means, and the calls that are the same for all kinds
 *
 * Promise: a key that could leave the store ("..", an absolute path, an empty part) is refused
 * here, before any kind sees it.
 */
#include "common/base/base.h"

#include "common/store/store.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/store/store_int.h"
#include "common/text/str.h"

struct Store {
    const StoreKind *kind;
    void *self;
    char *name;
};

struct StoreWriter {
    const StoreKind *kind;
    void *self;
    MemContext *mem;
    MemCallback *on_reset; /* aborts a writer that nobody ended */
};

static const StoreKind *const store_kinds[] = {&store_file_kind};

static void check_key(const char *key);
static void writer_drop(void *arg);
static void writer_sink_write(void *arg, const void *bytes, size_t len);

Store *store_open(const char *url)
{
    const char *separator = strstr(url, "://");
    Store *s = mem_new(Store);

    s->name = mem_strdup(url);
    if (separator == NULL) {
        if (!path_is_absolute(url))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("invalid repository \"%s\"", url),
                      .hint = "Give an absolute path or a URL such as file:///srv/backup.");
        s->kind = &store_file_kind;
        s->self = s->kind->open(url, url);
        return s;
    }
    for (size_t i = 0; i < ARRAY_LEN(store_kinds); i++) {
        const char *scheme = store_kinds[i]->scheme;

        if (strlen(scheme) == (size_t)(separator - url) && str_starts_with(url, scheme)) {
            s->kind = store_kinds[i];
            s->self = s->kind->open(separator + 3, url);
            return s;
        }
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("repositories of the kind \"%.*s\" are not supported",
                                 (int)(separator - url), url),
              .hint = "Supported is file:///path.");
}

const char *store_name(const Store *s)
{
    return s->name;
}

StorePut store_put(Store *s, const char *key, const void *bytes, size_t len)
{
    check_key(key);
    return s->kind->put(s->self, key, bytes, len);
}

void store_replace(Store *s, const char *key, const void *bytes, size_t len)
{
    check_key(key);
    s->kind->replace(s->self, key, bytes, len);
}

StoreWriter *store_writer_new(Store *s, const char *key)
{
    StoreWriter *w = mem_new(StoreWriter);

    check_key(key);
    w->kind = s->kind;
    w->mem = mem_current();
    w->self = s->kind->writer_new(s->self, key);
    w->on_reset = mem_on_reset(w->mem, writer_drop, w);
    return w;
}

ByteSink store_writer_sink(StoreWriter *w)
{
    return (ByteSink){.write = writer_sink_write, .arg = w};
}

StorePut store_writer_commit(StoreWriter *w)
{
    return w->kind->writer_commit(w->self);
}

void store_writer_abort(StoreWriter *w)
{
    w->kind->writer_abort(w->self);
}

void store_settle(Store *s, const char *key)
{
    check_key(key);
    s->kind->settle(s->self, key);
}

bool store_try_stat(Store *s, const char *key, StoreObject *out)
{
    check_key(key);
    return s->kind->try_stat(s->self, key, out);
}

char *store_get(Store *s, const char *key, size_t max, size_t *len)
{
    char *bytes = store_try_get(s, key, max, len);

    if (bytes == NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("there is no object \"%s\" in %s", key, s->name));
    return bytes;
}

char *store_try_get(Store *s, const char *key, size_t max, size_t *len)
{
    check_key(key);
    return s->kind->try_get(s->self, key, max, len);
}

void store_get_range(Store *s, const char *key, uint64_t offset, void *bytes, size_t len)
{
    check_key(key);
    s->kind->get_range(s->self, key, offset, bytes, len);
}

void store_list(Store *s, const char *folder, const char *prefix, Array *objects)
{
    check_key(folder);
    s->kind->list(s->self, folder, prefix, objects);
}

void store_list_folders(Store *s, const char *folder, Array *names)
{
    if (*folder != '\0')
        check_key(folder);
    s->kind->list_folders(s->self, folder, names);
}

bool store_delete(Store *s, const char *key)
{
    check_key(key);
    return s->kind->delete (s->self, key);
}

const char *store_local_dir(const Store *s)
{
    return s->kind->local_dir(s->self);
}

static void check_key(const char *key)
{
    if (!path_is_inside(key))
        err_raise(SQLSTATE_INVALID_NAME, .message = err_fmt("invalid object name \"%s\"", key));
}

/* The kind's abort does nothing to a writer that was committed or aborted before. */
static void writer_drop(void *arg)
{
    StoreWriter *w = arg;

    w->kind->writer_abort(w->self);
}

static void writer_sink_write(void *arg, const void *bytes, size_t len)
{
    StoreWriter *w = arg;

    w->kind->writer_write(w->self, bytes, len);
}
