/* help.c - the text of --help: columns as in PostgreSQL's programs, filled from the tables. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/option/option_int.h"
#include "common/text/str.h"

#define LEFT_WIDTH_MAX 32                /* a longer left part has a line of its own */
#define GENERAL_TITLE  "General options" /* the group that shows --help and --version */

static size_t left_width(const OptionSet *set);
static const OptionGroup *general_group(const OptionSet *set);
static const char *left_part(const OptionDef *def);
static void add_option(StrBuf *out, const OptionDef *def, size_t width);
static void add_row(StrBuf *out, const char *left, const char *right, size_t width);

void option_help(const OptionSet *set, const char *program, StrBuf *out)
{
    size_t width = left_width(set);
    const OptionGroup *general = general_group(set);

    strbuf_add_fmt(out, "%s %s\n\nUsage:\n  %s %s\n", program, set->summary, program,
                   set->usage == NULL ? "[OPTION]..." : set->usage);
    for (const OptionGroup *group = set->groups; group->defs != NULL; group++) {
        strbuf_add_fmt(out, "\n%s:\n", group->title == NULL ? "Options" : group->title);
        for (const OptionDef *def = group->defs; def->kind != OPTION_END; def++)
            if (def->help != NULL)
                add_option(out, def, width);
        if (group == general) {
            add_option(out, &option_version_def, width);
            add_option(out, &option_help_def, width);
        }
    }
    if (set->notes != NULL)
        strbuf_add_fmt(out, "\n%s\n", set->notes);
}

void option_help_verbs(const OptionVerb *verbs, const char *program, const char *summary,
                       const char *notes, StrBuf *out)
{
    size_t width = 0;

    for (const OptionVerb *verb = verbs; verb->name != NULL; verb++)
        width = size_max(width, strlen(verb->name));
    width += 3;

    strbuf_add_fmt(out, "%s %s\n\nUsage:\n  %s VERB [OPTION]...\n\nVerbs:\n", program, summary,
                   program);
    for (const OptionVerb *verb = verbs; verb->name != NULL; verb++)
        add_row(out, mem_printf("  %s", verb->name), verb->set->summary, width);
    strbuf_add_fmt(out, "\nOptions:\n  -V, --version  %s\n  -?, --help     %s\n",
                   option_version_def.help, option_help_def.help);
    strbuf_add_fmt(out, "\n\"%s VERB --help\" shows the options of a verb.\n", program);
    if (notes != NULL)
        strbuf_add_fmt(out, "\n%s\n", notes);
}

/* Where the right column begins: behind the longest left part that is not too long. */
static size_t left_width(const OptionSet *set)
{
    size_t width = strlen(left_part(&option_version_def));

    for (const OptionGroup *group = set->groups; group->defs != NULL; group++)
        for (const OptionDef *def = group->defs; def->kind != OPTION_END; def++) {
            size_t len = def->help == NULL ? 0 : strlen(left_part(def));

            if (len <= LEFT_WIDTH_MAX)
                width = size_max(width, len);
        }
    return width + 1;
}

/* The group titled "General options", else the last one. */
static const OptionGroup *general_group(const OptionSet *set)
{
    const OptionGroup *last = NULL;

    for (const OptionGroup *group = set->groups; group->defs != NULL; group++) {
        if (group->title != NULL && str_equal(group->title, GENERAL_TITLE))
            return group;
        last = group;
    }
    return last;
}

static const char *left_part(const OptionDef *def)
{
    StrBuf left;

    strbuf_init(&left);
    if (def->short_name == 0)
        strbuf_add(&left, "      ");
    else
        strbuf_add_fmt(&left, "  -%c%s", def->short_name, def->long_name == NULL ? "" : ", ");
    if (def->long_name != NULL)
        strbuf_add_fmt(&left, "--%s", def->long_name);
    if (def->optional != NULL && def->arg != NULL)
        strbuf_add_fmt(&left, "[=%s]", def->arg);
    else if (def->optional == NULL && def->kind != OPTION_FLAG && def->kind != OPTION_COUNT)
        strbuf_add_fmt(&left, "%s%s", def->long_name == NULL ? " " : "=",
                       def->arg == NULL ? "VALUE" : def->arg);
    return left.text;
}

static void add_option(StrBuf *out, const OptionDef *def, size_t width)
{
    StrBuf right;

    strbuf_init(&right);
    strbuf_add(&right, def->help);
    if (def->initial != NULL)
        strbuf_add_fmt(&right, " (default: %s)", def->initial);
    if (def->env != NULL)
        strbuf_add_fmt(&right, " [%s]", def->env);
    add_row(out, left_part(def), right.text, width);
}

/* One row: left, then right from column width on, line by line. */
static void add_row(StrBuf *out, const char *left, const char *right, size_t width)
{
    const char *rest = right;
    const char *line;
    size_t at = strlen(left);

    strbuf_add(out, left);
    if (at >= width) {
        strbuf_add_char(out, '\n');
        at = 0;
    }
    while ((line = str_split(&rest, '\n')) != NULL) {
        strbuf_add_chars(out, ' ', width - at);
        strbuf_add_fmt(out, "%s\n", line);
        at = 0;
    }
}
