/* sequence.c - CREATE SEQUENCE, ALTER SEQUENCE, and the sequences of columns */
#include "common/base/base.h"

#include "server/command/sequence.h"

#include <inttypes.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/analyzer/position.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/sequence_value.h"
#include "server/command/temp_schema.h"
#include "server/lock/lock_object.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

/* What a sequence is, and what of it changes. */
typedef struct Definition {
    Oid type;
    int64_t start, increment, max, min, cache;
    bool is_cycle;
    SequenceState state;
    const List *owner;             /* of OWNED BY; NULL: not given */
    const Option *as, *options[8]; /* by OptionSlot */
} Definition;

typedef enum OptionSlot {
    SLOT_INCREMENT,
    SLOT_START,
    SLOT_RESTART,
    SLOT_MAX,
    SLOT_MIN,
    SLOT_CACHE,
    SLOT_CYCLE,
    SLOT_COUNT,
} OptionSlot;

/* What holds the options when they are read. */
typedef struct Reader {
    Definition *d;
    const char *text;
    bool is_identity, is_new;
} Reader;

static void read_options(Reader *r, const List *options);
static void apply(Reader *r);
static void set_owner_by_name(Oid sequence, const List *name);

/* ---- Options ---- */

_Noreturn static void raise_redundant(const Reader *r, const Option *option)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
              .position = text_position(r->text, option->loc));
}

static void read_options(Reader *r, const List *options)
{
    static const char *const names[SLOT_COUNT] = {
        [SLOT_INCREMENT] = "increment", [SLOT_START] = "start",  [SLOT_RESTART] = "restart",
        [SLOT_MAX] = "maxvalue",        [SLOT_MIN] = "minvalue", [SLOT_CACHE] = "cache",
        [SLOT_CYCLE] = "cycle",
    };

    list_foreach(const Option *, option, options) {
        unsigned slot = 0;

        while (slot < SLOT_COUNT && strcmp(option->name, names[slot]) != 0)
            slot++;
        if (slot < SLOT_COUNT) {
            if (r->d->options[slot] != NULL)
                raise_redundant(r, option);
            r->d->options[slot] = option;
        } else if (strcmp(option->name, "as") == 0) {
            /* The column of an identity says it. */
            if (r->d->as != NULL || r->is_identity)
                raise_redundant(r, option);
            r->d->as = option;
        } else if (strcmp(option->name, "owned_by") == 0) {
            if (r->d->owner != NULL)
                raise_redundant(r, option);
            r->d->owner = (const List *)(const void *)option->arg;
        } else if (strcmp(option->name, "sequence_name") == 0) {
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid sequence option SEQUENCE NAME",
                      .position = text_position(r->text, option->loc));
        } else {
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("option \"%s\" not recognized", option->name));
        }
    }
}

static int64_t type_max(Oid type)
{
    return type == TYPE_INT2 ? INT16_MAX : type == TYPE_INT4 ? INT32_MAX : INT64_MAX;
}

static int64_t type_min(Oid type)
{
    return type == TYPE_INT2 ? INT16_MIN : type == TYPE_INT4 ? INT32_MIN : INT64_MIN;
}

_Noreturn static void raise_invalid(const char *message)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = message);
}

/* Limits that were the old type's become those of the new one. */
static void apply_type(Reader *r, bool *resets_max, bool *resets_min)
{
    Definition *d = r->d;
    int32_t typmod;
    Oid type, old = d->type;

    if (d->as == NULL) {
        if (d->type == 0)
            d->type = TYPE_INT8;
        return;
    }
    type = analyzer_type((const TypeName *)(const void *)d->as->arg, r->text, &typmod);
    if (type != TYPE_INT2 && type != TYPE_INT4 && type != TYPE_INT8)
        raise_invalid(r->is_identity ? "identity column type must be smallint, integer, or bigint"
                                     : "sequence type must be smallint, integer, or bigint");
    if (!r->is_new) {
        *resets_max = d->max == type_max(old);
        *resets_min = d->min == type_min(old);
    }
    d->type = type;
}

static void apply_limit(Reader *r, OptionSlot slot, bool resets)
{
    Definition *d = r->d;
    const Option *option = d->options[slot];
    bool is_max = slot == SLOT_MAX;
    int64_t *limit = is_max ? &d->max : &d->min;

    if (option != NULL && option->arg != NULL) {
        *limit = option_int64(option);
        d->state.log_count = 0;
    } else if (r->is_new || option != NULL || resets) {
        if (is_max)
            *limit = d->increment > 0 ? type_max(d->type) : -1;
        else
            *limit = d->increment < 0 ? type_min(d->type) : 1;
        d->state.log_count = 0;
    }
    if (*limit > type_max(d->type) || *limit < type_min(d->type)) {
        char *type = type_shown(d->type);

        raise_invalid(mem_printf("%s (%" PRId64 ") is out of range for sequence data type %s",
                                 is_max ? "MAXVALUE" : "MINVALUE", *limit, type));
    }
}

static void require_between(const Definition *d, const char *what, int64_t value)
{
    if (value < d->min)
        raise_invalid(mem_printf("%s value (%" PRId64 ") cannot be less than MINVALUE (%" PRId64
                                 ")",
                                 what, value, d->min));
    if (value > d->max)
        raise_invalid(mem_printf("%s value (%" PRId64 ") cannot be greater than MAXVALUE (%" PRId64
                                 ")",
                                 what, value, d->max));
}

static void apply_restart(Reader *r)
{
    Definition *d = r->d;
    const Option *option = d->options[SLOT_RESTART];

    if (option != NULL) {
        d->state.last_value = option->arg != NULL ? option_int64(option) : d->start;
        d->state.is_called = false;
        d->state.log_count = 0;
    } else if (r->is_new) {
        d->state.last_value = d->start;
    }
    require_between(d, "RESTART", d->state.last_value);
}

static void apply(Reader *r)
{
    Definition *d = r->d;
    bool resets_max = false, resets_min = false;

    apply_type(r, &resets_max, &resets_min);
    if (d->options[SLOT_INCREMENT] != NULL) {
        d->increment = option_int64(d->options[SLOT_INCREMENT]);
        if (d->increment == 0)
            raise_invalid("INCREMENT must not be zero");
        d->state.log_count = 0;
    } else if (r->is_new) {
        d->increment = 1;
    }
    if (d->options[SLOT_CYCLE] != NULL) {
        d->is_cycle = option_bool(d->options[SLOT_CYCLE]);
        d->state.log_count = 0;
    }
    apply_limit(r, SLOT_MAX, resets_max);
    apply_limit(r, SLOT_MIN, resets_min);
    if (d->min >= d->max)
        raise_invalid(mem_printf("MINVALUE (%" PRId64 ") must be less than MAXVALUE (%" PRId64 ")",
                                 d->min, d->max));
    if (d->options[SLOT_START] != NULL)
        d->start = option_int64(d->options[SLOT_START]);
    else if (r->is_new)
        d->start = d->increment > 0 ? d->min : d->max;
    require_between(d, "START", d->start);
    apply_restart(r);
    if (d->options[SLOT_CACHE] != NULL) {
        d->cache = option_int64(d->options[SLOT_CACHE]);
        if (d->cache <= 0)
            raise_invalid(mem_printf("CACHE (%" PRId64 ") must be greater than zero", d->cache));
        d->state.log_count = 0;
    } else if (r->is_new) {
        d->cache = 1;
    }
}

/* ---- Rows ---- */

static void fill_row(CatalogRow *row, const Definition *d)
{
    catalog_set_u32(row, PG_SEQUENCE_COL_SEQTYPID, d->type);
    catalog_set(row, PG_SEQUENCE_COL_SEQSTART, datum_of_i64(d->start));
    catalog_set(row, PG_SEQUENCE_COL_SEQINCREMENT, datum_of_i64(d->increment));
    catalog_set(row, PG_SEQUENCE_COL_SEQMAX, datum_of_i64(d->max));
    catalog_set(row, PG_SEQUENCE_COL_SEQMIN, datum_of_i64(d->min));
    catalog_set(row, PG_SEQUENCE_COL_SEQCACHE, datum_of_i64(d->cache));
    catalog_set_bool(row, PG_SEQUENCE_COL_SEQCYCLE, d->is_cycle);
}

static TupleDesc *sequence_desc(void)
{
    TupleDesc *desc = tuple_desc_new(3);

    tuple_desc_set(desc, 1, "last_value", TYPE_INT8, 8, true, 'd');
    tuple_desc_set(desc, 2, "log_cnt", TYPE_INT8, 8, true, 'd');
    tuple_desc_set(desc, 3, "is_called", TYPE_BOOL, 1, true, 'c');
    for (unsigned i = 0; i < 3; i++) {
        desc->columns[i].storage = 'p';
        desc->columns[i].type_mod = -1;
        desc->columns[i].stats_target = -1;
        desc->columns[i].is_local = true;
        desc->columns[i].not_null = true;
    }
    tuple_desc_finish(desc);
    return desc;
}

Oid sequence_make(const SequenceMake *make)
{
    Definition d = {.type = make->type};
    Reader r = {.d = &d, .text = make->text, .is_identity = make->is_identity, .is_new = true};
    RelationMake relation = {
        .name = make->name,
        .schema = make->schema,
        .owner = make->owner,
        .kind = RELATION_SEQUENCE,
        .persistence = make->persistence,
        .desc = sequence_desc(),
    };
    CatalogChange *change;
    CatalogRow row;
    Relation *rel;

    read_options(&r, make->options);
    apply(&r);
    relation.tablespace = relation_new_tablespace(NULL, make->persistence);
    rel = relation_make(&relation);
    relation_unpin(rel);
    txn_advance_command();
    rel = relation_open(relation.oid, LOCK_NONE);
    sequence_write_new(rel, &d.state);
    relation_close(rel, LOCK_NONE);
    if (d.owner != NULL)
        set_owner_by_name(relation.oid, d.owner);
    change = catalog_change_begin(PG_SEQUENCE_CATALOG);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_SEQUENCE_COL_SEQRELID, relation.oid);
    fill_row(&row, &d);
    catalog_insert(change, &row);
    catalog_change_end(change);
    txn_advance_command();
    return relation.oid;
}

/* ---- Owners ---- */

void sequence_set_owner(Oid sequence, Oid table, int column, bool is_identity)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, sequence);
    const ObjectAddress on = {PG_CLASS_CATALOG, table, column};
    DependKind kind = is_identity ? DEPEND_INTERNAL : DEPEND_AUTO;

    depend_forget_on(&who, PG_CLASS_CATALOG, kind);
    if (table != 0)
        depend_note(&who, &on, kind);
}

static int find_column(const Relation *table, const char *name)
{
    for (unsigned i = 0; i < table->desc->count; i++) {
        if (!table->desc->columns[i].is_dropped && strcmp(table->desc->columns[i].name, name) == 0)
            return (int)i + 1;
    }
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, table->name));
}

static List *without_last(const List *names)
{
    List *out = NULL;

    for (int i = 0; i + 1 < list_count(names); i++)
        out = list_add(out, list_at(names, i));
    return out;
}

/* An identity column keeps its sequence. */
static void refuse_identity(Oid sequence)
{
    int column;
    Oid table;

    if (depend_sequence_owner(sequence, DEPEND_INTERNAL, &table, &column))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot change ownership of identity sequence",
                  .detail = err_fmt("Sequence \"%s\" is linked to table \"%s\".",
                                    relation_name(sequence), relation_name(table)));
}

static void set_owner_by_name(Oid sequence, const List *name)
{
    const String *last = list_last(name);
    const HeapTuple *row;
    Relation *table;
    Oid oid, owner, schema;
    int column;

    if (list_count(name) == 1) {
        if (strcmp(last->value, "none") != 0)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid OWNED BY option",
                      .hint = "Specify OWNED BY table.column or OWNED BY NONE.");
        refuse_identity(sequence);
        sequence_set_owner(sequence, 0, 0, false);
        return;
    }
    oid =
        relation_of_name(range_var_of_names(without_last(name)), LOCK_ACCESS_SHARE, 0, NULL, NULL);
    table = relation_open(oid, LOCK_NONE);
    if (table->kind != RELATION_TABLE && table->kind != RELATION_FOREIGN_TABLE &&
        table->kind != RELATION_VIEW && table->kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("sequence cannot be owned by relation \"%s\"", table->name),
                  .detail = relation_kind_refusal(table->kind));
    owner = table->row->relowner;
    schema = table->schema;
    row = syscache_peek(CACHE_RELOID, datum_of_u32(sequence));
    if (CACHE_ROW(PgClass, row)->relowner != owner)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "sequence must have same owner as table it is linked to");
    if (CACHE_ROW(PgClass, row)->relnamespace != schema)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "sequence must be in same schema as table it is linked to");
    column = find_column(table, last->value);
    relation_close(table, LOCK_NONE);
    refuse_identity(sequence);
    sequence_set_owner(sequence, oid, column, false);
}

/* ---- Statements ---- */

void command_create_sequence(CommandCall *call)
{
    const CreateSequenceStmt *stmt = (const CreateSequenceStmt *)(const void *)call->statement;
    const RangeVar *var = stmt->sequence;
    SequenceMake make = {
        .name = var->relation,
        .schema = relation_new_schema(var),
        .owner = role_current(),
        .options = stmt->options,
        .text = call->text,
    };

    make.persistence = temp_schema_persistence(var, make.schema);
    if (stmt->if_not_exists && syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(make.name),
                                              datum_of_u32(make.schema)) != NULL) {
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_TABLE,
                .message = err_fmt("relation \"%s\" already exists, skipping", make.name));
        return;
    }
    sequence_make(&make);
}

/*
 * The page gets a new file, so that the old one is there again after a rollback. persistence 0: as
 * it is.
 */
static void write_state(Oid sequence, const SequenceState *state, char persistence)
{
    Relation *rel = relation_open(sequence, LOCK_NONE);

    relation_set_new_file(rel, persistence == 0 ? rel->persistence : persistence);
    relation_close(rel, LOCK_NONE);
    rel = relation_open(sequence, LOCK_NONE);
    sequence_write_new(rel, state);
    relation_close(rel, LOCK_NONE);
}

static void read_definition(Oid sequence, Definition *d)
{
    const HeapTuple *row = syscache_peek(CACHE_SEQRELID, datum_of_u32(sequence));
    const PgSequence *s;
    Relation *rel;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for sequence %u", sequence));
    s = CACHE_ROW(PgSequence, row);
    *d = (Definition){.type = s->seqtypid,
                      .start = s->seqstart,
                      .increment = s->seqincrement,
                      .max = s->seqmax,
                      .min = s->seqmin,
                      .cache = s->seqcache,
                      .is_cycle = s->seqcycle};
    sequence_lock(sequence);
    rel = relation_open(sequence, LOCK_NONE);
    sequence_read(rel, &d->state);
    relation_close(rel, LOCK_NONE);
}

void sequence_restart(Oid sequence)
{
    Definition d;

    read_definition(sequence, &d);
    sequence_forget(sequence);
    d.state = (SequenceState){.last_value = d.start};
    write_state(sequence, &d.state, 0);
}

void sequence_set_persistence(Oid sequence, char persistence)
{
    Definition d;

    /* Nobody may take values from it meanwhile. */
    lock_relation(sequence, LOCK_ACCESS_EXCLUSIVE);
    read_definition(sequence, &d);
    sequence_forget(sequence);
    write_state(sequence, &d.state, persistence);
}

void sequence_alter(Oid sequence, const List *options, const char *text)
{
    Definition d;
    Reader r = {.d = &d, .text = text};
    const HeapTuple *old;
    CatalogChange *change;
    CatalogRow row;

    read_definition(sequence, &d);
    read_options(&r, options);
    apply(&r);
    sequence_forget(sequence);
    if (d.owner == NULL || list_count(options) > 1)
        write_state(sequence, &d.state, 0);
    if (d.owner != NULL)
        set_owner_by_name(sequence, d.owner);
    change = catalog_change_begin(PG_SEQUENCE_CATALOG);
    old = syscache_pin(CACHE_SEQRELID, datum_of_u32(sequence));
    catalog_row_init(&row);
    fill_row(&row, &d);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

void command_alter_sequence(CommandCall *call)
{
    const AlterSequenceStmt *stmt = (const AlterSequenceStmt *)(const void *)call->statement;
    Oid oid =
        relation_of_name(stmt->sequence, LOCK_SHARE_ROW_EXCLUSIVE,
                         stmt->is_missing_ok ? RELATION_MISSING_OK : 0, relation_check_owner, NULL);

    if (oid == 0) {
        err_log(ERR_NOTICE, .message = err_fmt("relation \"%s\" does not exist, skipping",
                                               stmt->sequence->relation));
        return;
    }
    if (syscache_peek(CACHE_SEQRELID, datum_of_u32(oid)) == NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a sequence", stmt->sequence->relation));
    sequence_alter(oid, stmt->options, call->text);
}
