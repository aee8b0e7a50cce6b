/*
 * extension.c - CREATE EXTENSION, ALTER EXTENSION UPDATE
 *
 * A new cluster has plpgsql, as PostgreSQL's has. Scripts and dumps ask for it again; there are no
 * others.
 */
#include "common/base/base.h"

#include "server/command/extension.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/option.h"
#include "server/fmgr/varlena.h"
#include "server/object/rights.h"
#include "server/object/role.h"

Oid extension_find(const char *name, bool is_missing_ok)
{
    const CatalogKey key = {.column = PG_EXTENSION_COL_EXTNAME, .value = datum_of_pointer(name)};
    CatalogScan *scan = catalog_scan_begin(PG_EXTENSION_CATALOG, PG_EXTENSION_NAME_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row == NULL ? 0 : CACHE_ROW(PgExtension, row)->oid;

    catalog_scan_end(scan);
    if (oid == 0 && !is_missing_ok)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("extension \"%s\" does not exist", name));
    return oid;
}

/* Names are parts of names of files. */
static void check_name(const char *name)
{
    const char *fault = NULL;

    if (strstr(name, "--") != NULL)
        fault = "Extension names must not contain \"--\".";
    else if (name[0] == '-' || name[strlen(name) - 1] == '-')
        fault = "Extension names must not begin or end with \"-\".";
    else if (strchr(name, '/') != NULL)
        fault = "Extension names must not contain directory separator characters.";
    if (fault != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid extension name: \"%s\"", name), .detail = fault);
}

/* Each at most once. */
static void check_options(const List *options, const char *text)
{
    for (int i = 0; i < list_count(options); i++) {
        const Option *option = list_at(options, i);

        for (int k = 0; k < i; k++) {
            const Option *before = list_at(options, k);

            if (strcmp(before->name, option->name) == 0)
                err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                          .position = text_position(text, option->loc));
        }
    }
}

void command_create_extension(CommandCall *call)
{
    const CreateExtensionStmt *stmt = (const CreateExtensionStmt *)(const void *)call->statement;

    check_name(stmt->name);
    if (extension_find(stmt->name, true) != 0) {
        if (!stmt->if_not_exists)
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("extension \"%s\" already exists", stmt->name));
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_OBJECT,
                .message = err_fmt("extension \"%s\" already exists, skipping", stmt->name));
        return;
    }
    check_options(stmt->options, call->text);
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("extension \"%s\" is not available", stmt->name),
              .detail = "This server has no extension but plpgsql.");
}

static char *version_of(Oid extension)
{
    const HeapTuple *row = syscache_pin(CACHE_EXTENSIONOID, datum_of_u32(extension));
    bool is_null;
    const uint8_t *version = varlena_plain(datum_varlena(
        syscache_get(CACHE_EXTENSIONOID, row, PG_EXTENSION_COL_EXTVERSION, &is_null)));
    char *text = mem_strndup((const char *)varlena_bytes(version), varlena_len(version));

    syscache_unpin(row);
    return text;
}

void command_alter_extension(CommandCall *call)
{
    const AlterExtensionStmt *stmt = (const AlterExtensionStmt *)(const void *)call->statement;
    Oid oid = extension_find(stmt->name, false);
    const char *here, *wanted;

    rights_require_owner(PG_EXTENSION_CATALOG, oid, role_current());
    check_options(stmt->options, call->text);
    here = version_of(oid);
    wanted = stmt->options != NULL ? option_text(list_at(stmt->options, 0)) : here;
    if (strcmp(here, wanted) != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("extension \"%s\" has no update path from version \"%s\" to "
                                     "version \"%s\"",
                                     stmt->name, here, wanted));
    err_log(ERR_NOTICE,
            .message = err_fmt("version \"%s\" of extension \"%s\" is already installed", here,
                               stmt->name));
}
