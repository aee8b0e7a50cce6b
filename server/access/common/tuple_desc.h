/*
 * tuple_desc.h - the columns of a tuple: what is needed to take it apart and put it together
 */
#ifndef COMMON_TUPLE_DESC_H
#define COMMON_TUPLE_DESC_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

#define NAME_SIZE   64   /* bytes of a name with its NUL */
#define COLUMNS_MAX 1600 /* of a relation */
#define TARGETS_MAX 1664 /* of a row that a query makes */

/* One column, as pg_attribute has it. */
typedef struct Column {
    char name[NAME_SIZE];
    Oid type;
    int32_t type_mod;
    Oid collation;
    int16_t number; /* 1 and up; system columns below 0 */
    int16_t len;    /* -1 varlena, -2 cstring */
    bool by_value;
    char align;       /* c s i d */
    char storage;     /* p e m x */
    char compression; /* \0 p l */
    bool not_null;
    bool has_default;
    bool has_missing; /* rows from before the column was added have missing's value */
    char identity;    /* \0 a d */
    char generated;   /* \0 s */
    bool is_dropped;
    bool is_local;
    int16_t inherit_count;
    int16_t dimensions;
    int32_t stats_target;
} Column;

/* How the bytes of a column are read. */
typedef enum ColumnKind {
    COLUMN_BYTE, /* by value, by size */
    COLUMN_INT2,
    COLUMN_INT4,
    COLUMN_INT8,
    COLUMN_FIXED, /* len bytes where they lie, as the next two */
    COLUMN_VARLENA,
    COLUMN_CSTRING,
} ColumnKind;

/* What reading and writing a tuple needs of a column, close together. */
typedef struct ColumnLayout {
    int32_t fixed_offset; /* in the data of a tuple without NULLs before it; -1: it varies */
    int16_t len;
    uint8_t align; /* bytes */
    uint8_t kind;  /* ColumnKind */
    bool can_be_short;
} ColumnLayout;

typedef struct TupleDesc {
    uint16_t count;
    Oid row_type;             /* 2249 record when it has none of its own */
    int32_t row_type_mod;     /* of a registered record type, else -1 */
    int32_t ref_count;        /* -1: not counted; lives as long as its memory context */
    struct TupleExtra *extra; /* defaults, checks, missing values; NULL: none */
    struct TupleLayout *layout;
    Column columns[];
} TupleDesc;

/* Made of the columns at first use, or by tuple_desc_finish(). */
struct TupleLayout {
    bool is_ready;
    uint16_t fixed_count; /* leading columns with a fixed offset */
    int32_t fixed_end;    /* bytes of data that they take together */
    ColumnLayout columns[];
};

struct TupleExtra {
    NullableDatum *missing; /* by column; NULL: none */
    struct ColumnDefault {
        int16_t number;
        char *expression; /* pg_node_tree */
    } * defaults;
    uint16_t default_count;
    struct CheckConstraint {
        char *name;
        char *expression;
        bool is_valid, no_inherit;
    } * checks;
    uint16_t check_count;
    bool has_not_null, has_stored_generated;
};

/* Columns zeroed but for number; in the current memory context. */
TupleDesc *tuple_desc_new(unsigned count);
TupleDesc *tuple_desc_copy(const TupleDesc *desc);
bool tuple_desc_equal(const TupleDesc *a, const TupleDesc *b);

/*
 * A column of a built-in type whose length and alignment are given; numbers count from 1. Its
 * storage is plain unless len is -1, then extended.
 */
void tuple_desc_set(TupleDesc *desc, unsigned number, const char *name, Oid type, int16_t len,
                    bool by_value, char align);

/*
 * Work the layout out anew: after columns were written by hand when the description was used
 * already, and before it is shared. Raises XX000 for lengths and alignments that no type has.
 */
void tuple_desc_finish(const TupleDesc *desc);

static inline const struct TupleLayout *tuple_desc_layout(const TupleDesc *desc)
{
    if (UNLIKELY(!desc->layout->is_ready))
        tuple_desc_finish(desc);
    return desc->layout;
}

#endif
