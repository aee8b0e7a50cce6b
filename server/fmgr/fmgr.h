/*
 * fmgr.h - how a function of SQL is called, and how it is found
 *
 * A function takes a frame, which holds its arguments, and returns a Datum. The frame belongs to
 * whoever calls: an expression keeps one for each of its calls, writes the arguments into it and
 * calls again and again without allocating. What is looked up once for all calls from one place is
 * that place's FmgrSite; a function may keep memory of its own there.
 *
 *     static Datum int4pl(FmgrCall *call)
 *     {
 *         int32_t a = fmgr_i32(call, 0), b = fmgr_i32(call, 1), sum;
 *         ...
 *         return datum_of_i32(sum);
 *     }
 *
 * A strict function is never called with a NULL argument: callers see to that, not this module.
 */
#ifndef FMGR_FMGR_H
#define FMGR_FMGR_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/fmgr/datum.h"
#include "server/fmgr/varlena.h"

#define FMGR_ARGS_MAX 100

typedef struct FmgrCall FmgrCall;
typedef Datum (*FmgrFunction)(FmgrCall *call);

/* A row of the table of built-in functions, which the generator of the catalogs writes. */
typedef struct FmgrBuiltin {
    Oid oid;
    const char *name; /* prosrc */
    short nargs;      /* -1: any */
    bool strict;
    bool retset;
    FmgrFunction fn; /* NULL: not written yet */
} FmgrBuiltin;

/* A place that calls a function, as it stays from call to call. */
typedef struct FmgrSite {
    FmgrFunction fn;
    Oid oid;
    short nargs;
    bool strict, retset;
    void *extra;      /* the function's own; NULL at first */
    MemContext *mem;  /* where extra belongs: lives as long as the site */
    const void *expr; /* the call as a node, for functions that want their arguments' types; NULL */
} FmgrSite;

/* What a function that returns sets or rows is told, and tells. */
typedef enum FmgrSetMode {
    FMGR_SET_STEPS = 1, /* a row with each call */
    FMGR_SET_STORE = 2, /* all rows in a store */
} FmgrSetMode;

typedef enum FmgrSetStep { FMGR_STEP_SINGLE, FMGR_STEP_ROW, FMGR_STEP_END } FmgrSetStep;

typedef struct FmgrResultInfo {
    const struct TupleDesc *expected; /* NULL: not known */
    unsigned allowed_modes;           /* FmgrSetMode */
    MemContext *query_mem;            /* for what outlives a call: a store and its description */
    FmgrSetMode mode;                 /* out, from here on */
    FmgrSetStep step;
    void *store; /* of tuples */
    const struct TupleDesc *desc;
} FmgrResultInfo;

/*
 * What a call's context points to, with more behind it by kind. A function that keeps the state of
 * an aggregate has it in mem, and may change an argument that is such a state in place.
 */
typedef enum FmgrCallerKind {
    FMGR_CALLER_AGGREGATE,
    FMGR_CALLER_WINDOW,
    FMGR_CALLER_TRIGGER
} FmgrCallerKind;

typedef struct FmgrCaller {
    FmgrCallerKind kind;
    MemContext *mem; /* of an aggregate: lives as long as its state */
} FmgrCaller;

struct FmgrCall {
    FmgrSite *site;            /* NULL when called directly */
    const FmgrCaller *context; /* who calls, where that matters; NULL */
    FmgrResultInfo *result;    /* NULL: a single value is wanted */
    Oid collation;
    bool is_null; /* out; false before each call */
    short nargs;
    NullableDatum args[];
};

/* Bytes of a frame with room for n arguments. */
#define FMGR_CALL_SIZE(n) (sizeof(FmgrCall) + (n) * sizeof(NullableDatum))

/* A frame on the stack, by the name of a pointer to it; not initialised. */
#define FMGR_CALL_LOCAL(name, n)                                \
 union {                                                        \
  FmgrCall call;                                                \
  uint8_t room[sizeof(FmgrCall) + (n) * sizeof(NullableDatum)]; \
 } name##_frame;                                                \
 FmgrCall *name = &name##_frame.call

/* All but the arguments. */
static inline void fmgr_call_init(FmgrCall *call, FmgrSite *site, short nargs, Oid collation)
{
    *call = (FmgrCall){.site = site, .collation = collation, .nargs = nargs};
}

/* Call; call->is_null says whether the result is NULL. */
static inline Datum fmgr_invoke(FmgrCall *call)
{
    call->is_null = false;
    return call->site->fn(call);
}

/* ---- Finding ---- */

/* The table, sorted by OID; it must stay. Raises XX000 when it is not sorted. */
void fmgr_set_builtins(const FmgrBuiltin *rows, size_t count);

/* A row of it, or NULL. */
const FmgrBuiltin *fmgr_find_builtin(Oid oid);
const FmgrBuiltin *fmgr_find_builtin_by_name(const char *name);

/*
 * Fills in fn, nargs, strict and retset of a function that is not in the table (its language is not
 * internal, or it was given another OID); false when there is none. Set by main.
 */
typedef bool (*FmgrResolver)(Oid oid, FmgrSite *site);
void fmgr_set_resolver(FmgrResolver resolve);

/*
 * Make *site ready to call the function; extra will belong to mem. Raises XX000 when there is no
 * such function; one that is not written yet raises 0A000 with its name when it is called.
 */
void fmgr_site_init(FmgrSite *site, Oid oid, MemContext *mem);

/* Raise 0A000 for a function that has a row but no code. */
_Noreturn void fmgr_raise_not_written(const char *name);

/* ---- What the call is in its statement ---- */

/* Reads FmgrSite.expr for those who know nodes; set by main. n is an argument's number. */
typedef struct FmgrExprReader {
    Oid (*result_type)(const void *expr);
    Oid (*arg_type)(const void *expr, int n); /* 0: not known */
    bool (*is_variadic)(const void *expr);    /* was the last argument given as VARIADIC array? */
} FmgrExprReader;

void fmgr_set_expr_reader(const FmgrExprReader *reader);

/* 0 and false when the call is of no expression. */
Oid fmgr_result_type(const FmgrCall *call);
Oid fmgr_arg_type(const FmgrCall *call, int n);
bool fmgr_is_variadic(const FmgrCall *call);

/* ---- Calling by hand ---- */

/* Arguments are not NULL; raises XX000 when the result is. */
Datum fmgr_call(FmgrSite *site, Oid collation, short nargs, const Datum *args);

/* As above, without a site: for functions that need none. */
Datum fmgr_call_direct(FmgrFunction fn, Oid collation, short nargs, const Datum *args);

/* ---- Inside a function ---- */

static inline bool fmgr_arg_is_null(const FmgrCall *call, int n)
{
    return call->args[n].is_null;
}

static inline Datum fmgr_arg(const FmgrCall *call, int n)
{
    return call->args[n].value;
}

static inline bool fmgr_bool(const FmgrCall *call, int n)
{
    return datum_bool(call->args[n].value);
}

static inline char fmgr_char(const FmgrCall *call, int n)
{
    return datum_char(call->args[n].value);
}

static inline int16_t fmgr_i16(const FmgrCall *call, int n)
{
    return datum_i16(call->args[n].value);
}

static inline int32_t fmgr_i32(const FmgrCall *call, int n)
{
    return datum_i32(call->args[n].value);
}

static inline uint32_t fmgr_u32(const FmgrCall *call, int n)
{
    return datum_u32(call->args[n].value);
}

static inline int64_t fmgr_i64(const FmgrCall *call, int n)
{
    return datum_i64(call->args[n].value);
}

static inline float fmgr_f4(const FmgrCall *call, int n)
{
    return datum_f4(call->args[n].value);
}

static inline double fmgr_f8(const FmgrCall *call, int n)
{
    return datum_f8(call->args[n].value);
}

static inline void *fmgr_pointer(const FmgrCall *call, int n)
{
    return datum_pointer(call->args[n].value);
}

static inline const char *fmgr_cstring(const FmgrCall *call, int n)
{
    return datum_pointer(call->args[n].value);
}

/* A varlena argument, plain or short: varlena_bytes() and varlena_len() read it. */
static inline const uint8_t *fmgr_packed(const FmgrCall *call, int n)
{
    return varlena_packed(datum_varlena(call->args[n].value));
}

/* With a header of 4 bytes, aligned. */
static inline const uint8_t *fmgr_plain(const FmgrCall *call, int n)
{
    return varlena_plain(datum_varlena(call->args[n].value));
}

/* Where the state of the aggregate that calls lives; NULL when none calls. */
static inline MemContext *fmgr_aggregate_mem(const FmgrCall *call)
{
    if (call->context == NULL || call->context->kind == FMGR_CALLER_TRIGGER)
        return NULL;
    return call->context->mem;
}

/* return fmgr_null(call); */
static inline Datum fmgr_null(FmgrCall *call)
{
    call->is_null = true;
    return 0;
}

#endif
