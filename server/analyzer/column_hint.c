/*
 * column_hint.c - columns that are not there, and what might have been meant
 *
 * Of all columns of all entries, the one whose name is the fewest edits away is offered, or two
 * that are equally near; more than two are none. A column that is there but cannot be seen is told.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/encoding.h"
#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"

#define DISTANCE_MAX 3 /* edits */

typedef struct Nearest {
    int distance;
    const RangeTblEntry *first_rte, *second_rte;
    const char *first, *second; /* columns; NULL beside an entry: it has the very name */
} Nearest;

static int split_chars(const char *text, const char **starts)
{
    Encoding encoding = (Encoding)namespace_get_encoding();
    int count = 0;

    while (*text != '\0') {
        starts[count++] = text;
        text += encoding_char_len(encoding, text);
    }
    starts[count] = text;
    return count;
}

static bool same_char(const char **a, int i, const char **b, int j)
{
    size_t len = (size_t)(a[i + 1] - a[i]);

    return len == (size_t)(b[j + 1] - b[j]) && memcmp(a[i], b[j], len) == 0;
}

static int min3(int a, int b, int c)
{
    int least = a < b ? a : b;

    return least < c ? least : c;
}

/* Insertions, deletions and replacements of characters from one to the other. */
static int edit_distance(const char *from, const char *to)
{
    const char **a = mem_new_array(const char *, strlen(from) + 1);
    const char **b = mem_new_array(const char *, strlen(to) + 1);
    int a_count = split_chars(from, a), b_count = split_chars(to, b);
    int *row = mem_new_array(int, (size_t)b_count + 1);

    for (int j = 0; j <= b_count; j++)
        row[j] = j;
    for (int i = 0; i < a_count; i++) {
        int diagonal = row[0];

        row[0] = i + 1;
        for (int j = 0; j < b_count; j++) {
            int above = row[j + 1];

            row[j + 1] = min3(above + 1, row[j] + 1, diagonal + !same_char(a, i, b, j));
            diagonal = above;
        }
    }
    return row[b_count];
}

static void consider(Nearest *nearest, const RangeTblEntry *rte, int penalty, const char *name,
                     const char *wanted)
{
    int distance;

    if (penalty > nearest->distance || *name == '\0')
        return;
    distance = edit_distance(name, wanted);
    if (distance > (int)strlen(wanted) / 2)
        return;
    distance += penalty;
    if (distance < nearest->distance) {
        *nearest = (Nearest){.distance = distance, .first_rte = rte, .first = name};
    } else if (distance == nearest->distance) {
        if (nearest->second != NULL) {
            *nearest = (Nearest){.distance = distance - 1};
        } else if (nearest->first != NULL) {
            nearest->second_rte = rte;
            nearest->second = name;
        } else {
            nearest->first_rte = rte;
            nearest->first = name;
        }
    }
}

/* True when it has a column of exactly that name. */
static bool scan_entry(const Scope *scope, Nearest *nearest, const RangeTblEntry *rte, int penalty,
                       const char *wanted, int location)
{
    bool is_found = false;

    list_foreach(const String *, column, rte->names->columns) {
        if (str_equal(column->value, wanted)) {
            if (is_found)
                scope_fail(scope, location, SQLSTATE_AMBIGUOUS_COLUMN,
                           .message = err_fmt("column reference \"%s\" is ambiguous", wanted));
            is_found = true;
        }
        consider(nearest, rte, penalty, column->value, wanted);
    }
    if (is_found)
        return true;
    return rte->kind == RTE_RELATION && rte->relation_kind != RELATION_VIEW &&
           system_column_number(wanted) != 0;
}

static Nearest find_nearest(const Scope *scope, const char *relation, const char *column,
                            int location)
{
    Nearest nearest = {.distance = DISTANCE_MAX + 1};

    for (const Scope *level = scope; level != NULL; level = level->parent) {
        list_foreach(const RangeTblEntry *, rte, level->range_table) {
            int penalty = 0;

            if (rte->kind == RTE_JOIN)
                continue;
            if (relation != NULL)
                penalty = edit_distance(relation, rte->names->name);
            if (scan_entry(scope, &nearest, rte, penalty, column, location) && penalty == 0)
                return (Nearest){.first_rte = rte};
        }
    }
    return nearest;
}

static const char *hint_of(const Nearest *nearest, const char *column)
{
    if (nearest->first_rte == NULL)
        return NULL;
    if (nearest->second_rte != NULL)
        return err_fmt("Perhaps you meant to reference the column \"%s.%s\" or the column "
                       "\"%s.%s\".",
                       nearest->first_rte->names->name, nearest->first,
                       nearest->second_rte->names->name, nearest->second);
    if (nearest->first != NULL)
        return err_fmt("Perhaps you meant to reference the column \"%s.%s\".",
                       nearest->first_rte->names->name, nearest->first);
    return err_fmt("There is a column named \"%s\" in table \"%s\", but it cannot be referenced "
                   "from this part of the query.",
                   column, nearest->first_rte->names->name);
}

_Noreturn void scope_raise_missing_column(const Scope *scope, const char *relation,
                                          const char *column, int location)
{
    Nearest nearest = find_nearest(scope, relation, column, location);

    scope_fail(scope, location, SQLSTATE_UNDEFINED_COLUMN,
               .message = relation != NULL
                              ? err_fmt("column %s.%s does not exist", relation, column)
                              : err_fmt("column \"%s\" does not exist", column),
               .hint = hint_of(&nearest, column));
}
