/* reloptions.c - read storage parameters; reloption.def has those that have a field. */
#include "common/base/base.h"

#include "server/cache/reloptions.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "server/cache/cache_int.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

#define ARRAY_HEADER 24 /* of one dimension, without NULLs */
#define ARRAY_COUNT  16 /* where the number of elements stands */

typedef enum OptionKind {
    OPTION_INT,
    OPTION_UINT,
    OPTION_BOOL,
    OPTION_CLEANUP,
    OPTION_CHECK
} OptionKind;

typedef struct OptionRow {
    const char *name;
    OptionKind kind;
    size_t offset;
} OptionRow;

static const OptionRow rows[] = {
#define ROW(name, kind, field) {#name, OPTION_##kind, offsetof(RelationOptions, field)},
#include "server/cache/reloption.def"
#undef ROW
};

static const RelationOptions defaults = {
    .parallel_workers = -1,
    .vacuum_index_cleanup = 'a',
    .vacuum_truncate = true,
    .may_deduplicate = true,
};

static void read_all(const uint8_t *array, RelationOptions *out);
static bool read_known(const char *text, RelationOptions *out);
static void set(const OptionRow *row, const char *value, RelationOptions *out);

const RelationOptions *reloptions_of(const HeapTuple *pg_class)
{
    RelationOptions *out;
    const uint8_t *array;
    bool is_null = true;
    Datum value = 0;

    if (pg_class != NULL)
        value = heap_get(pg_class, PG_CLASS_COL_RELOPTIONS,
                         cache_catalog_desc(catalog_find(PG_CLASS_CATALOG)), &is_null);
    if (is_null)
        return &defaults;
    out = mem_new(RelationOptions);
    *out = defaults;
    array = varlena_plain(datum_varlena(value));
    read_all(array, out);
    if (array != datum_varlena(value))
        mem_free((void *)(uintptr_t)array);
    return out;
}

double reloptions_n_distinct(Oid relation, int16_t column)
{
    static const char name[] = "n_distinct=";
    const HeapTuple *row =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(relation), datum_of_i16(column));
    RelationOptions options = defaults;
    double number = 0;
    bool is_null = true;
    Datum value = 0;

    if (row != NULL)
        value = syscache_get(CACHE_ATTNUM, row, PG_ATTRIBUTE_COL_ATTOPTIONS, &is_null);
    if (!is_null)
        read_all(varlena_plain(datum_varlena(value)), &options);
    for (const char *const *text = options.unknown; text != NULL && *text != NULL; text++) {
        if (strncmp(*text, name, sizeof(name) - 1) == 0)
            number = strtod(*text + sizeof(name) - 1, NULL);
    }
    if (row != NULL)
        syscache_unpin(row);
    return number;
}

/* Elements are texts, each aligned to 4 unless its header is short. */
static void read_all(const uint8_t *array, RelationOptions *out)
{
    size_t size = varlena_size(array), at = ARRAY_HEADER;
    uint32_t count = size >= ARRAY_HEADER ? load_u32(array + ARRAY_COUNT) : 0;
    unsigned vacuum_count = 0, unknown_count = 0;
    const char **vacuum, **unknown;

    if (count > size)
        return;
    vacuum = mem_new_array(const char *, count + 1);
    unknown = mem_new_array(const char *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *v;
        char *text;

        if (at < size && array[at] == 0)
            at = size_align_up(at, 4);
        v = array + at;
        if (at + 4 > size || varlena_is_toasted(v) || at + varlena_size(v) > size)
            break;
        text = mem_strndup((const char *)varlena_bytes(v), varlena_len(v));
        at += varlena_size(v);
        if (read_known(text, out))
            mem_free(text);
        else if (strncmp(text, "autovacuum_", 11) == 0 || strncmp(text, "log_autovacuum", 14) == 0)
            vacuum[vacuum_count++] = text;
        else
            unknown[unknown_count++] = text;
    }
    out->vacuum = vacuum_count > 0 ? vacuum : NULL;
    out->unknown = unknown_count > 0 ? unknown : NULL;
    if (vacuum_count == 0)
        mem_free(vacuum);
    if (unknown_count == 0)
        mem_free(unknown);
}

static bool read_known(const char *text, RelationOptions *out)
{
    const char *equals = strchr(text, '=');

    for (size_t i = 0; equals != NULL && i < ARRAY_LEN(rows); i++) {
        size_t len = (size_t)(equals - text);

        if (strlen(rows[i].name) == len && memcmp(rows[i].name, text, len) == 0) {
            set(&rows[i], equals + 1, out);
            return true;
        }
    }
    return false;
}

/* As PostgreSQL reads booleans: any beginning of a word that tells which it is. */
static bool is_true(const char *value)
{
    size_t len = strlen(value);

    if (len == 0)
        return false;
    return strncasecmp(value, "true", len) == 0 || strncasecmp(value, "yes", len) == 0 ||
           (len > 1 && strncasecmp(value, "on", len) == 0) || strcmp(value, "1") == 0;
}

static void set(const OptionRow *row, const char *value, RelationOptions *out)
{
    void *place = (char *)out + row->offset;

    switch (row->kind) {
    case OPTION_INT:
        *(int *)place = (int)strtol(value, NULL, 10);
        break;
    case OPTION_UINT:
        *(unsigned *)place = (unsigned)strtol(value, NULL, 10);
        break;
    case OPTION_BOOL:
        *(bool *)place = is_true(value);
        break;
    case OPTION_CLEANUP:
        *(char *)place = strcasecmp(value, "auto") == 0 ? 'a' : is_true(value) ? 'o' : 'f';
        break;
    case OPTION_CHECK:
        *(char *)place = strcasecmp(value, "local") == 0      ? 'l'
                         : strcasecmp(value, "cascaded") == 0 ? 'c'
                                                              : '\0';
        break;
    }
}
