/* process_test.c - signals, running programs, the terminal. */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

/* ---- this process ---- */

static void a_process_knows_itself(void)
{
    CU_ASSERT_EQUAL(process_id(), getpid());
    CU_ASSERT_EQUAL(process_is_root(), geteuid() == 0);
    CU_ASSERT_TRUE(process_exists(getpid()));
    CU_ASSERT_TRUE(process_exists(1));
    CU_ASSERT_FALSE(process_exists(0));
    CU_ASSERT_FALSE(process_exists(-1));
    CU_ASSERT_FALSE(process_exists(INT32_MAX));
    CU_ASSERT_TRUE(os_exists(path_join(process_executable_dir(), "unit_tests")));
}

static void empty_variables_are_unset(void)
{
    setenv("HOLDFAST_UNIT", "", 1);
    CU_ASSERT_PTR_NULL(process_env("HOLDFAST_UNIT"));
    setenv("HOLDFAST_UNIT", "x", 1);
    CU_ASSERT_STRING_EQUAL(process_env("HOLDFAST_UNIT"), "x");
    unsetenv("HOLDFAST_UNIT");
    CU_ASSERT_PTR_NULL(process_env("HOLDFAST_UNIT"));
}

static void what_may_be_run_is_known(void)
{
    char *path = path_join(unit_temp_dir(), "program");

    CU_ASSERT_FALSE(process_may_run(path));
    os_write_durable(path, "x", 1);
    CU_ASSERT_FALSE(process_may_run(path));
    os_set_mode(path, 0700);
    CU_ASSERT_TRUE(process_may_run(path));
    CU_ASSERT_FALSE(process_may_run(unit_temp_dir()));
}

/* Exit code 0: the next file is none of the three, which are there, but useless. */
static void fill_closed_files(void *keep)
{
    char byte = 'x';
    int keeps = *(int *)keep;
    int fd;

    for (fd = 0; fd <= 2; fd++)
        if (fd != keeps)
            close(fd);
    process_fill_standard_files();
    fd = dup(keeps);
    if (fd <= 2)
        _exit(1);
    if (keeps != 0 && (read(0, &byte, 1) != -1 || errno != EBADF))
        _exit(2);
    if (keeps != 1 && (write(1, &byte, 1) != -1 || errno != EBADF))
        _exit(3);
    if (keeps != 2 && (write(2, &byte, 1) != -1 || errno != EBADF))
        _exit(4);
    _exit(0);
}

static void no_file_takes_the_place_of_a_standard_one(void)
{
    for (int keep = 0; keep <= 2; keep++)
        CU_ASSERT_EQUAL(child_run(fill_closed_files, &keep).exit_code, 0);
}

/* ---- signals ---- */

static void take_signals(void *arg)
{
    signal(SIGHUP, SIG_DFL); /* nohup has it ignored, and then it stays so */
    process_catch_signals();
    process_check_interrupts();
    CU_ASSERT_FALSE(process_is_interrupted());
    raise(SIGPIPE);
    for (const int *signal_no = arg; *signal_no != 0; signal_no++)
        raise(*signal_no);
    CU_ASSERT_TRUE(process_is_interrupted());
    if (process_interrupt_signal() != *(int *)arg)
        exit(2);
    UNIT_ASSERT_RAISES(SQLSTATE_QUERY_CANCELED, process_check_interrupts());
    process_check_interrupts();
}

static void the_first_signal_becomes_a_raise(void)
{
    int term[] = {SIGTERM, SIGINT, 0}, interrupt[] = {SIGINT, 0}, hangup[] = {SIGHUP, 0};
    ChildEnd end = child_run(take_signals, term);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: terminated by signal 15: Terminated\n"));
    end = child_run(take_signals, interrupt);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: terminated by signal 2: Interrupt\n"));
    end = child_run(take_signals, hangup);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: terminated by signal 1: Hangup\n"));
}

static void hang_up_under_nohup(void *arg)
{
    (void)arg;
    signal(SIGHUP, SIG_IGN);
    process_catch_signals();
    raise(SIGHUP);
    process_check_interrupts();
}

static void a_hangup_that_is_ignored_stays_so(void)
{
    CU_ASSERT_EQUAL(child_run(hang_up_under_nohup, NULL).exit_code, 0);
}

/* ---- running programs ---- */

/* Run a line of shell; its output goes to out and err. */
static ProcessResult run(const char *line, const char *input, StrBuf *out, StrBuf *err)
{
    const char *const argv[] = {"sh", "-c", line, NULL};

    if (out != NULL)
        strbuf_init(out);
    if (err != NULL)
        strbuf_init(err);
    return process_run(argv, input, out, err);
}

static void output_and_errors_are_told_apart(void)
{
    StrBuf out, err;
    ProcessResult result = run("echo one; echo two >&2; exit 3", NULL, &out, &err);

    CU_ASSERT_EQUAL(result.exit_code, 3);
    CU_ASSERT_EQUAL(result.signal_no, 0);
    CU_ASSERT_STRING_EQUAL(out.text, "one\n");
    CU_ASSERT_STRING_EQUAL(err.text, "two\n");
}

static void output_may_be_added_to_what_is_there(void)
{
    const char *const argv[] = {"echo", "b", NULL};
    StrBuf out;

    strbuf_init(&out);
    strbuf_add(&out, "a");
    process_run(argv, NULL, &out, NULL);
    CU_ASSERT_STRING_EQUAL(out.text, "ab\n");
}

static void a_program_that_dies_is_told(void)
{
    ProcessResult result = run("kill -9 $$", NULL, NULL, NULL);

    CU_ASSERT_EQUAL(result.exit_code, -1);
    CU_ASSERT_EQUAL(result.signal_no, SIGKILL);
}

static void much_input_and_output_do_not_block_each_other(void)
{
    char *input = mem_alloc(1000001);
    StrBuf out;

    memset(input, 'x', 1000000);
    CU_ASSERT_EQUAL(run("cat", input, &out, NULL).exit_code, 0);
    CU_ASSERT_STRING_EQUAL(out.text, input);
}

static void input_that_nobody_reads_is_dropped(void)
{
    char *input = mem_alloc(1000001);

    memset(input, 'x', 1000000);
    CU_ASSERT_EQUAL(run("exit 0", input, NULL, NULL).exit_code, 0);
    CU_ASSERT_EQUAL(run("exec <&-; sleep 0.05", input, NULL, NULL).exit_code, 0);
}

static void without_input_there_is_nothing_to_read(void)
{
    StrBuf out;

    CU_ASSERT_EQUAL(run("wc -c", NULL, &out, NULL).exit_code, 0);
    CU_ASSERT_EQUAL(strtol(out.text, NULL, 10), 0);
    CU_ASSERT_EQUAL(run("wc -c", "", &out, NULL).exit_code, 0);
    CU_ASSERT_EQUAL(strtol(out.text, NULL, 10), 0);
}

static void a_missing_program_is_an_error(void)
{
    const char *const argv[] = {"no-such-program", NULL};
    char *path = mem_strdup(process_env("PATH"));

    /* A folder there that may not be read would make it "Permission denied". */
    setenv("PATH", unit_temp_dir(), 1);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        "could not execute command \"no-such-program\": No such file or directory",
        process_run(argv, "x", NULL, NULL));
    setenv("PATH", path, 1);
}

static void a_grandchild_does_not_hold_up_the_end(void)
{
    StrBuf out;
    uint64_t start = clock_monotonic_us();

    CU_ASSERT_EQUAL(run("sleep 3 & echo done", NULL, &out, NULL).exit_code, 0);
    CU_ASSERT_STRING_EQUAL(out.text, "done\n");
    CU_ASSERT_TRUE(clock_monotonic_us() - start < 2500000);
}

static void a_program_does_not_see_our_signal_mask(void)
{
    StrBuf out;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    run("grep -E '^Sig(Blk|Ign)' /proc/self/status", NULL, &out, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "SigBlk:\t0000000000000000\n"));
}

static void run_without_streams(void *arg)
{
    StrBuf out, err;

    (void)arg;
    close(0);
    close(1);
    close(2);
    if (run("cat; echo two >&2", "one", &out, &err).exit_code != 0)
        exit(1);
    exit(strcmp(out.text, "one") == 0 && strcmp(err.text, "two\n") == 0 ? 0 : 2);
}

static void it_works_without_streams_of_our_own(void)
{
    CU_ASSERT_EQUAL(child_run(run_without_streams, NULL).exit_code, 0);
}

static void run_until_terminated(void *arg)
{
    StrBuf out;

    (void)arg;
    process_catch_signals();
    run("kill -TERM $PPID; exec sleep 60", NULL, &out, NULL);
}

static void our_end_is_the_programs_end(void)
{
    uint64_t start = clock_monotonic_us();
    ChildEnd end = child_run(run_until_terminated, NULL);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "terminated by signal 15"));
    CU_ASSERT_TRUE(clock_monotonic_us() - start < 5000000);
}

/* With three descriptors at most: none is left, or only those that the child needs itself. */
static void run_without_descriptors(void *arg)
{
    struct rlimit before, limit;
    StrBuf out;

    getrlimit(RLIMIT_NOFILE, &before);
    limit = before;
    limit.rlim_cur = 3;
    if (arg != NULL) {
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
    }
    setrlimit(RLIMIT_NOFILE, &limit);
    ERR_TRY() {
        run("true", NULL, &out, NULL);
    }
    ERR_FINALLY() {
        setrlimit(RLIMIT_NOFILE, &before);
    }
    ERR_END();
}

static void without_descriptors_it_raises(void)
{
    char few[] = "few";
    ChildEnd end = child_run(run_without_descriptors, NULL);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "could not create pipe: Too many open files"));
    end = child_run(run_without_descriptors, few);
    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "could not create pipe: Invalid argument"));
}

static void run_without_waiting(void *arg)
{
    (void)arg;
    signal(SIGCHLD, SIG_IGN); /* ends of children are not kept then */
    run("true", NULL, NULL, NULL);
}

static void an_end_that_nobody_keeps_is_an_error(void)
{
    ChildEnd end = child_run(run_without_waiting, NULL);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "could not wait for command: No child processes"));
}

static void look_without_proc(void *folder)
{
    if (chroot(folder) == 0)
        process_executable_dir();
}

static void without_proc_the_program_is_not_found(void)
{
#ifdef HOLDFAST_SANITIZE
    unit_skip("the address sanitizer wants /proc itself");
    (void)look_without_proc;
#else
    ChildEnd end;

    if (geteuid() != 0) {
        unit_skip("only root can change the root folder");
        return;
    }
    end = child_run(look_without_proc, path_join(unit_temp_dir(), "."));
    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "could not find own program executable"));
#endif
}

/* ---- the terminal ---- */

static void a_terminal_has_columns(void)
{
    struct winsize size = {.ws_col = 123, .ws_row = 10};
    int ends[2], master, slave;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_FALSE(terminal_is_tty(ends[0]));
    CU_ASSERT_EQUAL(terminal_columns(ends[0]), 80);
    close(ends[0]);
    close(ends[1]);
    CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, NULL, NULL, &size), 0);
    CU_ASSERT_TRUE(terminal_is_tty(slave));
    CU_ASSERT_EQUAL(terminal_columns(slave), 123);
    size.ws_col = 0;
    ioctl(slave, TIOCSWINSZ, &size);
    CU_ASSERT_EQUAL(terminal_columns(slave), 80);
    close(slave);
    close(master);
}

/* Ask on a terminal of its own; the answer is "hidden" or the exit code is not 0. */
static void ask_on_terminal(void)
{
    const char *answer;

    ERR_TRY() {
        answer = terminal_read_password("Password: ");
        exit(strcmp(answer, "hidden") == 0 ? 0 : 1);
    }
    ERR_CATCH() {
        exit(2);
    }
    ERR_END();
}

static void read_until(int fd, StrBuf *seen, const char *wanted)
{
    char byte;

    while (strstr(seen->text, wanted) == NULL && read(fd, &byte, 1) == 1)
        strbuf_add_char(seen, byte);
}

static void a_password_is_read_without_showing_it(void)
{
    StrBuf seen;
    int master, status = -1;
    pid_t pid;

    fflush(NULL);
    strbuf_init(&seen);
    pid = forkpty(&master, NULL, NULL, NULL);
    if (pid == 0)
        ask_on_terminal();
    read_until(master, &seen, "Password: ");
    CU_ASSERT_EQUAL(write(master, "hidden\n", 7), 7);
    read_until(master, &seen, "\n");
    CU_ASSERT_STRING_EQUAL(seen.text, "Password: \r\n");
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    close(master);
}

static void ask_without_terminal(void *answer)
{
    int ends[2];

    setsid();
    if (pipe(ends) != 0 || write(ends[1], answer, strlen(answer)) < 0)
        exit(3);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    exit(strcmp(terminal_read_password("Password: "), "from the pipe") == 0 ? 0 : 1);
}

static void without_a_terminal_the_answer_comes_from_standard_input(void)
{
    char line[] = "from the pipe\r\nmore", no_end[] = "from the pipe", empty[] = "\n";
    ChildEnd end = child_run(ask_without_terminal, line);

    CU_ASSERT_EQUAL(end.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(end.err, "Password: \n");
    CU_ASSERT_EQUAL(child_run(ask_without_terminal, no_end).exit_code, 0);
    CU_ASSERT_EQUAL(child_run(ask_without_terminal, empty).exit_code, 1);
}

static void ask_without_anything(void *arg)
{
    unsigned failure_count = CU_get_number_of_failures();

    setsid();
    close(arg == NULL ? STDERR_FILENO : STDIN_FILENO);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, (const char *)arg,
                               terminal_read_password("Password: "));
    exit(CU_get_number_of_failures() == failure_count ? 0 : 1);
}

static void a_terminal_that_is_gone_is_an_error(void)
{
    char message[] = "could not read from the terminal: Bad file descriptor";

    CU_ASSERT_EQUAL(child_run(ask_without_anything, NULL).exit_code, 0);
    CU_ASSERT_EQUAL(child_run(ask_without_anything, message).exit_code, 0);
}

static void ask_until_terminated(void *arg)
{
    (void)arg;
    setsid();
    process_catch_signals();
    if (fork() == 0) {
        clock_sleep_ms(50);
        kill(getppid(), SIGTERM);
        clock_sleep_ms(50);
        kill(getppid(), SIGTERM);
        _exit(0);
    }
    for (int ends[2]; pipe(ends) == 0;) {
        dup2(ends[0], STDIN_FILENO); /* nothing ever comes */
        break;
    }
    terminal_read_password("Password: ");
}

static void a_question_ends_with_the_process(void)
{
    ChildEnd end = child_run(ask_until_terminated, NULL);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "terminated by signal 15"));
}

static void the_stack_has_a_limit_or_none(void)
{
    CU_ASSERT_TRUE(process_stack_limit() > 100 * 1024);
}

UNIT_SUITE(process)
{
    UNIT_TEST(the_stack_has_a_limit_or_none);
    UNIT_TEST(a_process_knows_itself);
    UNIT_TEST(empty_variables_are_unset);
    UNIT_TEST(what_may_be_run_is_known);
    UNIT_TEST(no_file_takes_the_place_of_a_standard_one);
    UNIT_TEST(the_first_signal_becomes_a_raise);
    UNIT_TEST(a_hangup_that_is_ignored_stays_so);
    UNIT_TEST(output_and_errors_are_told_apart);
    UNIT_TEST(output_may_be_added_to_what_is_there);
    UNIT_TEST(a_program_that_dies_is_told);
    UNIT_TEST(much_input_and_output_do_not_block_each_other);
    UNIT_TEST(input_that_nobody_reads_is_dropped);
    UNIT_TEST(without_input_there_is_nothing_to_read);
    UNIT_TEST(a_missing_program_is_an_error);
    UNIT_TEST(a_grandchild_does_not_hold_up_the_end);
    UNIT_TEST(a_program_does_not_see_our_signal_mask);
    UNIT_TEST(it_works_without_streams_of_our_own);
    UNIT_TEST(our_end_is_the_programs_end);
    UNIT_TEST(without_descriptors_it_raises);
    UNIT_TEST(an_end_that_nobody_keeps_is_an_error);
    UNIT_TEST(without_proc_the_program_is_not_found);
    UNIT_TEST(a_terminal_has_columns);
    UNIT_TEST(a_password_is_read_without_showing_it);
    UNIT_TEST(without_a_terminal_the_answer_comes_from_standard_input);
    UNIT_TEST(a_terminal_that_is_gone_is_an_error);
    UNIT_TEST(a_question_ends_with_the_process);
}
