/* relation_option.c - storage parameters of what is there; option.h has which there are. */
#include "common/base/base.h"

#include "server/command/relation_option.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/alter_column.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/rewriter/rewriter.h"

static void change(Relation *rel, const AlterTableCmd *action, const char *space, unsigned kind);
static unsigned kind_of(const Relation *rel);

/* CREATE TABLE passes WITH (oids = off) over; nothing else does. */
static void refuse_oids(const AlterTableCmd *action)
{
    list_foreach(const Option *, option, action->options) {
        if (option->space == NULL && strcmp(option->name, "oids") == 0 &&
            action->action == AT_SET_OPTIONS)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = "unrecognized parameter \"oids\"");
    }
}

void relation_change_options(Relation *rel, const AlterTableCmd *action, LockMode mode)
{
    Oid toast = rel->row->reltoastrelid;
    Relation *of_toast;

    refuse_oids(action);
    change(rel, action, NULL, kind_of(rel));
    if (toast == 0)
        return;
    of_toast = relation_open(toast, mode);
    change(of_toast, action, "toast", RELOPTIONS_TOAST);
    relation_close(of_toast, LOCK_NONE);
}

static unsigned kind_of(const Relation *rel)
{
    switch (rel->kind) {
    case RELATION_VIEW:
        return RELOPTIONS_VIEW;
    case RELATION_INDEX:
        if (rel->index->access_method == ACCESS_METHOD_BTREE)
            return RELOPTIONS_BTREE;
        break;
    case RELATION_TABLE:
    case RELATION_MATERIALIZED_VIEW:
        return RELOPTIONS_HEAP;
    default:
        break;
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("storage parameters of \"%s\" cannot be changed yet", rel->name));
}

static void change(Relation *rel, const AlterTableCmd *action, const char *space, unsigned kind)
{
    bool is_null;
    Datum old = syscache_get(CACHE_RELOID, rel->tuple, PG_CLASS_COL_RELOPTIONS, &is_null);
    const uint8_t *options =
        reloptions_make(is_null ? NULL : datum_varlena(old), action->options, space, kind,
                        true, action->action == AT_RESET_OPTIONS);
    CatalogRow row;

    if (rel->kind == RELATION_VIEW && reloptions_have(options, "check_option"))
        view_require_updatable(rewriter_view_query(rel));
    catalog_row_init(&row);
    if (options == NULL)
        catalog_set_null(&row, PG_CLASS_COL_RELOPTIONS);
    else
        catalog_set(&row, PG_CLASS_COL_RELOPTIONS, datum_of_pointer(options));
    relation_update_class(rel->oid, &row);
}

void view_require_updatable(const Query *query)
{
    const char *problem = rewriter_view_problem(query);

    if (problem != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "WITH CHECK OPTION is supported only on automatically updatable views",
                  .hint = problem);
}

static const uint8_t *options_of(const HeapTuple *pg_attribute)
{
    bool is_null;
    Datum value = syscache_get(CACHE_ATTNUM, pg_attribute, PG_ATTRIBUTE_COL_ATTOPTIONS, &is_null);

    return is_null ? NULL : datum_varlena(value);
}

static void set_options(CatalogChange *attributes, const HeapTuple *old, const uint8_t *options)
{
    CatalogRow row;

    catalog_row_init(&row);
    if (options == NULL)
        catalog_set_null(&row, PG_ATTRIBUTE_COL_ATTOPTIONS);
    else
        catalog_set(&row, PG_ATTRIBUTE_COL_ATTOPTIONS, datum_of_pointer(options));
    catalog_update(attributes, old, &row);
}

void columns_stamp_again(const Relation *rel, int16_t first)
{
    CatalogChange *attributes = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    unsigned count = rel->desc->count;
    Option *stamp = node_new(Option);

    stamp->name = RELATION_COLUMN_STAMP;
    stamp->arg = (Node *)(void *)node_string(relation_column_version());
    for (unsigned i = (unsigned)first; i <= count; i++) {
        const HeapTuple *old =
            syscache_pin2(CACHE_ATTNUM, datum_of_u32(rel->oid), datum_of_i16((int16_t)i));
        const uint8_t *options = old != NULL ? options_of(old) : NULL;

        if (options != NULL)
            set_options(attributes, old,
                        reloptions_make(options, list_of(stamp), NULL, RELOPTIONS_COLUMN, false,
                                        false));
        if (old != NULL)
            syscache_unpin(old);
    }
    catalog_change_end(attributes);
}

void column_change_options(Relation *rel, const AlterTableCmd *action)
{
    int16_t number = column_number(rel, action->name);
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(rel->oid), datum_of_i16(number));
    CatalogChange *attributes = catalog_change_begin(PG_ATTRIBUTE_CATALOG);

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for attribute %d of relation %u", number,
                                     rel->oid));
    set_options(attributes, old,
                reloptions_make(options_of(old),
                                options_without(action->options, RELATION_COLUMN_STAMP), NULL,
                                RELOPTIONS_COLUMN, false,
                                action->action == AT_RESET_COLUMN_OPTIONS));
    syscache_unpin(old);
    catalog_change_end(attributes);
}
