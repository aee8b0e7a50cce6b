/*
 * depend_drop.c - what goes with an object that is dropped; depend_drop.h has the rules
 *
 * From each object that is to go, its dependents are followed: those that came last first, so that
 * an object stands behind all that need it in the list of targets, which is deleted from its
 * beginning. A part of another object (an internal dependency) leads to the whole first, unless it
 * was come from there.
 */
#include "common/base/base.h"

#include "server/command/depend_drop.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/describe.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"

#define REPORTED_MAX 100 /* objects that a message names */

/* Why an object is a target. */
enum {
    WHY_ORIGINAL = 1,
    WHY_NORMAL = 2,
    WHY_AUTO = 4,
    WHY_INTERNAL = 8,
    WHY_EXTENSION = 16,
    WHY_WHOLE = 32, /* a part of it was come by */
    WHY_PART = 64,  /* a column of a relation that goes too */
};

typedef struct Victim {
    ObjectAddress object;
    ObjectAddress dependee; /* by which it was found */
    unsigned why;
} Victim;

/* The way to an object, outermost last. */
typedef struct Way {
    struct Way *outer;
    const ObjectAddress *object;
    unsigned why;
} Way;

typedef struct Search {
    Array targets;           /* Victim */
    const ObjectList *asked; /* what the statement names */
    unsigned depth;
} Search;

typedef struct Dependent {
    ObjectAddress object;
    unsigned why;
} Dependent;

static void follow(Search *s, const ObjectAddress *object, unsigned why, Way *outer);
static bool follow_whole(Search *s, const ObjectAddress *object, Way *outer);
static void find_dependents(const ObjectAddress *object, Array *out);
static void report(const Search *s, Behavior behavior, unsigned flags);
static void delete_all(const Search *s);

void object_drop(const ObjectAddress *object, Behavior behavior, unsigned flags)
{
    ObjectList list;

    object_list_init(&list);
    object_list_add(&list, object->catalog, object->oid, object->sub);
    objects_drop(&list, behavior, flags);
}

void objects_drop(const ObjectList *objects, Behavior behavior, unsigned flags)
{
    Search s = {.asked = objects};

    array_init(&s.targets, sizeof(Victim));
    array_foreach(const ObjectAddress, object, objects)
        follow(&s, object, WHY_ORIGINAL, NULL);
    report(&s, behavior, flags);
    delete_all(&s);
}

void objects_check_drop(const ObjectList *objects, Behavior behavior)
{
    Search s = {.asked = objects};

    array_init(&s.targets, sizeof(Victim));
    array_foreach(const ObjectAddress, object, objects)
        follow(&s, object, WHY_ORIGINAL, NULL);
    report(&s, behavior, DROP_QUIETLY);
}

void objects_drop_dependents(const ObjectAddress *object)
{
    Search s = {0};
    ObjectList none;
    Victim *last;

    object_list_init(&none);
    s.asked = &none;
    array_init(&s.targets, sizeof(Victim));
    follow(&s, object, WHY_ORIGINAL, NULL);
    last = array_pop(&s.targets);
    ASSERT(object_equal(&last->object, object));
    (void)last;
    delete_all(&s);
}

/* ---- Following ---- */

static bool covers(const ObjectAddress *whole, const ObjectAddress *object)
{
    return whole->catalog == object->catalog && whole->oid == object->oid &&
           (whole->sub == 0 || whole->sub == object->sub);
}

/* On the way already: what is known of it is complete when the way is gone back. */
static bool is_on_way(Way *way, const ObjectAddress *object, unsigned why)
{
    for (; way != NULL; way = way->outer) {
        if (object_equal(way->object, object)) {
            way->why |= why;
            return true;
        }
        if (covers(way->object, object)) {
            way->why |= why;
            return true;
        }
    }
    return false;
}

static bool is_target(Search *s, const ObjectAddress *object, unsigned why)
{
    bool is_found = false;

    array_foreach(Victim, target, &s->targets) {
        if (object_equal(&target->object, object)) {
            target->why |= why;
            is_found = true;
        } else if (covers(&target->object, object)) {
            /* The column of a relation that goes. */
            is_found = true;
        } else if (covers(object, &target->object)) {
            /* The relation of a column that goes: the column is deleted with it. */
            target->why |= WHY_PART;
        }
    }
    return is_found;
}

static int compare_dependents(const void *left, const void *right)
{
    const ObjectAddress *a = &((const Dependent *)left)->object;
    const ObjectAddress *b = &((const Dependent *)right)->object;

    if (a->oid != b->oid)
        return a->oid > b->oid ? -1 : 1;
    if (a->catalog != b->catalog)
        return a->catalog < b->catalog ? -1 : 1;
    return (uint32_t)a->sub < (uint32_t)b->sub ? -1 : (uint32_t)a->sub > (uint32_t)b->sub;
}

static void follow(Search *s, const ObjectAddress *object, unsigned why, Way *outer)
{
    Way way = {.outer = outer, .object = object, .why = why};
    Array dependents;
    Victim *target;

    check_interrupts();
    if (is_on_way(outer, object, why) || is_target(s, object, why))
        return;
    if (object_is_pinned(object->catalog, object->oid))
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = err_fmt("cannot drop %s because it is required by the database system",
                                     object_describe(object, false)));
    if (follow_whole(s, object, outer))
        return;
    find_dependents(object, &dependents);
    array_sort(&dependents, compare_dependents);
    array_foreach(Dependent, dependent, &dependents)
        follow(s, &dependent->object, dependent->why, &way);
    target = array_push(&s->targets);
    *target = (Victim){
        .object = *object, .why = way.why, .dependee = outer != NULL ? *outer->object : *object};
}

/* Rows of pg_depend of which it is the dependent, or on which others depend. */
static CatalogScan *scan_depend(const ObjectAddress *object, bool by_reference)
{
    const CatalogKey keys[] = {
        {.column = by_reference ? PG_DEPEND_COL_REFCLASSID : PG_DEPEND_COL_CLASSID,
         .value = datum_of_u32(object->catalog)},
        {.column = by_reference ? PG_DEPEND_COL_REFOBJID : PG_DEPEND_COL_OBJID,
         .value = datum_of_u32(object->oid)},
        {.column = by_reference ? PG_DEPEND_COL_REFOBJSUBID : PG_DEPEND_COL_OBJSUBID,
         .value = datum_of_i32(object->sub)},
    };

    return catalog_scan_begin(PG_DEPEND_CATALOG,
                              by_reference ? PG_DEPEND_REFERENCE_INDEX : PG_DEPEND_DEPENDER_INDEX,
                              object->sub != 0 ? 3 : 2, keys);
}

/* The object that it is a part of; false: it is none, or that is where we come from. */
static bool find_whole(const ObjectAddress *object, Way *outer, ObjectAddress *whole,
                       bool *is_extension)
{
    CatalogScan *scan = scan_depend(object, false);
    const HeapTuple *row;
    bool is_found = false;

    while ((row = catalog_scan_next(scan)) != NULL && !is_found) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);
        const ObjectAddress other = {d->refclassid, d->refobjid, d->refobjsubid};

        if (d->deptype != DEPEND_INTERNAL && d->deptype != DEPEND_EXTENSION)
            continue;
        /* A column's own part is of the column, not of the table as a whole. */
        if (object->sub == 0 && d->objsubid != 0)
            continue;
        if (is_on_way(outer, &other, 0))
            continue;
        *whole = other;
        *is_extension = d->deptype == DEPEND_EXTENSION;
        is_found = true;
    }
    catalog_scan_end(scan);
    return is_found;
}

static void lock_for_drop(const ObjectAddress *object)
{
    if (object->catalog == PG_CLASS_CATALOG)
        lock_relation(object->oid, LOCK_ACCESS_EXCLUSIVE);
    else if (catalog_is_shared(object->catalog))
        lock_shared_object(object->catalog, object->oid, 0, LOCK_ACCESS_EXCLUSIVE);
    else
        lock_object(object->catalog, object->oid, 0, LOCK_ACCESS_EXCLUSIVE);
}

static bool follow_whole(Search *s, const ObjectAddress *object, Way *outer)
{
    ObjectAddress whole;
    bool is_extension;

    if (!find_whole(object, outer, &whole, &is_extension))
        return false;
    if (outer == NULL) {
        char *part_text, *whole_text;

        /* The whole was asked for, too: then it is not alone. */
        array_foreach(const ObjectAddress, asked, s->asked) {
            if (object_equal(asked, &whole))
                return true;
        }
        part_text = object_describe(object, false);
        whole_text = object_describe(&whole, false);
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message =
                      err_fmt("cannot drop %s because %s requires it", part_text, whole_text),
                  .hint = err_fmt("You can drop %s instead.", whole_text));
    }
    lock_for_drop(&whole);
    follow(s, &whole, WHY_WHOLE, outer);
    return true;
}

static unsigned why_of(char kind)
{
    switch (kind) {
    case DEPEND_NORMAL:
        return WHY_NORMAL;
    case DEPEND_AUTO:
    case DEPEND_AUTO_EXTENSION:
    case DEPEND_PARTITION_PRIMARY:
    case DEPEND_PARTITION_SECONDARY:
        return WHY_AUTO;
    case DEPEND_INTERNAL:
        return WHY_INTERNAL;
    case DEPEND_EXTENSION:
        return WHY_EXTENSION;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized dependency type '%c'", kind));
    }
}

/* Does the row still say so, now that the dependent is locked? It may have been dropped. */
static bool is_still_there(const PgDepend *d)
{
    const ObjectAddress who = {d->classid, d->objid, d->objsubid};
    CatalogScan *scan = scan_depend(&who, false);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return is_found;
}

static void find_dependents(const ObjectAddress *object, Array *out)
{
    CatalogScan *scan = scan_depend(object, true);
    const HeapTuple *row;

    array_init(out, sizeof(Dependent));
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend d = *CACHE_ROW(PgDepend, row);
        Dependent dependent = {.object = {d.classid, d.objid, d.objsubid},
                               .why = why_of(d.deptype)};
        Dependent *item;

        /* Columns of a relation depend on it without a row; on each other by defaults. */
        if (d.classid == object->catalog && d.objid == object->oid &&
            (object->sub == 0 || d.objsubid == object->sub || d.objsubid == 0))
            continue;
        lock_for_drop(&dependent.object);
        if (!is_still_there(&d))
            continue;
        item = array_push(out);
        *item = dependent;
    }
    catalog_scan_end(scan);
}

/* ---- Telling ---- */

typedef struct Report {
    StrBuf client;
    unsigned told, untold;
    bool is_refused;
} Report;

static void add_line(Report *r, const char *line)
{
    if (r->told >= REPORTED_MAX) {
        r->untold++;
        return;
    }
    strbuf_add_fmt(&r->client, "%s%s", r->told > 0 ? "\n" : "", line);
    r->told++;
}

static void report_target(Report *r, const Victim *target, Behavior behavior)
{
    char *text;

    if ((target->why & (WHY_ORIGINAL | WHY_PART)) != 0)
        return;
    if ((target->why & (WHY_AUTO | WHY_INTERNAL | WHY_EXTENSION)) != 0)
        return;
    text = object_describe(&target->object, true);
    if (text == NULL)
        return;
    if (behavior == DROP_RESTRICT) {
        char *other = object_describe(&target->dependee, true);

        if (other != NULL)
            add_line(r, mem_printf("%s depends on %s", text, other));
        r->is_refused = true;
    } else {
        add_line(r, mem_printf("drop cascades to %s", text));
    }
}

static void report(const Search *s, Behavior behavior, unsigned flags)
{
    Report r = {.told = 0};

    strbuf_init(&r.client);
    for (size_t i = s->targets.count; i > 0; i--)
        report_target(&r, array_at(&s->targets, i - 1), behavior);
    if (r.untold > 0)
        strbuf_add_fmt(&r.client, "\nand %u other object%s (see server log for list)", r.untold,
                       r.untold == 1 ? "" : "s");
    if (r.is_refused) {
        char *one = s->asked->count == 1 ? object_describe(array_at(s->asked, 0), false) : NULL;

        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = one != NULL
                                 ? err_fmt("cannot drop %s because other objects depend on it", one)
                                 : "cannot drop desired object(s) because other objects depend on "
                                   "them",
                  .detail = r.client.text,
                  .hint = "Use DROP ... CASCADE to drop the dependent objects too.");
    }
    if (r.told == 0 || (flags & (DROP_INTERNALLY | DROP_QUIETLY)) != 0)
        return;
    if (r.told == 1 && r.untold == 0)
        err_log(ERR_NOTICE, .message = r.client.text);
    else
        err_log(ERR_NOTICE,
                .message = err_fmt("drop cascades to %u other objects", r.told + r.untold),
                .detail = r.client.text);
}

/* ---- Deleting ---- */

static void delete_all(const Search *s)
{
    for (size_t i = 0; i < s->targets.count; i++) {
        const Victim *target = array_at(&s->targets, i);

        object_remove(&target->object);
    }
}
