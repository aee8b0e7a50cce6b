/*
 * database_option.h - the options of CREATE DATABASE and ALTER DATABASE
 */
#ifndef COMMAND_DATABASE_OPTION_H
#define COMMAND_DATABASE_OPTION_H

#include "common/base/base.h"

#include "common/text/encoding.h"
#include "server/node/node.h"

/* NULL: not given. One that is given as DEFAULT has no arg. */
typedef struct DatabaseOptions {
    const Option *tablespace, *owner, *template, *encoding, *locale, *collate, *ctype, *icu_locale,
        *provider, *is_template, *allow_connections, *limit, *collation_version, *oid, *strategy;
} DatabaseOptions;

/* Raises 42601 for options that there are none of, and for those that are there twice. */
void database_options_read(DatabaseOptions *out, const List *options, const char *text);

/* Raise 22023 and their kin for values that they cannot have. */
int32_t database_option_limit(const Option *option);
Encoding database_option_encoding(const Option *option, const char *text);
char database_option_provider(const Option *option);

/* The one, or else the other, or else that of the template. */
const char *database_option_locale(const Option *own, const Option *all, const char *template);

#endif
