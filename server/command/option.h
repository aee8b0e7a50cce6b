/*
 * option.h - the options of commands: WITH (name = value, ...), and storage parameters
 */
#ifndef COMMAND_OPTION_H
#define COMMAND_OPTION_H

#include "common/base/base.h"

#include "server/node/node.h"

/* The value as text, in the current context; 42601 "x requires a parameter" when it has none. */
const char *option_text(const Option *option);

/* on, off, true, false, 1, 0; without a value true. 42601 "x requires a Boolean value". */
bool option_bool(const Option *option);
int32_t option_int(const Option *option);
int64_t option_int64(const Option *option);

/* What has storage parameters: bits, for reloption.def. */
enum {
    RELOPTIONS_HEAP = 1,
    RELOPTIONS_TOAST = 2,
    RELOPTIONS_BTREE = 4,
    RELOPTIONS_VIEW = 8,
    RELOPTIONS_COLUMN = 16,
    RELOPTIONS_EXCLUSIVE = 32, /* changed by whoever is alone with the relation */
};

/*
 * Storage parameters as pg_class.reloptions holds them: text[] of name=value in the current
 * context; NULL: none. old (NULL: none) with options put in, or with them taken out (RESET). Only
 * those of that space ("toast"; NULL: without one) count; has_toast: the space toast may be there
 * at all. What kind does not have, or has otherwise, raises 22023.
 */
const uint8_t *reloptions_make(const uint8_t *old, const List *options, const char *space,
                               unsigned kind, bool has_toast, bool is_reset);

/* Is one of that name in what reloptions_make() gave? */
bool reloptions_have(const uint8_t *options, const char *name);

/* Would one of these be changed under the strongest lock alone? */
bool reloptions_need_exclusive(const List *options);

/* The list without those of that name. */
const List *options_without(const List *options, const char *name);

#endif
