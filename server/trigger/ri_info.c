/* ri_info.c - foreign keys as this process knows them: columns, operators, comparisons */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/array_value.h"
#include "server/trigger/trigger_int.h"

static struct {
    MemContext *mem; /* NULL: there is nothing yet */
    Hash table;      /* RiInfo */
} ri;

static void read_info(RiInfo *info);

/* ---- Which function is it? ---- */

static const struct RiFunction {
    Oid oid;
    RiKind kind;
    bool is_update;
} functions[] = {
    {1644, RI_CHECK, false},      {1645, RI_CHECK, true},      {1646, RI_CASCADE, false},
    {1647, RI_CASCADE, true},     {1648, RI_RESTRICT, false},  {1649, RI_RESTRICT, true},
    {1650, RI_SET_NULL, false},   {1651, RI_SET_NULL, true},   {1652, RI_SET_DEFAULT, false},
    {1653, RI_SET_DEFAULT, true}, {1654, RI_NO_ACTION, false}, {1655, RI_NO_ACTION, true},
};

RiKind trigger_ri_kind(Oid function, bool *is_update)
{
    if (function < functions[0].oid || function > functions[ARRAY_LEN(functions) - 1].oid)
        return RI_NONE;
    *is_update = functions[function - functions[0].oid].is_update;
    return functions[function - functions[0].oid].kind;
}

/* ---- Constraints ---- */

static void on_constraint(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash)
{
    size_t position = 0;
    RiInfo *info;

    while ((info = hash_next(&ri.table, &position)) != NULL) {
        if (hash == 0 || info->hash == hash)
            info->is_valid = false;
    }
}

void ri_info_for_each(void (*fn)(const RiInfo *info, Oid oid), Oid oid)
{
    size_t position = 0;
    const RiInfo *info;

    while ((info = hash_next(&ri.table, &position)) != NULL)
        fn(info, oid);
}

static void begin(void)
{
    if (ri.mem != NULL)
        return;
    ri.mem = mem_context_new(mem_root(), "foreign keys");
    MEM_SCOPE(ri.mem) {
        hash_init(&ri.table, sizeof(Oid), sizeof(RiInfo));
    }
    inval_on_row(CACHE_CONSTROID, on_constraint, 0);
}

const RiInfo *ri_info_of(Oid constraint)
{
    RiInfo *info;

    begin();
    info = hash_enter(&ri.table, &constraint, NULL);
    if (info->runs == NULL) {
        MEM_SCOPE(ri.mem) {
            info->runs = mem_new_array(uint8_t, RI_QUERIES);
        }
    }
    if (UNLIKELY(!info->is_valid))
        read_info(info);
    return info;
}

const RiInfo *ri_info(const RelationTrigger *t, const Relation *rel)
{
    const RiInfo *info;

    if (t->constraint == 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("no pg_constraint entry for trigger \"%s\" on table \"%s\"",
                                     t->name, rel->name),
                  .hint = "Remove this referential integrity trigger and its mates, then do ALTER "
                          "TABLE ADD CONSTRAINT.");
    info = ri_info_of(t->constraint);
    if (info->pk_table != rel->oid && info->fk_table != rel->oid)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("wrong pg_constraint entry for trigger \"%s\" on table \"%s\"",
                                     t->name, rel->name));
    return info;
}

static const uint8_t *array_of(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_CONSTROID, row, column, &is_null);

    return is_null ? NULL : varlena_plain(datum_varlena(value));
}

static unsigned read_list(const uint8_t *array, const ArrayElement *element, void *out)
{
    unsigned count = 0;
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    if (array == NULL)
        return 0;
    array_open(array, &view);
    array_walk_begin(&walk, &view, element);
    while (array_walk_next(&walk, &value, &is_null)) {
        if (count == RI_KEYS_MAX)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a foreign key has too many columns");
        if (element->len == 2)
            ((int16_t *)out)[count++] = datum_i16(value);
        else
            ((Oid *)out)[count++] = datum_u32(value);
    }
    return count;
}

static void read_info(RiInfo *info)
{
    static const ArrayElement int2 = {.type = 21, .len = 2, .by_value = true, .align = 's'};
    static const ArrayElement oid = {.type = 26, .len = 4, .by_value = true, .align = 'i'};
    const Datum key[CATALOG_KEYS_MAX] = {datum_of_u32(info->constraint)};
    const HeapTuple *row = syscache_pin(CACHE_CONSTROID, key[0]);
    const PgConstraint *c;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for constraint %u", info->constraint));
    c = CACHE_ROW(PgConstraint, row);
    if (c->contype != 'f')
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("constraint %u is not a foreign key constraint", info->constraint));
    info->hash = syscache_hash(CACHE_CONSTROID, key);
    memcpy(info->name, c->conname, NAME_SIZE);
    info->schema = c->connamespace;
    info->pk_table = c->confrelid;
    info->fk_table = c->conrelid;
    info->index = c->conindid;
    info->match = c->confmatchtype;
    info->on_update = c->confupdtype;
    info->on_delete = c->confdeltype;
    info->key_count = read_list(array_of(row, PG_CONSTRAINT_COL_CONKEY), &int2, info->fk);
    info->delete_count =
        read_list(array_of(row, PG_CONSTRAINT_COL_CONFDELSETCOLS), &int2, info->delete_columns);
    if (read_list(array_of(row, PG_CONSTRAINT_COL_CONFKEY), &int2, info->pk) != info->key_count ||
        read_list(array_of(row, PG_CONSTRAINT_COL_CONPFEQOP), &oid, info->pf) != info->key_count ||
        read_list(array_of(row, PG_CONSTRAINT_COL_CONPPEQOP), &oid, info->pp) != info->key_count ||
        read_list(array_of(row, PG_CONSTRAINT_COL_CONFFEQOP), &oid, info->ff) != info->key_count ||
        info->key_count == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("constraint %u has lists of different lengths", info->constraint));
    syscache_unpin(row);
    info->is_valid = true;
}

/* ---- Values ---- */

static bool takes_as_is(Oid from, Oid to)
{
    const HeapTuple *row;

    if (from == to || type_base(from) == to || type_kind(to) == TYPE_KIND_PSEUDO)
        return true;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(type_base(from)), datum_of_u32(to));
    return row != NULL && CACHE_ROW(PgCast, row)->castmethod == 'b';
}

void ri_cast_init(RiCast *c, Oid from, Oid to, MemContext *mem)
{
    const HeapTuple *row;
    Oid function;

    *c = (RiCast){.type = to};
    if (takes_as_is(from, to))
        return;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(type_base(from)), datum_of_u32(to));
    if (row == NULL || CACHE_ROW(PgCast, row)->castmethod != 'f')
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("no conversion function from type %u to type %u", from, to));
    function = CACHE_ROW(PgCast, row)->castfunc;
    fmgr_site_init(&c->site, function, mem);
    if (c->site.nargs != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("foreign keys whose values function %u converts are not "
                                     "supported yet",
                                     function));
}

RiOperator ri_operator(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(oid));
    const PgOperator *op;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", oid));
    op = CACHE_ROW(PgOperator, row);
    return (RiOperator){.oid = oid,
                        .left = op->oprleft,
                        .right = op->oprright,
                        .function = op->oprcode,
                        .commutator = op->oprcom};
}

void ri_equal_init(RiEqual *e, Oid op, Oid left_type, Oid right_type, Oid collation,
                   MemContext *mem)
{
    RiOperator facts = ri_operator(op);

    *e = (RiEqual){.collation = collation};
    ri_cast_init(&e->left, left_type, facts.left, mem);
    ri_cast_init(&e->right, right_type, facts.right, mem);
    fmgr_site_init(&e->site, facts.function, mem);
}

bool ri_equal(RiEqual *e, Datum left, Datum right)
{
    const Datum args[] = {ri_cast(&e->left, left), ri_cast(&e->right, right)};

    return datum_bool(fmgr_call(&e->site, e->collation, 2, args));
}

void ri_row_read(const Relation *rel, const HeapTuple *tuple, const int16_t *columns,
                 unsigned count, RiRow *out)
{
    out->null_count = 0;
    for (unsigned i = 0; i < count; i++) {
        out->values[i] = heap_get(tuple, columns[i], rel->desc, &out->nulls[i]);
        out->null_count += out->nulls[i];
    }
}
