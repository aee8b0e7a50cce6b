/* columns.c - which columns a COPY is of */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/copy/copy_int.h"

static const Column *find(const TupleDesc *desc, const char *relation, const char *name);
static unsigned all_columns(const TupleDesc *desc, int16_t *out);

unsigned copy_columns(const TupleDesc *desc, const char *relation, const List *names, int16_t **out)
{
    int16_t *numbers = mem_new_array(int16_t, (size_t)desc->count + 1);
    unsigned count = 0;

    *out = numbers;
    if (names == NULL)
        return all_columns(desc, numbers);
    list_foreach(const String *, name, names) {
        const Column *column = find(desc, relation, name->value);

        for (unsigned i = 0; i < count; i++)
            if (numbers[i] == column->number)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message =
                              err_fmt("column \"%s\" specified more than once", name->value));
        numbers[count++] = column->number;
    }
    return count;
}

static const Column *find(const TupleDesc *desc, const char *relation, const char *name)
{
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];

        if (column->is_dropped || strcmp(column->name, name) != 0)
            continue;
        if (column->generated != '\0')
            err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                      .message = err_fmt("column \"%s\" is a generated column", name),
                      .detail = "Generated columns cannot be used in COPY.");
        return column;
    }
    if (relation == NULL)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" does not exist", name));
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, relation));
}

static unsigned all_columns(const TupleDesc *desc, int16_t *out)
{
    unsigned count = 0;

    for (unsigned i = 0; i < desc->count; i++)
        if (!desc->columns[i].is_dropped && desc->columns[i].generated == '\0')
            out[count++] = desc->columns[i].number;
    return count;
}

void copy_mark_columns(const CopyMarking *m, const List *names, const char *option, bool *marks)
{
    int16_t *numbers;
    unsigned count;

    if (names == NULL)
        return;
    count = copy_columns(m->desc, m->relation, names, &numbers);
    for (unsigned i = 0; i < count; i++) {
        unsigned at = 0;

        while (at < m->count && m->columns[at] != numbers[i])
            at++;
        if (at == m->count)
            err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                      .message = err_fmt("%s column \"%s\" not referenced by COPY", option,
                                         m->desc->columns[numbers[i] - 1].name));
        marks[at] = true;
    }
}
