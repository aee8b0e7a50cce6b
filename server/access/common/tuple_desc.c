/* tuple_desc.c - make, copy and compare descriptions of tuples; tuple_desc.h has their parts. */
#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/fmgr/datum_image.h"

#define RECORD_OID       2249
#define OFFSET_VARIES    (-1)
#define LAYOUT_SIZE(n)   (sizeof(struct TupleLayout) + (n) * sizeof(ColumnLayout))
#define DESC_SIZE(n)     (sizeof(TupleDesc) + (n) * sizeof(Column))
#define STATS_BY_DEFAULT (-1)

static struct TupleExtra *copy_extra(const TupleDesc *desc);
static bool column_equal(const Column *a, const Column *b);
static bool extra_equal(const TupleDesc *a, const TupleDesc *b);
static bool missing_equal(const TupleDesc *a, const TupleDesc *b);
static ColumnKind kind_of(const Column *column);
static uint8_t align_of(const Column *column);

TupleDesc *tuple_desc_new(unsigned count)
{
    TupleDesc *desc;

    if (count > TARGETS_MAX)
        err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                  .message =
                      err_fmt("number of columns (%u) exceeds limit (%d)", count, TARGETS_MAX));
    desc = mem_alloc(DESC_SIZE(count));
    desc->count = (uint16_t)count;
    desc->row_type = RECORD_OID;
    desc->row_type_mod = -1;
    desc->ref_count = -1;
    desc->layout = mem_alloc(LAYOUT_SIZE(count));
    for (unsigned i = 0; i < count; i++)
        desc->columns[i].number = (int16_t)(i + 1);
    return desc;
}

TupleDesc *tuple_desc_copy(const TupleDesc *desc)
{
    TupleDesc *copy = tuple_desc_new(desc->count);
    struct TupleLayout *layout = copy->layout;

    memcpy(copy, desc, DESC_SIZE(desc->count));
    copy->layout = layout;
    copy->ref_count = -1;
    copy->extra = copy_extra(desc);
    return copy;
}

bool tuple_desc_equal(const TupleDesc *a, const TupleDesc *b)
{
    if (a->count != b->count || a->row_type != b->row_type)
        return false;
    for (unsigned i = 0; i < a->count; i++) {
        if (!column_equal(&a->columns[i], &b->columns[i]))
            return false;
    }
    return extra_equal(a, b);
}

void tuple_desc_set(TupleDesc *desc, unsigned number, const char *name, Oid type, int16_t len,
                    bool by_value, char align)
{
    Column *column = &desc->columns[number - 1];

    ASSERT(number >= 1 && number <= desc->count);
    *column = (Column){.type = type,
                       .type_mod = -1,
                       .number = (int16_t)number,
                       .len = len,
                       .by_value = by_value,
                       .align = align,
                       .storage = len == -1 ? 'x' : 'p',
                       .is_local = true,
                       .stats_target = STATS_BY_DEFAULT};
    memcpy(column->name, name, size_min(strlen(name), NAME_SIZE - 1));
    desc->layout->is_ready = false;
}

/*
 * A column of variable length has a fixed offset only when no padding may stand before it: a short
 * header is not aligned, so that its offset depends on the value otherwise.
 */
void tuple_desc_finish(const TupleDesc *desc)
{
    struct TupleLayout *layout = desc->layout;
    int32_t offset = 0;

    layout->fixed_count = 0;
    layout->fixed_end = 0;
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];
        ColumnLayout *out = &layout->columns[i];

        out->len = column->len;
        out->align = align_of(column);
        out->kind = (uint8_t)kind_of(column);
        out->can_be_short = column->len == -1 && column->storage != 'p';
        out->fixed_offset = OFFSET_VARIES;
        if (offset == OFFSET_VARIES)
            continue;
        if (column->len < 0) {
            offset = OFFSET_VARIES;
            continue;
        }
        out->fixed_offset = (int32_t)size_align_up((size_t)offset, out->align);
        offset = out->fixed_offset + column->len;
        layout->fixed_count = (uint16_t)(i + 1);
        layout->fixed_end = offset;
    }
    layout->is_ready = true;
}

static ColumnKind kind_of(const Column *column)
{
    if (column->by_value) {
        switch (column->len) {
        case 1:
            return COLUMN_BYTE;
        case 2:
            return COLUMN_INT2;
        case 4:
            return COLUMN_INT4;
        case 8:
            return COLUMN_INT8;
        }
    } else if (column->len >= 0) {
        return COLUMN_FIXED;
    } else if (column->len == -1) {
        return COLUMN_VARLENA;
    } else if (column->len == -2) {
        return COLUMN_CSTRING;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("column \"%s\" has the length %d, which no type has", column->name,
                                 column->len));
}

static uint8_t align_of(const Column *column)
{
    switch (column->align) {
    case 'c':
        return 1;
    case 's':
        return 2;
    case 'i':
        return 4;
    case 'd':
        return 8;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("column \"%s\" has the alignment %d, which no type has",
                                     column->name, column->align));
    }
}

/* ---- Defaults, checks, missing values ---- */

static struct TupleExtra *copy_extra(const TupleDesc *desc)
{
    const struct TupleExtra *from = desc->extra;
    struct TupleExtra *to;

    if (from == NULL)
        return NULL;
    to = mem_dup(from, sizeof(*from));
    if (from->missing != NULL) {
        to->missing = mem_new_array(NullableDatum, desc->count);
        for (unsigned i = 0; i < desc->count; i++) {
            to->missing[i] = from->missing[i];
            if (desc->columns[i].has_missing && !from->missing[i].is_null)
                to->missing[i].value = datum_copy(from->missing[i].value, desc->columns[i].by_value,
                                                  desc->columns[i].len);
        }
    }
    if (from->default_count > 0) {
        to->defaults = mem_dup(from->defaults, from->default_count * sizeof(*from->defaults));
        for (unsigned i = 0; i < from->default_count; i++)
            to->defaults[i].expression = mem_strdup(from->defaults[i].expression);
    }
    if (from->check_count > 0) {
        to->checks = mem_dup(from->checks, from->check_count * sizeof(*from->checks));
        for (unsigned i = 0; i < from->check_count; i++) {
            to->checks[i].name = mem_strdup(from->checks[i].name);
            to->checks[i].expression = mem_strdup(from->checks[i].expression);
        }
    }
    return to;
}

static bool column_equal(const Column *a, const Column *b)
{
    return strcmp(a->name, b->name) == 0 && a->type == b->type && a->type_mod == b->type_mod &&
           a->collation == b->collation && a->number == b->number && a->len == b->len &&
           a->by_value == b->by_value && a->align == b->align && a->storage == b->storage &&
           a->compression == b->compression && a->not_null == b->not_null &&
           a->has_default == b->has_default && a->has_missing == b->has_missing &&
           a->identity == b->identity && a->generated == b->generated &&
           a->is_dropped == b->is_dropped && a->is_local == b->is_local &&
           a->inherit_count == b->inherit_count && a->dimensions == b->dimensions &&
           a->stats_target == b->stats_target;
}

/* Lists are compared in their order, which is that of column numbers and of names. */
static bool extra_equal(const TupleDesc *a, const TupleDesc *b)
{
    const struct TupleExtra *x = a->extra, *y = b->extra;

    if (x == NULL || y == NULL)
        return x == y;
    if (x->default_count != y->default_count || x->check_count != y->check_count ||
        x->has_not_null != y->has_not_null || x->has_stored_generated != y->has_stored_generated)
        return false;
    for (unsigned i = 0; i < x->default_count; i++) {
        if (x->defaults[i].number != y->defaults[i].number ||
            strcmp(x->defaults[i].expression, y->defaults[i].expression) != 0)
            return false;
    }
    for (unsigned i = 0; i < x->check_count; i++) {
        if (strcmp(x->checks[i].name, y->checks[i].name) != 0 ||
            strcmp(x->checks[i].expression, y->checks[i].expression) != 0 ||
            x->checks[i].is_valid != y->checks[i].is_valid ||
            x->checks[i].no_inherit != y->checks[i].no_inherit)
            return false;
    }
    return missing_equal(a, b);
}

static bool missing_equal(const TupleDesc *a, const TupleDesc *b)
{
    const NullableDatum *x = a->extra->missing, *y = b->extra->missing;

    if (x == NULL || y == NULL)
        return x == y;
    for (unsigned i = 0; i < a->count; i++) {
        if (!a->columns[i].has_missing)
            continue;
        if (x[i].is_null != y[i].is_null)
            return false;
        if (!x[i].is_null &&
            !datum_image_equal(x[i].value, y[i].value, a->columns[i].by_value, a->columns[i].len))
            return false;
    }
    return true;
}
