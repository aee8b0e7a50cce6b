/*
 * bootstrap.h - the databases of a new cluster: template1, template0 and postgres, as files
 *
 * Writes base/1 and global of a data directory, then base/4 and base/5 as copies of base/1: tables,
 * toast tables, indexes, relation maps and PG_VERSION, in PostgreSQL 15's bytes. Rows are of transaction 1 and frozen, pages
 * have LSN 0: nothing of it is in the log, so a first checkpoint is all that is needed beside it
 * (pg_control, a WAL segment, pg_xact). No transaction id and no multixact has been used.
 *
 * Promises
 *   1. When it returns, all files and folders that it made are on disk, unless no_sync.
 *   2. It makes new files only: an existing one raises.
 */
#ifndef CATALOG_BOOTSTRAP_H
#define CATALOG_BOOTSTRAP_H

#include "common/base/base.h"

/* What the first checkpoint of the new cluster says; its next OID is what bootstrap_write() returns. */
#define BOOTSTRAP_NEXT_XID      3
#define BOOTSTRAP_NEXT_MULTI    1
#define BOOTSTRAP_OLDEST_XID_DB 1 /* template1 */

typedef struct BootstrapOptions {
    const char *superuser;
    const char *password;          /* as pg_authid has it, hashed; NULL: none */
    int32_t encoding;              /* as common/text/encoding.h numbers it */
    char locale_provider;          /* c: libc, i: ICU */
    const char *collate, *ctype;   /* locales of libc */
    const char *icu_locale;        /* NULL unless the provider is ICU */
    const char *collation_version; /* of the provider's collation; NULL: it has none */
    bool has_checksums;
    bool no_sync; /* the caller syncs the whole directory later, or never */
    const struct SystemCollation *collations; /* collation_list.h: those of the machine */
    size_t collation_count;
} BootstrapOptions;

/*
 * Objects that are made by statements, later: the first number of system views, which ends before
 * that of the first collation, and that of information_schema. Behind it, room is left.
 */
#define BOOTSTRAP_VIEWS_OID       12000
#define BOOTSTRAP_INFORMATION_OID 12400 /* and as many more as the machine has collations */

/*
 * Fill global and base/1 of data_dir, which must exist; both are made when missing. Raises when a name of
 * the superuser cannot be (42939 pg_ is reserved, 42622 too long). Returns the first number that no
 * object has.
 */
Oid bootstrap_write(const char *data_dir, const BootstrapOptions *options);

/* Make base/4 and base/5 of base/1 as it is on disk. */
void bootstrap_copy_template(const char *data_dir, const BootstrapOptions *options);

#endif
