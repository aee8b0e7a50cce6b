/* boot_script.c - run statements without a client; boot_script.h says for what. */
#include "common/base/base.h"

#include "server/main/boot_script.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/startup.h"
#include "server/cache/cache.h"
#include "server/config/guc.h"
#include "server/session/engine.h"
#include "server/session/login.h"
#include "server/session/session.h"
#include "server/sql/sql.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"

static void run_statement(const RawStatement *raw, const char *text, MemContext *script);

void boot_script_begin(const char *superuser)
{
    static const StartupSetting settings[] = {{"allow_system_table_mods", "on"},
                                              {"client_min_messages", "warning"},
                                              {"search_path", "pg_catalog"}};
    StartupPacket packet = {.user = superuser, .database = "template1"};

    session_init();
    array_init(&packet.settings, sizeof(StartupSetting));
    for (size_t i = 0; i < ARRAY_LEN(settings); i++)
        *(StartupSetting *)array_push(&packet.settings) = settings[i];
    proc_array_join();
    cache_begin();
    txn_start_command();
    login_open(&packet);
}

void boot_script_run(const char *text)
{
    MemContext *mem = mem_context_new(mem_current(), "script");
    Array statements;

    MEM_SCOPE(mem) {
        array_init(&statements, sizeof(RawStatement));
        sql_engine()->parse(text, &statements);
        txn_start_command();
        txn_begin_implicit_block();
        array_foreach(const RawStatement, raw, &statements) {
            txn_start_command();
            run_statement(raw, text, mem);
            txn_advance_command();
        }
        txn_end_implicit_block();
        txn_end_command();
    }
    mem_delete(mem);
}

void boot_script_run_alone(const char *text)
{
    MemContext *mem = mem_context_new(mem_current(), "script");
    Array statements;

    MEM_SCOPE(mem) {
        array_init(&statements, sizeof(RawStatement));
        sql_engine()->parse(text, &statements);
        array_foreach(const RawStatement, raw, &statements) {
            txn_start_command();
            run_statement(raw, text, mem);
            txn_end_command();
        }
    }
    mem_delete(mem);
}

/* Rows that a statement gives, nobody wants. */
static void take_none(RowReceiver *self UNUSED, const TupleDesc *desc UNUSED)
{
}

static bool drop_row(RowReceiver *self UNUSED, const Datum *values UNUSED, const bool *nulls UNUSED)
{
    return true;
}

static void end_none(RowReceiver *self UNUSED)
{
}

/* Its memory is the script's: a statement may end the transaction that it runs in. */
static void run_statement(const RawStatement *raw, const char *text, MemContext *script)
{
    const SessionEngine *engine = sql_engine();
    MemContext *mem = mem_context_new(script, "statement");
    RowReceiver nobody = {.begin = take_none, .row = drop_row, .end = end_none};
    RunResult result = {.is_done = false};

    MEM_SCOPE(mem) {
        Prepared *prepared =
            engine->prepare(&(PrepareRequest){.text = text, .raw = raw, .mem = mem});
        Run *run = engine->open(
            &(OpenRequest){.prepared = prepared, .text = text, .mem = mem, .is_top = true});

        engine->run(run, 0, &nobody, &result);
        engine->close(run, false);
    }
    mem_delete(mem);
}

void boot_script_end(void)
{
    cache_end();
}
