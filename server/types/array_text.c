/* array_text.c - texts joined from arrays, and split into arrays or rows. */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/types/array_int.h"
#include "server/types/database_text.h"
#include "server/types/set.h"
#include "server/types/text_arg.h"
#include "server/types/text_search.h"
#include "server/types/types_int.h"

/* ---- Joined ---- */

/* The elements' texts with a separator between; NULLs are left out, or have a text of their own. */
static Datum join(FmgrCall *call, const CollationText *null_text)
{
    ArrayView v = array_arg(call, 0);
    CollationText separator = text_arg(call, 1);
    ElementType *e;
    ArrayWalk walk;
    bool is_first = true;
    StrBuf out;
    FMGR_CALL_LOCAL(output, 1);

    text_begin(&out);
    if (v.count == 0)
        return text_end(&out);
    e = element_type(call, v.element_type, ELEMENT_NEEDS_OUTPUT);
    fmgr_call_init(output, &e->site, 1, 0);
    array_walk_begin(&walk, &v, &e->form);
    while (array_walk_next(&walk, &output->args[0].value, &output->args[0].is_null)) {
        if (output->args[0].is_null && null_text == NULL)
            continue;
        if (!is_first)
            strbuf_add_bytes(&out, separator.bytes, separator.len);
        is_first = false;
        if (output->args[0].is_null) {
            strbuf_add_bytes(&out, null_text->bytes, null_text->len);
        } else {
            char *text = datum_pointer(fmgr_invoke(output));

            strbuf_add(&out, text);
            mem_free(text);
        }
    }
    return text_end(&out);
}

Datum array_to_text(FmgrCall *call)
{
    return join(call, NULL);
}

Datum array_to_text_null(FmgrCall *call)
{
    CollationText null_text;

    if (fmgr_arg_is_null(call, 0) || fmgr_arg_is_null(call, 1))
        return fmgr_null(call);
    if (fmgr_arg_is_null(call, 2))
        return join(call, NULL);
    null_text = text_arg(call, 2);
    return join(call, &null_text);
}

/* ---- Split ---- */

/* The pieces of a text; a NULL separator parts each character. */
typedef struct Splitter {
    CollationText rest, separator, null_text;
    bool is_by_character, has_null_text, is_done;
    Oid collation;
} Splitter;

static void split_begin(Splitter *s, FmgrCall *call)
{
    *s = (Splitter){.rest = text_arg(call, 0), .collation = call->collation};
    s->is_by_character = fmgr_arg_is_null(call, 1);
    if (!s->is_by_character)
        s->separator = text_arg(call, 1);
    s->has_null_text = call->nargs > 2 && !fmgr_arg_is_null(call, 2);
    if (s->has_null_text)
        s->null_text = text_arg(call, 2);

    /* No text has no pieces, not an empty one. */
    s->is_done = s->rest.len == 0;
    if (!s->is_done && s->separator.len > 0)
        text_search_check(s->collation);
}

static CollationText cut(Splitter *s, size_t len, size_t skipped)
{
    CollationText piece = {s->rest.bytes, len};

    s->rest.bytes += len + skipped;
    s->rest.len -= len + skipped;
    return piece;
}

static bool split_next(Splitter *s, CollationText *piece, bool *is_null)
{
    const char *found;

    if (s->is_done)
        return false;
    if (s->is_by_character) {
        *piece =
            cut(s, size_min(encoding_char_len(text_encoding(), s->rest.bytes), s->rest.len), 0);
        s->is_done = s->rest.len == 0;
    } else {
        found = s->separator.len == 0 ? NULL : text_search_find(s->rest, s->separator);
        s->is_done = found == NULL;
        *piece =
            found == NULL ? s->rest : cut(s, (size_t)(found - s->rest.bytes), s->separator.len);
    }
    *is_null = s->has_null_text && collation_equal(s->collation, *piece, s->null_text);
    return true;
}

static Datum split_to_array(FmgrCall *call)
{
    static const ArrayElement form = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    Splitter s;
    CollationText piece;
    bool is_null;
    StrBuf values, nulls;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    split_begin(&s, call);
    strbuf_init(&values);
    strbuf_init(&nulls);
    while (split_next(&s, &piece, &is_null)) {
        Datum value = is_null ? 0 : text_result(piece.bytes, piece.len);

        strbuf_add_bytes(&values, &value, sizeof value);
        strbuf_add_bytes(&nulls, &is_null, sizeof is_null);
    }
    return datum_of_pointer(array_make_list(&form, (const Datum *)(const void *)values.text,
                                            (const bool *)nulls.text, nulls.len));
}

Datum text_to_array(FmgrCall *call)
{
    return split_to_array(call);
}

Datum text_to_array_null(FmgrCall *call)
{
    return split_to_array(call);
}

/* ---- The same in rows ---- */

static Datum split_to_rows(FmgrCall *call)
{
    Splitter *s = set_state(call);
    CollationText piece;
    bool is_null;

    if (s == NULL) {
        if (fmgr_arg_is_null(call, 0))
            return set_end(call);
        s = set_begin(call, sizeof *s);
        MEM_SCOPE(set_mem(call)) {
            for (int i = 0; i < call->nargs; i++)
                set_keep_varlena(call, i);
            split_begin(s, call);
        }
    }
    if (!split_next(s, &piece, &is_null))
        return set_end(call);
    return set_row(call, is_null ? fmgr_null(call) : text_result(piece.bytes, piece.len));
}

Datum text_to_table(FmgrCall *call)
{
    return split_to_rows(call);
}

Datum text_to_table_null(FmgrCall *call)
{
    return split_to_rows(call);
}
