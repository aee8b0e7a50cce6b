/*
 * fake_server.h - a server that plays a script, for tests of what talks to PostgreSQL
 *
 *     StrBuf one;
 *     strbuf_init(&one);
 *     fake_answer(&one, "a,b", "1,\\N", "SELECT 1");
 *     const FakeStep steps[] = {{'Q', "select 1, null", &one}, FAKE_END};
 *     FakeServer *s = fake_server_start(unit_temp_dir(), &(FakeScript){.steps = steps});
 *     ... connect to host=unit_temp_dir(), ask ...
 *     CU_ASSERT_STRING_EQUAL(fake_server_end(s), "");
 *
 * It listens on the Unix socket of port 5432 in a folder, in a thread of its own, takes the
 * start-up packet, lets everybody in unless told otherwise, and goes through the steps. The first
 * thing that is not as the script says ends the script; fake_server_end() tells what that was.
 */
#ifndef LIB_FAKE_SERVER_H
#define LIB_FAKE_SERVER_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/* What a step waits for, besides the letter of a client's message. */
enum {
    FAKE_LAST = 0,      /* no more steps: wait for the client to close */
    FAKE_SEND = 1,      /* nothing: answer at once */
    FAKE_CANCEL = 2,    /* a cancel request on another connection */
    FAKE_RECONNECT = 3, /* that the client closes and connects again */
    FAKE_WAIT = 4,      /* a little while */
    FAKE_HANG_UP = 5,   /* nothing: answer and close */
};

typedef struct FakeStep {
    char expect;          /* a letter ('Q', 'd', 'c', ...) or one of the above */
    const char *text;     /* the message is a string, and this one; NULL: anything */
    const StrBuf *answer; /* bytes to send then; NULL: none */
} FakeStep;

#define FAKE_END      \
 {                    \
  .expect = FAKE_LAST \
 }

typedef struct FakeScript {
    const FakeStep *steps;
    const char *version;   /* server_version; NULL: "15.20" */
    const char *password;  /* wanted in clear; NULL: none */
    const StrBuf *refusal; /* sent in place of a welcome; NULL: none */
} FakeScript;

typedef struct FakeServer FakeServer;

FakeServer *fake_server_start(const char *dir, const FakeScript *script);

/* Wait for the end of the script; "" when all was as it says. In the current context. */
const char *fake_server_end(FakeServer *s);

/* How many steps are over; it may be asked at any time. */
unsigned fake_server_steps_done(const FakeServer *s);

/* End it wherever it stands, when the client did not go along. */
void fake_server_stop(FakeServer *s);

/* The value of a start-up parameter of the last connection, or "". After fake_server_end. */
const char *fake_server_parameter(const FakeServer *s, const char *name);

/* ---- Messages of a server, appended to out ---- */

void fake_message(StrBuf *out, char letter, const void *body, size_t len);

/* RowDescription of text columns, and a row; with commas between, \N is NULL. */
void fake_columns(StrBuf *out, const char *names);
void fake_row(StrBuf *out, const char *values);
void fake_complete(StrBuf *out, const char *tag);
void fake_ready(StrBuf *out);

/* fields: "S", "ERROR", "C", "42601", ... as they follow each other, ended by NULL. */
void fake_report(StrBuf *out, char letter, const char *const *fields);

/* A whole answer of one row. */
void fake_answer(StrBuf *out, const char *names, const char *values, const char *tag);

/* A whole answer that is an error. */
void fake_error(StrBuf *out, const char *code, const char *message);

/* The beginning of a copy: letter G, H or W. */
void fake_copy(StrBuf *out, char letter);
void fake_data(StrBuf *out, const void *bytes, size_t len);

#endif
