/*
 * oracle_diff.c - does our parser say what libpg_query, PostgreSQL's own, says?
 *
 *     oracle_diff FILE...                       texts, each ended by a line of "--" alone
 *     oracle_diff --mutate SEED COUNT FILE...   COUNT mutations of them
 *
 * Both parse each text. They must agree on whether it is one, on the error's message and on its
 * position; but libpg_query takes "$1" in places where PostgreSQL does not, since it also reads
 * normalized queries: where our error is at a parameter, the text is excused and counted as such.
 * So are errors of libpg_query that later minors do not raise any more (outdated_errors).
 * What we accept is also compared with its copy. A mutation deletes, doubles, swaps or
 * replaces a few tokens, by a random sequence that SEED starts. Prints each difference and how many
 * texts were accepted and refused by both; the exit code says whether there were differences.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pg_query.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/parser/parser.h"

#define SHOWN_MAX 40 /* differences */

typedef struct Verdict {
    bool is_accepted;
    int position;
    char message[4096];
} Verdict;

static struct {
    Array texts; /* char * */
    uint64_t random;
    size_t accepted, refused, excused, differences;
} oracle;

static void texts_read(const char *path);
static void compare(const char *text);
static bool is_excused(const Verdict *ours, const Verdict *theirs);
static void judge_ours(const char *text, Verdict *verdict);
static void parse_ours(const char *text);
static void judge_theirs(const char *text, Verdict *verdict);
static void mutate(size_t count);
static char *mutation(void);
static void tokens_split(const char *text, Array *tokens);
static uint64_t random_below(uint64_t limit);
static void drop_report(const ErrReport *report);

int main(int argc, char **argv)
{
    size_t mutations = 0;
    int i = 1;

    array_init(&oracle.texts, sizeof(char *));
    err_set_sink(drop_report);
    setting.max_stack_depth = 2048;
    if (argc > 3 && strcmp(argv[1], "--mutate") == 0) {
        oracle.random = strtoull(argv[2], NULL, 10) * 2 + 1;
        mutations = strtoull(argv[3], NULL, 10);
        i = 4;
    }
    for (; i < argc; i++)
        texts_read(argv[i]);
    if (mutations > 0) {
        mutate(mutations);
    } else {
        array_foreach(char *, text, &oracle.texts)
            compare(*text);
    }
    printf("%zu accepted, %zu refused by both, %zu excused, %zu differences\n", oracle.accepted,
           oracle.refused, oracle.excused, oracle.differences);
    return oracle.differences > 0 || oracle.texts.count == 0;
}

static void texts_read(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[65536];
    StrBuf text;

    if (file == NULL) {
        fprintf(stderr, "oracle_diff: error: could not open file \"%s\"\n", path);
        exit(1);
    }
    strbuf_init(&text);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strcmp(line, "--\n") != 0) {
            strbuf_add(&text, line);
            continue;
        }
        if (text.len > 0)
            text.text[--text.len] = '\0'; /* the line end before the mark */
        *(char **)array_push(&oracle.texts) = mem_strdup(text.text);
        strbuf_clear(&text);
    }
    fclose(file);
}

static void compare(const char *text)
{
    static Verdict ours, theirs;

    judge_ours(text, &ours);
    judge_theirs(text, &theirs);
    /* Later minors than 15.1 show all of the word behind a number, not its first byte. */
    if (strncmp(ours.message, "trailing junk", 13) == 0 &&
        strncmp(theirs.message, "trailing junk", 13) == 0)
        memcpy(theirs.message, ours.message, sizeof(theirs.message));
    if (ours.is_accepted == theirs.is_accepted &&
        (ours.is_accepted ||
         (ours.position == theirs.position && strcmp(ours.message, theirs.message) == 0))) {
        if (ours.is_accepted)
            oracle.accepted++;
        else
            oracle.refused++;
        return;
    }
    if (is_excused(&ours, &theirs)) {
        oracle.excused++;
        return;
    }
    if (++oracle.differences <= SHOWN_MAX)
        printf("---- %s\nours:   %s (%d)\ntheirs: %s (%d)\n", text,
               ours.is_accepted ? "accepted" : ours.message, ours.position,
               theirs.is_accepted ? "accepted" : theirs.message, theirs.position);
}

static bool is_excused(const Verdict *ours, const Verdict *theirs)
{
    /* What libpg_query's minor raises, and what 15.20 takes. */
    static const char *const outdated_errors[] = {
        "multiple limit options not allowed", /* (SELECT 1 OFFSET 1) LIMIT 2 */
        "syntax error at or near \"logged\"",   /* as option of a sequence */
        "syntax error at or near \"unlogged\"",
    };
    bool is_further = ours->is_accepted || ours->position > theirs->position;

    if (!ours->is_accepted && strstr(ours->message, "at or near \"$") != NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(outdated_errors); i++) {
        if (is_further && strcasecmp(theirs->message, outdated_errors[i]) == 0)
            return true;
    }
    return false;
}

static void judge_ours(const char *text, Verdict *verdict)
{
    MemContext *parse_mem = mem_context_new(NULL, "parse");

    verdict->is_accepted = false;
    verdict->position = 0;
    ERR_TRY() {
        MEM_SCOPE(parse_mem) {
            parse_ours(text);
        }
        verdict->is_accepted = true;
    }
    ERR_CATCH() {
        verdict->position = err_caught()->position;
        snprintf(verdict->message, sizeof(verdict->message), "%s", err_caught()->message);
    }
    ERR_END();
    mem_delete(parse_mem);
}

static void parse_ours(const char *text)
{
    List *statements = parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);

    if (!node_equal(statements, node_copy(statements)))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the copy differs");
}

static void judge_theirs(const char *text, Verdict *verdict)
{
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(text);
    char *stray;

    verdict->is_accepted = result.error == NULL;
    verdict->position = 0;
    if (result.error != NULL) {
        verdict->position = result.error->cursorpos;
        snprintf(verdict->message, sizeof(verdict->message), "%s", result.error->message);
        /* Two messages of 15.1 ended so, without a name; later minors do not. */
        stray = strstr(verdict->message, " at or near");
        if (stray != NULL && strcmp(stray, " at or near") == 0)
            *stray = '\0';
    }
    pg_query_free_protobuf_parse_result(result);
}

static void mutate(size_t count)
{
    MemContext *text_mem = mem_context_new(NULL, "mutation");

    for (size_t i = 0; i < count; i++) {
        MEM_SCOPE(text_mem) {
            compare(mutation());
        }
        mem_reset(text_mem);
    }
    mem_delete(text_mem);
}

/* One of the texts with one to three of its tokens changed. */
static char *mutation(void)
{
    const char *source = *(char **)array_at(&oracle.texts, random_below(oracle.texts.count));
    const char *other = *(char **)array_at(&oracle.texts, random_below(oracle.texts.count));
    Array tokens, others;
    StrBuf out;

    tokens_split(source, &tokens);
    tokens_split(other, &others);
    for (uint64_t changes = 1 + random_below(3); changes > 0 && tokens.count > 1; changes--) {
        size_t at = random_below(tokens.count);
        char **token = array_at(&tokens, at);
        char **next = array_at(&tokens, (at + 1) % tokens.count);
        char *kept = *token;

        switch (random_below(4)) {
        case 0:
            *token = mem_strdup("");
            break;
        case 1:
            *token = mem_printf("%s %s", kept, kept);
            break;
        case 2:
            *token = *next;
            *next = kept;
            break;
        default:
            if (others.count > 0)
                *token = *(char **)array_at(&others, random_below(others.count));
            break;
        }
    }
    strbuf_init(&out);
    array_foreach(char *, token, &tokens)
        strbuf_add_fmt(&out, "%s ", *token);
    return out.text;
}

/* Words, numbers, quoted things, and single other characters. */
static void tokens_split(const char *text, Array *tokens)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.";

    array_init(tokens, sizeof(char *));
    while (*text != '\0') {
        size_t length = strspn(text, word);

        if (strchr(" \t\n\r", *text) != NULL) {
            text++;
            continue;
        }
        /* Do not cut characters: positions of what is no UTF-8 mean nothing. */
        while ((unsigned char)text[length] >= 0x80)
            length++;
        if (length == 0 && (*text == '\'' || *text == '"')) {
            const char *end = strchr(text + 1, *text);

            length = end == NULL ? strlen(text) : (size_t)(end - text) + 1;
        }
        if (length == 0)
            length = size_max(strspn(text, "<>=!|&-+*/:~#@"), 1);
        *(char **)array_push(tokens) = mem_strndup(text, length);
        text += length;
    }
}

static uint64_t random_below(uint64_t limit)
{
    oracle.random = oracle.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (oracle.random >> 33) % limit;
}

static void drop_report(const ErrReport *report)
{
    (void)report;
}
