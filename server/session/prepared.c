/*
 * prepared.c - prepared statements: named ones in a table, and the unnamed one
 *
 * A statement is made outside of the table, in memory of its own, and kept when nothing can fail
 * any more; one that is not kept goes with the message that made it. Portals pin the statement that
 * they run, which may be closed before them.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/str.h"
#include "server/session/session_int.h"

typedef struct NameEntry {
    const char *name; /* the statement's */
    PreparedStatement *statement;
} NameEntry;

static struct {
    Hash named;
    PreparedStatement *unnamed; /* NULL: none */
} statements;

void prepared_init(void)
{
    MEM_SCOPE(session.mem) {
        hash_init(&statements.named, HASH_KEY_STRING, sizeof(NameEntry));
    }
    statements.unnamed = NULL;
}

PreparedStatement *prepared_new(const char *name)
{
    MemContext *mem = mem_context_new(session.message_mem, "prepared statement");
    PreparedStatement *p = mem_alloc_in(mem, sizeof *p);

    p->mem = mem;
    p->name = mem_strdup_in(mem, name);
    p->made_at = txn_statement_time();
    MEM_SCOPE(mem) {
        array_init(&p->param_types, sizeof(Oid));
    }
    return p;
}

void prepared_keep(PreparedStatement *p)
{
    NameEntry *entry;
    bool is_new;

    if (*p->name == '\0') {
        prepared_close_unnamed();
        mem_set_parent(p->mem, session.mem);
        statements.unnamed = p;
        return;
    }
    entry = hash_enter(&statements.named, p->name, &is_new);
    if (!is_new)
        err_raise(SQLSTATE_DUPLICATE_PREPARED_STATEMENT,
                  .message = err_fmt("prepared statement \"%s\" already exists", p->name));
    entry->statement = p;
    mem_set_parent(p->mem, session.mem);
}

void prepared_drop(PreparedStatement *p)
{
    p->is_dropped = true;
    if (p->pins == 0)
        mem_delete(p->mem);
}

void prepared_pin(PreparedStatement *p)
{
    p->pins++;
}

void prepared_unpin(PreparedStatement *p)
{
    ASSERT(p->pins > 0);
    p->pins--;
    if (p->is_dropped && p->pins == 0)
        mem_delete(p->mem);
}

PreparedStatement *prepared_find_any(const char *name)
{
    if (*name != '\0')
        return prepared_find(name);
    if (statements.unnamed == NULL)
        err_raise(SQLSTATE_INVALID_SQL_STATEMENT_NAME,
                  .message = "unnamed prepared statement does not exist");
    return statements.unnamed;
}

PreparedStatement *prepared_find(const char *name)
{
    NameEntry *entry = hash_find(&statements.named, name);

    if (entry == NULL)
        err_raise(SQLSTATE_INVALID_SQL_STATEMENT_NAME,
                  .message = err_fmt("prepared statement \"%s\" does not exist", name));
    return entry->statement;
}

bool prepared_try_close(const char *name)
{
    NameEntry *entry = hash_find(&statements.named, name);
    PreparedStatement *p;

    if (entry == NULL)
        return false;
    p = entry->statement;
    hash_remove(&statements.named, name);
    prepared_drop(p);
    return true;
}

void prepared_list(Array *rows)
{
    size_t position = 0;
    const NameEntry *entry;

    array_init(rows, sizeof(PreparedRow));
    while ((entry = hash_next(&statements.named, &position)) != NULL) {
        const PreparedStatement *p = entry->statement;

        *(PreparedRow *)array_push(rows) = (PreparedRow){.name = p->name,
                                                         .text = p->text,
                                                         .made_at = p->made_at,
                                                         .param_types = &p->param_types,
                                                         .is_from_sql = p->is_from_sql,
                                                         .prepared = p->prepared};
    }
}

void prepared_close_all(void)
{
    size_t position = 0;
    NameEntry *entry;

    while ((entry = hash_next(&statements.named, &position)) != NULL) {
        PreparedStatement *p = entry->statement;

        hash_remove(&statements.named, p->name);
        prepared_drop(p);
        position = 0;
    }
}

void prepared_close_unnamed(void)
{
    if (statements.unnamed != NULL)
        prepared_drop(statements.unnamed);
    statements.unnamed = NULL;
}

/* ---- For commands ---- */

Prepared *prepared_engine(const PreparedStatement *p)
{
    return p->prepared;
}

PreparedStatement *prepared_begin(const char *name)
{
    PreparedStatement *p = prepared_new(name);

    p->is_from_sql = true;
    return p;
}

MemContext *prepared_mem(const PreparedStatement *p)
{
    return p->mem;
}

Array *prepared_param_types(PreparedStatement *p)
{
    return &p->param_types;
}

void prepared_finish(PreparedStatement *p, const char *text, const RawStatement *raw)
{
    p->text = text;
    p->raw = *raw;
    p->prepared = session.engine->prepare(
        &(PrepareRequest){.text = text, .raw = raw, .param_types = &p->param_types, .mem = p->mem});
    prepared_keep(p);
}
