/*
 * order.c - the order of objects: by rank, then by what depends on what; order.h has the rules
 *
 * The sort fills the result from its end: of all objects that nothing unplaced depends on, the one
 * of the highest rank is placed next, in front of those that are there. So what depends on
 * nothing keeps its rank among its like. This is the order of pg_dump, which the texts must equal.
 */
#include "common/base/base.h"

#include "pgdump/order.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "pgdump/catalog.h"
#include "pgdump/kind.h"
#include "pgdump/loop.h"

typedef struct Dependency {
    Oid catalog, oid, on_catalog, on_oid;
    char type;
} Dependency;

/* A heap of ranks (places in the first order), the highest on top. */
typedef struct Heap {
    uint32_t *items;
    size_t count;
} Heap;

static void take_dependency(Dump *d, void *row);
static bool is_post_data(const DumpObject *o);
static int compare_rank(const void *a, const void *b);
static bool try_sort(Dump *d, DumpObject **ranked, DumpObject **sorted, Array *stuck);
static void heap_push(Heap *heap, uint32_t item);
static uint32_t heap_pop(Heap *heap);

void order_read_dependencies(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("classid", OID, Dependency, catalog),
        COLUMN("objid", OID, Dependency, oid),
        COLUMN("refclassid", OID, Dependency, on_catalog),
        COLUMN("refobjid", OID, Dependency, on_oid),
        COLUMN("deptype", CHAR, Dependency, type),
    };
    /* Members of operator families are no objects here: what they need, the family needs. */
    static const CatalogQuery query = {
        .from =
            "(SELECT classid, objid, refclassid, refobjid, deptype FROM pg_catalog.pg_depend\n"
            " WHERE deptype != 'p' AND deptype != 'e'\n"
            "UNION ALL\n"
            "SELECT 2753::pg_catalog.oid AS classid, amopfamily AS objid, refclassid, refobjid, "
            "deptype\n FROM pg_catalog.pg_depend d, pg_catalog.pg_amop o\n"
            " WHERE deptype NOT IN ('p', 'e', 'i') AND classid = 2602 AND objid = o.oid"
            " AND NOT (refclassid = 2753 AND amopfamily = refobjid)\n"
            "UNION ALL\n"
            "SELECT 2753::pg_catalog.oid AS classid, amprocfamily AS objid, refclassid, refobjid, "
            "deptype\n FROM pg_catalog.pg_depend d, pg_catalog.pg_amproc p\n"
            " WHERE deptype NOT IN ('p', 'e', 'i') AND classid = 2603 AND objid = p.oid"
            " AND NOT (refclassid = 2753 AND amprocfamily = refobjid)) AS depend",
        .order = "1, 2",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Dependency),
    };

    catalog_read(d, &query, NULL, take_dependency);
}

static void take_dependency(Dump *d, void *row)
{
    const Dependency dependency = *(const Dependency *)row;
    DumpObject *o = object_find(d, dependency.catalog, dependency.oid);
    DumpObject *on = object_find(d, dependency.on_catalog, dependency.on_oid);

    mem_free(row);
    if (o == NULL || on == NULL)
        return;
    /* The type of a table's rows hangs on the table, and a composite type's table on the type: it
     * is the other way round that they are made. */
    if (dependency.type == 'i' && o->kind == KIND_TABLE && on->kind == KIND_TYPE)
        object_depend(on, o->id);
    else
        object_depend(o, on->id);
}

void order_add_boundaries(Dump *d)
{
    size_t count = d->objects.count;
    DumpObject *before = mem_new(DumpObject), *after = mem_new(DumpObject);

    before->name = "PRE-DATA BOUNDARY";
    after->name = "POST-DATA BOUNDARY";
    object_add(d, before, KIND_PRE_DATA_BOUNDARY);
    object_add(d, after, KIND_POST_DATA_BOUNDARY);
    d->post_data_begin = after->id;
    object_depend(after, before->id);
    for (uint32_t id = 1; id <= count; id++) {
        DumpObject *o = object_by_id(d, id);

        switch (object_kinds[o->kind].section) {
        case ARCHIVE_PRE_DATA:
            object_depend(before, id);
            break;
        case ARCHIVE_DATA:
            object_depend(o, before->id);
            object_depend(after, id);
            break;
        default:
            if (is_post_data(o))
                object_depend(o, after->id);
            break;
        }
    }
}

/* Rules and checks that are part of a definition belong to no section of their own. */
static bool is_post_data(const DumpObject *o)
{
    if (o->kind == KIND_RULE)
        return ((const RuleObject *)o)->is_separate;
    if (o->kind == KIND_CONSTRAINT)
        return ((const ConstraintObject *)o)->is_separate;
    return true;
}

DumpObject **order_sort(Dump *d)
{
    size_t count = d->objects.count;
    DumpObject **ranked = mem_dup(d->objects.items, count * sizeof *ranked);
    DumpObject **sorted = mem_new_array(DumpObject *, count);
    Array stuck;

    array_init(&stuck, sizeof(DumpObject *));
    qsort(ranked, count, sizeof *ranked, compare_rank);
    while (!try_sort(d, ranked, sorted, &stuck))
        loop_break_all(d, stuck.items, stuck.count);
    return sorted;
}

static int compare_names(const DumpObject *a, const DumpObject *b)
{
    int order;

    /* What lies in a schema stands before what lies in none. */
    if (a->schema != b->schema) {
        if (a->schema == NULL || b->schema == NULL)
            return a->schema == NULL ? 1 : -1;
        order = strcmp(a->schema->object.name, b->schema->object.name);
        if (order != 0)
            return order;
    }
    return strcmp(a->name, b->name);
}

static int compare_rank(const void *left, const void *right)
{
    const DumpObject *a = *(DumpObject *const *)left, *b = *(DumpObject *const *)right;
    const Kind *kind = &object_kinds[a->kind];
    int order = kind->priority - object_kinds[b->kind].priority;

    if (order == 0)
        order = compare_names(a, b);
    if (order == 0 && a->kind != b->kind)
        order = a->kind < b->kind ? -1 : 1;
    if (order == 0 && kind->compare != NULL)
        order = kind->compare(a, b);
    if (order == 0 && a->oid != b->oid)
        order = a->oid < b->oid ? -1 : 1;
    return order;
}

/*
 * False when there are loops: stuck then has the objects that are in one, or before one, by number.
 */
static bool try_sort(Dump *d, DumpObject **ranked, DumpObject **sorted, Array *stuck)
{
    size_t count = d->objects.count, left = count;
    uint32_t *waiting = mem_new_array(uint32_t, count + 1); /* by number: who depends on it */
    uint32_t *rank = mem_new_array(uint32_t, count + 1);
    bool *is_placed = mem_new_array(bool, count + 1);
    Heap heap = {.items = mem_new_array(uint32_t, count)};

    for (size_t i = 0; i < count; i++) {
        rank[ranked[i]->id] = (uint32_t)i;
        array_foreach(const uint32_t, on, &ranked[i]->depends)
            waiting[*on]++;
    }
    for (size_t i = 0; i < count; i++)
        if (waiting[ranked[i]->id] == 0)
            heap_push(&heap, (uint32_t)i);
    while (heap.count > 0) {
        DumpObject *o = ranked[heap_pop(&heap)];

        sorted[--left] = o;
        is_placed[o->id] = true;
        array_foreach(const uint32_t, on, &o->depends)
            if (--waiting[*on] == 0)
                heap_push(&heap, rank[*on]);
    }
    array_clear(stuck);
    for (uint32_t id = 1; left > 0 && id <= count; id++)
        if (!is_placed[id])
            *(DumpObject **)array_push(stuck) = object_by_id(d, id);
    mem_free(waiting);
    mem_free(rank);
    mem_free(is_placed);
    mem_free(heap.items);
    return left == 0;
}

static void heap_push(Heap *heap, uint32_t item)
{
    size_t i = heap->count++;

    for (; i > 0 && heap->items[(i - 1) / 2] < item; i = (i - 1) / 2)
        heap->items[i] = heap->items[(i - 1) / 2];
    heap->items[i] = item;
}

static uint32_t heap_pop(Heap *heap)
{
    uint32_t top = heap->items[0], last = heap->items[--heap->count];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < heap->count) {
        if (child + 1 < heap->count && heap->items[child + 1] > heap->items[child])
            child++;
        if (heap->items[child] <= last)
            break;
        heap->items[i] = heap->items[child];
        i = child;
    }
    heap->items[i] = last;
    return top;
}
