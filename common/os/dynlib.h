/*
 * dynlib.h - optional libraries, opened at first use
 *
 * Start-up is most of what a short program costs (libcurl 8 ms, libpq 6 ms), so a library that not
 * every run needs is opened here. A wrapper module declares its functions once, in a .def file of
 * ROW(return type, name, (parameters)) rows, and calls them through the struct that is filled.
 */
#ifndef OS_DYNLIB_H
#define OS_DYNLIB_H

#include "common/base/base.h"

typedef struct DynlibSymbol {
    const char *name;
    void **address; /* filled by dynlib_load */
} DynlibSymbol;

/*
 * Open soname (e.g. "libpq.so.5") and fill the addresses; once opened it stays. Thread-safe, and
 * cheap enough to be called before each use. Raises 0A000 naming the library and, in the hint, the
 * Debian package, when it or a symbol is missing.
 */
void dynlib_load(const char *soname, const char *package, const DynlibSymbol *symbols,
                 size_t count);

#endif
