/* identity_sequence.c - the sequence of an identity column; identity_sequence.h has the how */
#include "common/base/base.h"

#include "server/command/identity_sequence.h"

#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/cache/object_name.h"
#include "server/catalog/catalog_oid.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/sequence.h"
#include "server/command/temp_schema.h"

/* Takes SEQUENCE NAME away from the options; NULL: it is not among them. */
static const List *take_name(const IdentitySequence *what, List **others)
{
    const List *name = NULL;

    *others = NULL;
    list_foreach(Option *, option, what->options) {
        if (strcmp(option->name, "sequence_name") != 0) {
            *others = list_add(*others, option);
            continue;
        }
        if (name != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                      .position = text_position(what->text, option->loc));
        name = (const List *)(const void *)option->arg;
    }
    return name;
}

/*
 * A sequence and its table share a schema. The table is looked for in the sequence's, and so is
 * what is said when it is not there; a database's name before it counts for nothing.
 */
static const char *name_in_schema(const IdentitySequence *what, const List *name)
{
    RangeVar *var = range_var_of_names(name);
    Oid schema = what->schema;

    var->catalog = NULL;
    var->persistence = what->persistence;
    if (var->schema != NULL) {
        schema = relation_new_schema(var);
        temp_schema_persistence(var, schema);
    }
    if (schema != what->schema)
        err_raise(SQLSTATE_UNDEFINED_TABLE, .message = err_fmt("relation \"%s.%s\" does not exist",
                                                               var->schema, what->table));
    return var->relation;
}

Oid identity_sequence_make(const IdentitySequence *what)
{
    List *options;
    const List *name = take_name(what, &options);
    SequenceMake make = {.schema = what->schema,
                         .owner = what->owner,
                         .persistence = what->persistence,
                         .options = options,
                         .type = what->type,
                         .is_identity = true,
                         .text = what->text};

    if (what->type != 0 && what->type != TYPE_INT2 && what->type != TYPE_INT4 &&
        what->type != TYPE_INT8)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "identity column type must be smallint, integer, or bigint");
    make.name = name != NULL
                    ? name_in_schema(what, name)
                    : relation_choose_name(what->table, what->column, "seq", what->schema, false);
    return sequence_make(&make);
}
