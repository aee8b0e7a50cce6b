/*
 * engine.h - what stands behind a session: the functions that make statements of text and run them
 *
 * Parser, analyzer, planner and executor are reached through one table, which main fills, so that
 * the session knows the protocol and they know SQL. Three things pass between them:
 *
 *     text --parse--> RawStatement --prepare--> Prepared --open--> Run --run--> rows, a tag
 *
 * A RawStatement is what the grammar tells. A Prepared has names and types: its parameters, its
 * columns; it may be used again and again, in transactions to come, and looks by itself whether
 * what it stands on has changed. A Run is one execution, begun by open, that can be gone on with.
 *
 * Promises of the engine
 *   1. What it raises in any of its functions leaves the transaction to be aborted by the session;
 *      close() is then called for what is open, and must not raise.
 *   2. prepare() and what follows take and give back their snapshots themselves. A Run makes an
 *      owner below owner_current() when it is opened, so that the end of the transaction finds what
 *      it holds.
 *   3. run() with a limit stops after as many rows and goes on from there when it is called again.
 *      A statement that changes data is run to its end by the first call, its rows being kept.
 *   4. Memory of a Prepared and of a Run is taken in the contexts given, below which it may make
 *      others: the session frees them as a whole.
 *
 * Promises of the session
 *   5. All functions but parse() and close() are called inside a transaction.
 *   6. Texts are valid in the server's encoding; they live as long as what was made of them.
 *   7. A statement that is not allowed in a failed block is not prepared there.
 */
#ifndef SESSION_ENGINE_H
#define SESSION_ENGINE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/access/common/row_receiver.h"
#include "server/access/common/tuple_desc.h"
#include "server/fmgr/datum.h"

/* Opaque to the session. */
typedef struct Prepared Prepared;
typedef struct Run Run;

/* One statement of a text, as the grammar has it. */
typedef struct RawStatement {
    const void *tree;
    const char *tag; /* what it is: "SELECT"; of the process */
    int location;    /* bytes from the beginning of the text */
    int len;         /* 0: to its end */

    /* BEGIN, COMMIT, SAVEPOINT and their kin: the transaction's end is looked at right after it. */
    bool is_transaction_control;

    /* COMMIT, ROLLBACK, ROLLBACK TO, PREPARE TRANSACTION: taken also in a failed block. */
    bool ends_failed_block;
} RawStatement;

/* What a statement asks of the outside when it is prepared. */
typedef struct PrepareRequest {
    const char *text;        /* all of it: positions in errors count from its beginning */
    const RawStatement *raw; /* NULL: the text is empty */
    Array *param_types;      /* Oid; 0: to be found out. NULL: there are no parameters */
    MemContext *mem;
} PrepareRequest;

typedef struct ParamValue {
    Datum value;
    bool is_null;
    Oid type;
} ParamValue;

typedef struct OpenRequest {
    Prepared *prepared;
    const char *text;
    const ParamValue *params;
    size_t param_count;
    MemContext *mem;
    int cursor_options; /* CURSOR_* of node; 0 for what is no cursor */
    bool is_top;        /* the client's own statement, not one in a function */
} OpenRequest;

/* How a tag tells of rows: "BEGIN", "SELECT 5", "INSERT 0 5". */
typedef enum TagForm { TAG_PLAIN, TAG_ROWS, TAG_INSERT } TagForm;

typedef struct RunResult {
    bool is_done;    /* there is nothing more */
    const char *tag; /* NULL: none, as of a rule that does nothing */
    TagForm tag_form;
    uint64_t rows; /* of this call */
} RunResult;

/* Writes a value into the message that is being written: int32 length, then its bytes. */
typedef struct ValueWriter ValueWriter;
struct ValueWriter {
    void (*write)(ValueWriter *self, Datum value);
    void *state; /* of whoever made it */
};

#define FORMAT_TEXT   0
#define FORMAT_BINARY 1

/* A value as the client sends it; text is converted to the server's encoding and ends in NUL. */
typedef struct WireValue {
    const char *bytes; /* NULL: NULL */
    size_t len;
    int format;
    const char *place; /* "bind parameter", with its number from 1, for messages */
    size_t number;
} WireValue;

/* What FETCH asks of a cursor; the session passes it on. */
typedef struct FetchRequest FetchRequest;

/* A function call by the protocol's own message. */
typedef struct EngineCall {
    Oid function;
    const WireValue *args;
    size_t arg_count;
    int result_format;
} EngineCall;

typedef struct SessionEngine {
    /* The statements of text, into an Array of RawStatement; grammar alone. No transaction. */
    void (*parse)(const char *text, Array *statements);

    /* Fills in the types of parameters; raises 42P18 when one cannot be told. */
    Prepared *(*prepare)(const PrepareRequest *request);

    /* The columns that it gives, NULL for none; 0A000 when they are not what they were. */
    const TupleDesc *(*columns)(Prepared *prepared);

    Run *(*open)(const OpenRequest *request);

    /* The format that the statement itself wants for its columns (FETCH from a binary cursor). */
    int (*own_format)(Run *run);

    /* Up to max_rows rows to the receiver; 0: all. */
    void (*run)(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);

    /* FETCH and MOVE of a cursor: how many rows; receiver NULL: they are not wanted. */
    uint64_t (*fetch)(Run *run, const FetchRequest *request, RowReceiver *receiver);

    /* The subtransaction that opened it commits: all that it holds is the parent's. */
    void (*hand_on)(Run *run);

    /* The transaction commits, a cursor WITH HOLD stays: keep its rows, hold nothing else. */
    void (*hold)(Run *run);

    /* Give back what it holds outside of its memory; when is_abort, without touching data. */
    void (*close)(Run *run, bool is_abort);

    /* A parameter's value of that type; also of NULL, which a domain may refuse. */
    Datum (*read_value)(Oid type, const WireValue *value);

    /* How values of that type go out; raises 0A000 or 42883 when it has no such form. */
    void (*writer)(Oid type, int format, MemContext *mem, ValueWriter *out);

    /* Column of a table that a result's column is, for RowDescription; 0 when it is none. */
    void (*origin)(Prepared *prepared, unsigned column, Oid *table, int16_t *number);

    /* Run it and write its result by net_put_*: int32 length (-1 for NULL) and bytes. */
    void (*call)(const EngineCall *call);
} SessionEngine;

#endif
