/* pginit.h - what the files of pginit share. */
#ifndef PGINIT_PGINIT_H
#define PGINIT_PGINIT_H

#include "common/base/base.h"

/* The command line; NULL or 0 where nothing was said. */
typedef struct InitOptions {
    const char *auth, *auth_host, *auth_local;
    const char *data_dir;
    const char *encoding;
    bool allows_group;
    const char *icu_locale, *locale_provider;
    bool wants_checksums, no_checksums;
    const char *locale, *lc_collate, *lc_ctype, *lc_messages, *lc_monetary, *lc_numeric, *lc_time;
    bool no_locale;
    const char *pwfile;
    bool wants_password;
    const char *text_search_config;
    const char *superuser;
    const char *wal_dir;
    int64_t wal_segment_mb;
    bool debug, discards_caches, no_clean, no_sync, no_instructions, shows, only_syncs;
    const char *share_dir;
} InitOptions;

/* Where text sorts and what letters are, as asked for or as the environment has it. */
typedef struct InitLocale {
    const char *collate, *ctype, *messages, *monetary, *numeric, *time;
    char provider; /* c libc, i ICU */
    const char *icu_locale;
    const char *encoding;   /* PostgreSQL's name: "UTF8" */
    int32_t encoding_no;    /* and number */
    const char *collation_version; /* NULL: none */
} InitLocale;

/* Fill *out; raises 22023 in initdb's words for what is not there or does not fit together. */
void init_locale_choose(const InitOptions *o, InitLocale *out);

/* The text search configuration that fits a locale, e.g. "english"; NULL: none is known. */
const char *init_locale_text_search(const char *ctype);

#endif
