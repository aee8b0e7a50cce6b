/* backup_label_test.c - labels and histories of real servers, and what is none. */
#include "common/base/base.h"

#include "common/format/backup_label.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

#define HEAD                                                       \
 "START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n" \
 "CHECKPOINT LOCATION: 0/5000060\n"

/* Of a 15.20 server. */
static const char *const whole = HEAD "BACKUP METHOD: streamed\n"
                                      "BACKUP FROM: primary\n"
                                      "START TIME: 2026-11-22 07:05:35 UTC\n"
                                      "LABEL: lbl\n"
                                      "START TIMELINE: 1\n";

/* Of 17. */
static const char *const incremental = HEAD "BACKUP METHOD: streamed\n"
                                            "BACKUP FROM: standby\n"
                                            "START TIME: 2026-11-22 07:05:35 UTC\n"
                                            "LABEL: pg_basebackup base backup\n"
                                            "START TIMELINE: 1\n"
                                            "INCREMENTAL FROM LSN: 0/2000028\n"
                                            "INCREMENTAL FROM TLI: 1\n";

static const char *const history = "START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n"
                                   "STOP WAL LOCATION: 0/5000138 (file 000000010000000000000005)\n"
                                   "CHECKPOINT LOCATION: 0/5000060\n"
                                   "BACKUP METHOD: streamed\n"
                                   "BACKUP FROM: primary\n"
                                   "START TIME: 2026-11-22 07:05:35 UTC\n"
                                   "LABEL: lbl\n"
                                   "START TIMELINE: 1\n"
                                   "STOP TIME: 2026-11-22 07:05:36 UTC\n"
                                   "STOP TIMELINE: 1\n";

static void parse(const char *text, BackupLabel *label)
{
    backup_label_parse(text, strlen(text), "backup_label", label);
}

static void check_writes_back(const char *text)
{
    BackupLabel label;
    StrBuf out;

    strbuf_init(&out);
    parse(text, &label);
    backup_label_write(&label, &out);
    CU_ASSERT_STRING_EQUAL(out.text, text);
}

static void check_invalid(const char *text)
{
    BackupLabel label;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid data in file \"backup_label\"",
                               parse(text, &label));
}

static void every_line_is_read(void)
{
    BackupLabel label;

    parse(whole, &label);
    CU_ASSERT_EQUAL(label.start_lsn, 0x5000028);
    CU_ASSERT_STRING_EQUAL(label.start_file, "000000010000000000000005");
    CU_ASSERT_EQUAL(label.checkpoint_lsn, 0x5000060);
    CU_ASSERT_STRING_EQUAL(label.method, "streamed");
    CU_ASSERT_STRING_EQUAL(label.from, "primary");
    CU_ASSERT_STRING_EQUAL(label.start_time, "2026-11-22 07:05:35 UTC");
    CU_ASSERT_STRING_EQUAL(label.label, "lbl");
    CU_ASSERT_EQUAL(label.start_tli, 1);
    CU_ASSERT_FALSE(label.is_incremental);
    CU_ASSERT_FALSE(label.is_history);
    CU_ASSERT_FALSE(backup_label_is_from_standby(&label));
}

static void incremental_and_history_lines_are_read(void)
{
    BackupLabel label;

    parse(incremental, &label);
    CU_ASSERT_TRUE(label.is_incremental);
    CU_ASSERT_EQUAL(label.incremental_from_lsn, 0x2000028);
    CU_ASSERT_EQUAL(label.incremental_from_tli, 1);
    CU_ASSERT_TRUE(backup_label_is_from_standby(&label));
    parse(history, &label);
    CU_ASSERT_TRUE(label.is_history);
    CU_ASSERT_EQUAL(label.stop_lsn, 0x5000138);
    CU_ASSERT_STRING_EQUAL(label.stop_time, "2026-11-22 07:05:36 UTC");
    CU_ASSERT_EQUAL(label.stop_tli, 1);
}

static void texts_come_back_byte_for_byte(void)
{
    check_writes_back(whole);
    check_writes_back(incremental);
    check_writes_back(history);
    check_writes_back(HEAD);
    check_writes_back(HEAD "LABEL: \nSTART TIMELINE: 1\n");
}

/* Seen on 15.20: pg_backup_start takes any text and writes it as it is. */
static void a_label_may_have_line_ends(void)
{
    BackupLabel label;

    parse(HEAD "LABEL: lab\nel: x\n\nmore\nSTART TIMELINE: 1\n", &label);
    CU_ASSERT_STRING_EQUAL(label.label, "lab\nel: x\n\nmore");
    CU_ASSERT_EQUAL(label.start_tli, 1);
    check_writes_back(HEAD "LABEL: lab\nel: x\n\nmore\nSTART TIMELINE: 1\n");
}

/* The longest file that is read, of empty lines: to copy all before each would take gigabytes. */
static void a_label_costs_by_its_length(void)
{
    size_t before = mem_context_size(mem_current());
    BackupLabel label;
    StrBuf text;

    strbuf_init(&text);
    strbuf_add(&text, HEAD "LABEL: x\n");
    strbuf_add_chars(&text, '\n', BACKUP_LABEL_SIZE_MAX - text.len);
    backup_label_parse(text.text, text.len, "backup_label", &label);
    CU_ASSERT_EQUAL(strspn(label.label + 1, "\n"), strlen(label.label) - 1);
    CU_ASSERT_TRUE(strlen(label.label) > BACKUP_LABEL_SIZE_MAX / 2);
    CU_ASSERT_TRUE(mem_context_size(mem_current()) - before < MIB(16));
}

static void what_is_no_label_raises(void)
{
    BackupLabel label;

    check_invalid("");
    check_invalid("START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n");
    check_invalid("CHECKPOINT LOCATION: 0/5000060\n");
    check_invalid(HEAD "LABEL: no end");
    check_invalid(HEAD "OOPS: 1\n");
    check_invalid(HEAD "START TIMELINE: 0\n");
    check_invalid(HEAD "START TIMELINE: one\n");
    check_invalid(HEAD "START TIMELINE: 2\n");
    check_invalid(HEAD "START TIMELINE: 1\nSTART TIMELINE: 1\n");
    check_invalid(HEAD "INCREMENTAL FROM TLI: 1\n");
    check_invalid(HEAD "STOP TIME: now\n");
    check_invalid("START WAL LOCATION: 0/5000028\nCHECKPOINT LOCATION: 0/5000060\n");
    check_invalid("START WAL LOCATION: 0/5000028 (file 0000000100000000)\n"
                  "CHECKPOINT LOCATION: 0/5000060\n");
    check_invalid("START WAL LOCATION: 0/5000028 (file 000000010000000000000005]\n"
                  "CHECKPOINT LOCATION: 0/5000060\n");
    check_invalid("START WAL LOCATION: 0/5000028 (file 00000001000000000000000x)\n"
                  "CHECKPOINT LOCATION: 0/5000060\n");
    check_invalid("START WAL LOCATION: oops (file 000000010000000000000005)\n"
                  "CHECKPOINT LOCATION: 0/5000060\n");
    check_invalid("START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n"
                  "CHECKPOINT LOCATION: 5000060\n");
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, backup_label_parse("a\0b\n", 4, "x", &label));
}

UNIT_SUITE(backup_label)
{
    UNIT_TEST(every_line_is_read);
    UNIT_TEST(incremental_and_history_lines_are_read);
    UNIT_TEST(texts_come_back_byte_for_byte);
    UNIT_TEST(a_label_may_have_line_ends);
    UNIT_TEST(a_label_costs_by_its_length);
    UNIT_TEST(what_is_no_label_raises);
}
