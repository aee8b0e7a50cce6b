/*
 * guc_file.h - configuration files as lists of settings
 *
 * What a value means is not looked at here.
 */
#ifndef CONFIG_GUC_FILE_H
#define CONFIG_GUC_FILE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"

/* A line of a file that sets, or an error. */
typedef struct GucItem {
    char *name, *value; /* NULL: an error */
    char *file;
    int line;
    const char *error; /* what pg_file_settings says of it */
    bool is_ignored;   /* set again further down, or wrong */
    bool is_applied;
} GucItem;

/*
 * Add what the file says to items (made by the caller), included files in their place. False when
 * something could not be parsed or read; each mistake is logged at level, and is an item.
 */
bool guc_file_read(const char *path, ErrLevel level, Array *items);

/* As above, from text; path is for messages and for what it includes. */
bool guc_file_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *items);

/* Of a name that is set more than once the last counts. */
void guc_items_mark_repeated(Array *items);

#endif
