/*
 * main.c - run a fuzz target without libFuzzer
 *
 *     NAME_fuzz [FILE-or-FOLDER...]
 *
 * Feeds the target every file given (by default the folder tests/fuzz/corpus/NAME), then inputs
 * made from them by small changes: HOLDFAST_FUZZ_COUNT of them (default 10000), or, with
 * HOLDFAST_FUZZ_SECONDS, as many as it has time for. HOLDFAST_SEED sets the seed, which is printed.
 * A run that dies leaves its input in crash-NAME, to be given as FILE.
 */
#include "common/base/base.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INPUT_BYTES_MAX (64 * 1024)
#define CORPUS_MAX      4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input {
    uint8_t *bytes;
    size_t size;
} Input;

static struct {
    Input corpus[CORPUS_MAX];
    size_t corpus_count;
    uint64_t random;
    uint8_t bytes[INPUT_BYTES_MAX]; /* the input that runs, for on_crash */
    size_t size;
    char name[128];
} fuzz;

static void corpus_read(const char *path);
static void corpus_read_file(const char *path);
static void input_mutate(void);
static void input_change_once(void);
static void run_once(void);
static void on_crash(int signal_no);
static uint64_t random_below(uint64_t limit);
static uint64_t number_from_env(const char *name, uint64_t otherwise);

int main(int argc, char **argv)
{
    static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    uint64_t count = number_from_env("HOLDFAST_FUZZ_COUNT", 10000);
    uint64_t seconds = number_from_env("HOLDFAST_FUZZ_SECONDS", 0);
    uint64_t seed = number_from_env("HOLDFAST_SEED", (uint64_t)time(NULL));
    time_t began = time(NULL);
    uint64_t done = 0;
    const char *slash = strrchr(argv[0], '/');

    snprintf(fuzz.name, sizeof(fuzz.name), "%s", slash == NULL ? argv[0] : slash + 1);
    for (int i = 1; i < argc; i++)
        corpus_read(argv[i]);
    if (argc == 1) {
        const char *source = getenv("HOLDFAST_SRC");
        char folder[4096];

        /* NAME is the program's, less _fuzz. */
        snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%.*s", source == NULL ? "." : source,
                 (int)(strlen(fuzz.name) - strlen("_fuzz")), fuzz.name);
        if (access(folder, F_OK) == 0)
            corpus_read(folder);
    }
    printf("%s: seed %" PRIu64 ", %zu files\n", fuzz.name, seed, fuzz.corpus_count);
    fflush(stdout);

    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        signal(signals[i], on_crash);
    for (size_t i = 0; i < fuzz.corpus_count; i++) {
        fuzz.size = fuzz.corpus[i].size;
        if (fuzz.size > 0)
            memcpy(fuzz.bytes, fuzz.corpus[i].bytes, fuzz.size);
        run_once();
    }
    for (; seconds == 0 ? done < count : time(NULL) < began + (time_t)seconds; done++) {
        fuzz.random = seed + done;
        input_mutate();
        run_once();
    }
    printf("%" PRIu64 " changed inputs\n", done);
    for (size_t i = 0; i < fuzz.corpus_count; i++)
        free(fuzz.corpus[i].bytes);
    return 0;
}

/* Keep the content of a file, or of each file in a folder, by name so that runs are alike. */
static void corpus_read(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    if (count < 0) {
        corpus_read_file(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char file[4096];

        snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            corpus_read_file(file);
        free(entries[i]);
    }
    free(entries);
}

static void corpus_read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    Input *input;

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    if (fuzz.corpus_count == CORPUS_MAX) {
        fprintf(stderr, "%s: too many files, raise CORPUS_MAX\n", path);
        exit(1);
    }
    input = &fuzz.corpus[fuzz.corpus_count];
    input->bytes = malloc(INPUT_BYTES_MAX);
    if (input->bytes == NULL)
        abort();
    input->size = fread(input->bytes, 1, INPUT_BYTES_MAX, file);
    fclose(file);
    fuzz.corpus_count++;
}

/* Make an input: some file of the corpus (or nothing) with one to sixteen changes. */
static void input_mutate(void)
{
    uint64_t changes = 1 + random_below(16);

    fuzz.size = 0;
    if (fuzz.corpus_count > 0) {
        const Input *from = &fuzz.corpus[random_below(fuzz.corpus_count)];

        fuzz.size = from->size;
        if (fuzz.size > 0)
            memcpy(fuzz.bytes, from->bytes, from->size);
    }
    while (changes-- > 0)
        input_change_once();
}

static void input_change_once(void)
{
    static const uint8_t edges[] = {0, 1, 0x7F, 0x80, 0xFE, 0xFF};
    size_t at = fuzz.size == 0 ? 0 : random_below(fuzz.size);
    size_t length = 1 + random_below(16);

    switch (fuzz.size == 0 ? 4 : random_below(5)) {
    case 0: /* one bit */
        fuzz.bytes[at] ^= (uint8_t)(1 << random_below(8));
        break;
    case 1: /* a byte at the edge of its range */
        fuzz.bytes[at] = edges[random_below(ARRAY_LEN(edges))];
        break;
    case 2: /* the end is gone */
        fuzz.size = at;
        break;
    case 3: /* a few bytes are gone */
        length = size_min(length, fuzz.size - at);
        memmove(fuzz.bytes + at, fuzz.bytes + at + length, fuzz.size - at - length);
        fuzz.size -= length;
        break;
    default: /* a few bytes come in */
        length = size_min(length, INPUT_BYTES_MAX - fuzz.size);
        memmove(fuzz.bytes + at + length, fuzz.bytes + at, fuzz.size - at);
        for (size_t i = 0; i < length; i++)
            fuzz.bytes[at + i] = (uint8_t)random_below(256);
        fuzz.size += length;
    }
}

/* The target gets memory of just that size, so that a sanitizer sees each byte beyond. */
static void run_once(void)
{
    uint8_t *copy = malloc(fuzz.size == 0 ? 1 : fuzz.size);

    if (copy == NULL)
        abort();
    memcpy(copy, fuzz.bytes, fuzz.size);
    LLVMFuzzerTestOneInput(copy, fuzz.size);
    free(copy);
}

static void on_crash(int signal_no)
{
    char path[160];
    FILE *file;

    signal(signal_no, SIG_DFL);
    snprintf(path, sizeof(path), "crash-%s", fuzz.name);
    file = fopen(path, "wb");
    if (file != NULL) {
        fwrite(fuzz.bytes, 1, fuzz.size, file);
        fclose(file);
        fprintf(stderr, "%s: the input is in %s\n", fuzz.name, path);
    }
    raise(signal_no);
}

/* The next number of a splitmix64 series, brought below limit. */
static uint64_t random_below(uint64_t limit)
{
    uint64_t z = fuzz.random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % limit;
}

static uint64_t number_from_env(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 10);
}
