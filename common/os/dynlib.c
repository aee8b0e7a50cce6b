/* dynlib.c - optional libraries, opened at first use. */
#include "common/base/base.h"

#include "common/os/dynlib.h"

#include <dlfcn.h>
#include <pthread.h>

#include "common/err/err.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Fill the addresses; NULL, or what is missing. */
static const char *load(const char *soname, const DynlibSymbol *symbols, size_t count)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        return soname;
    for (size_t i = 0; i < count; i++) {
        *symbols[i].address = dlsym(library, symbols[i].name);
        if (*symbols[i].address == NULL)
            return symbols[i].name;
    }
    return NULL;
}

void dynlib_load(const char *soname, const char *package, const DynlibSymbol *symbols, size_t count)
{
    const char *missing;
    const char *reason;

    pthread_mutex_lock(&lock);
    missing = load(soname, symbols, count);
    /* Kept here, since the next caller's error takes its place. */
    reason = missing == NULL ? NULL : err_fmt("%s", dlerror());
    pthread_mutex_unlock(&lock);
    if (missing != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("could not load library \"%s\"", soname), .detail = reason,
                  .hint = err_fmt("Install the package %s.", package));
}
