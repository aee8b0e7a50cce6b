/* backup_scope.c - which files go into a base backup; backup_scope.h says why. */
#include "common/base/base.h"

#include "common/format/backup_scope.h"

#include "common/format/rel_path.h"
#include "common/text/str.h"

typedef enum ScopeMatch { MATCH_TOP, MATCH_FOLDER, MATCH_FILE, MATCH_PREFIX } ScopeMatch;

typedef struct ScopeRow {
    const char *name;
    ScopeMatch match;
    BackupScope scope;
} ScopeRow;

static const ScopeRow rows[] = {
#define ROW(name, match, scope) {name, MATCH_##match, BACKUP_SCOPE_##scope},
#include "common/format/backup_scope.def"
#undef ROW
};

static bool row_matches(const ScopeRow *row, const char *path, const char *base, bool is_dir);

BackupScope backup_scope_of(const char *path, bool is_dir)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (row_matches(&rows[i], path, base, is_dir))
            return rows[i].scope;
    }
    return BACKUP_SCOPE_TAKE;
}

bool backup_scope_has_checksums(const char *path)
{
    RelPath rel;

    return rel_path_try_parse(path, &rel);
}

static bool row_matches(const ScopeRow *row, const char *path, const char *base, bool is_dir)
{
    switch (row->match) {
    case MATCH_TOP:
        return is_dir && str_equal(path, row->name);
    case MATCH_FOLDER:
        return is_dir && str_equal(base, row->name);
    case MATCH_FILE:
        return !is_dir && str_equal(base, row->name);
    case MATCH_PREFIX:
        return str_starts_with(base, row->name);
    }
    return false;
}
