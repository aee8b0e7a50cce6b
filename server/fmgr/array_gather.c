/* array_gather.c - an array made of values that come one by one, or of arrays of one shape */
#include "common/base/base.h"

#include "server/fmgr/array_gather.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"

#define ROOM_FIRST 64

struct ArrayGather {
    MemContext *mem;
    ArrayElement element;
    size_t count, room; /* of elements */
    Datum *values;
    bool *nulls;
    int32_t arrays;
    unsigned dimensions; /* of each of them, and one more; 0: values come */
    int32_t sizes[ARRAY_DIMENSIONS_MAX], lower[ARRAY_DIMENSIONS_MAX];
};

ArrayGather *array_gather_new(const ArrayElement *element, MemContext *mem)
{
    ArrayGather *g = NULL;

    mem = mem_context_new(mem, "array that is gathered");
    MEM_SCOPE(mem) {
        g = mem_new(ArrayGather);
        g->mem = mem;
        g->element = *element;
        g->room = ROOM_FIRST;
        g->values = mem_new_array(Datum, g->room);
        g->nulls = mem_new_array(bool, g->room);
    }
    return g;
}

void array_gather_free(ArrayGather *g)
{
    mem_delete(g->mem);
}

void array_gather_value(ArrayGather *g, Datum value, bool is_null)
{
    MEM_SCOPE(g->mem) {
        if (g->count == g->room) {
            g->room *= 2;
            g->values = mem_realloc(g->values, size_mul(g->room, sizeof *g->values));
            g->nulls = mem_realloc(g->nulls, g->room);
        }
        g->nulls[g->count] = is_null;
        if (!is_null && g->element.len == -1)
            value = datum_of_pointer(varlena_packed(datum_varlena(value)));
        g->values[g->count++] =
            is_null ? 0 : datum_copy(value, g->element.by_value, g->element.len);
    }
}

static void check_alike(ArrayGather *g, const ArrayView *v)
{
    if (v->dimensions == 0)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "cannot accumulate empty arrays");
    if (g->arrays == 0) {
        if (v->dimensions + 1 > ARRAY_DIMENSIONS_MAX)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("number of array dimensions (%u) exceeds the maximum "
                                         "allowed (%d)",
                                         v->dimensions + 1, ARRAY_DIMENSIONS_MAX));
        g->dimensions = v->dimensions + 1;
        g->lower[0] = 1;
        memcpy(g->sizes + 1, v->sizes, v->dimensions * sizeof(int32_t));
        memcpy(g->lower + 1, v->lower, v->dimensions * sizeof(int32_t));
        return;
    }
    if (v->dimensions + 1 != g->dimensions ||
        memcmp(g->sizes + 1, v->sizes, v->dimensions * sizeof(int32_t)) != 0 ||
        memcmp(g->lower + 1, v->lower, v->dimensions * sizeof(int32_t)) != 0)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = "cannot accumulate arrays of different dimensionality");
}

void array_gather_array(ArrayGather *g, const ArrayView *array)
{
    ArrayWalk walk;
    Datum value;
    bool is_null;

    check_alike(g, array);
    array_walk_begin(&walk, array, &g->element);
    while (array_walk_next(&walk, &value, &is_null))
        array_gather_value(g, value, is_null);
    g->arrays++;
}

uint8_t *array_gather_result(ArrayGather *g)
{
    if (g->dimensions == 0)
        return array_make_list(&g->element, g->values, g->nulls, g->count);
    g->sizes[0] = g->arrays;
    return array_make(&g->element, g->values, g->nulls, g->dimensions, g->sizes, g->lower);
}
