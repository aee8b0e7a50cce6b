/*
 * json_fuzz.c - JSON texts
 *
 * The first byte says in pieces of what size the text comes. Events and outcome must be the same
 * as when it comes at once.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/json/reader.h"
#include "common/text/strbuf.h"
#include "tests/fuzz/target.h"
#include "tests/lib/pieces.h"

/* Kinds and strings of all events, and whether it ended well. */
static void read_events(Pieces *text, StrBuf *events)
{
    JsonReader *r = json_reader_new(pieces_source(text), "fuzz");
    JsonEvent event;

    do {
        event = json_read_event(r);
        strbuf_add_fmt(events, "%d%d", (int)event.kind, event.is_true);
        if (event.text != NULL)
            strbuf_add_bytes(events, event.text, event.text_len + 1);
    } while (event.kind != JSON_END);
    strbuf_add(events, "good");
}

static void try_read_events(Pieces text, StrBuf *events)
{
    strbuf_init(events);
    ERR_TRY() {
        read_events(&text, events);
    }
    ERR_CATCH() {
    }
    ERR_END();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    Pieces whole = {.bytes = data + (size > 0), .len = size - (size > 0), .piece = SIZE_MAX};
    Pieces pieces = whole;
    StrBuf once, again;

    pieces.piece = size == 0 ? 1 : (size_t)1 + data[0];
    try_read_events(whole, &once);
    try_read_events(pieces, &again);
    if (once.len != again.len || memcmp(once.text, again.text, once.len) != 0)
        abort();
}
