/* config_sample_test.c - a new cluster's postgresql.conf says what it seems to say */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/config/config_sample.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "tests/unit/unit.h"

static void load(const char *text)
{
    os_write_durable(path_join(unit_temp_dir(), "postgresql.conf"), text, strlen(text));
    guc_init();
    guc_find_files(unit_temp_dir());
}

static void values_that_are_given_are_in_force(void)
{
    static const ConfigSampleValue values[] = {
        {"max_connections", "50"},
        {"MAX_CONNECTIONS", "60"},
        {"lc_messages", "it's\nhere"},
        {"unix_socket_permissions", "0700"},
        {"shared_buffers", "400kB"},
        {"seq_page_cost", "1.5"},
        {"wal_level", "logical"},
        {"default_transaction_isolation", "repeatable read"},
        {"mod.a", "1"},
        {"mod.a", "it's"},
    };
    StrBuf text;

    strbuf_init(&text);
    config_sample_write(&text, values, ARRAY_LEN(values));
    load(text.text);
    CU_ASSERT_EQUAL(setting.max_connections, 60);
    CU_ASSERT_STRING_EQUAL(setting.lc_messages, "it's\nhere");
    CU_ASSERT_EQUAL(setting.unix_socket_permissions, 0700);
    CU_ASSERT_EQUAL(setting.shared_buffers, 50);
    CU_ASSERT_TRUE(setting.seq_page_cost > 1.4 && setting.seq_page_cost < 1.6);
    CU_ASSERT_EQUAL(setting.wal_level, WAL_LEVEL_LOGICAL);
    CU_ASSERT_EQUAL(setting.default_transaction_isolation, ISOLATION_REPEATABLE_READ);
    CU_ASSERT_EQUAL(setting.work_mem, 4096);
    CU_ASSERT_STRING_EQUAL(guc_show("mod.a"), "it's");
}

static void what_is_commented_out_is_the_default(void)
{
    Array before, after;
    StrBuf sample, text;
    const char *rest;

    strbuf_init(&sample);
    config_sample_write(&sample, NULL, 0);
    load(sample.text);
    guc_list(&before);

    strbuf_init(&text);
    rest = sample.text;
    for (char *line; (line = str_split(&rest, '\n')) != NULL;) {
        /* Unset files have no default to show, and the others would be looked for. */
        bool is_setting = *line == '#' && line[1] != ' ' && line[1] != '\0' &&
                          !str_starts_with(line, "#include") &&
                          strstr(line, "_file = ''") == NULL &&
                          !str_starts_with(line, "#data_directory");
        if (is_setting)
            strbuf_add_fmt(&text, "%s\n", line + 1);
    }
    load(text.text);
    guc_list(&after);

    CU_ASSERT_EQUAL_FATAL(before.count, after.count);
    for (size_t i = 0; i < before.count; i++) {
        const GucRow *a = array_at(&before, i);
        const GucRow *b = array_at(&after, i);
        CU_ASSERT_STRING_EQUAL(a->name, b->name);
        if (!str_ends_with(a->name, "_file"))
            CU_ASSERT_STRING_EQUAL(a->value, b->value);
        if ((b->flags & (GUC_NOT_IN_SAMPLE | GUC_NO_SHOW_ALL | GUC_DISALLOW_IN_FILE)) == 0 &&
            b->source == GUC_FROM_DEFAULT)
            CU_ASSERT_TRUE(str_ends_with(b->name, "_file") || str_ends_with(b->name, "directory"));
    }
}

static void unknown_names_are_refused(void)
{
    static const ConfigSampleValue value = {"nope", "1"};
    StrBuf text;

    strbuf_init(&text);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, config_sample_write(&text, &value, 1));
}

UNIT_SUITE(config_sample)
{
    UNIT_TEST(values_that_are_given_are_in_force);
    UNIT_TEST(what_is_commented_out_is_the_default);
    UNIT_TEST(unknown_names_are_refused);
}
