/*
 * wait_set.c - wait for sockets, pipes, and a signal that wakes
 *
 * An epoll set; the signal comes as a readable signalfd. A wake may come while nobody waits: it
 * then stays readable, and the next wait ends at once, once.
 */
#include "common/base/base.h"

#include "common/os/wait_set.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"

#define EVENT_MAX       32 /* taken from the system at once; the rest comes with the next wait */
#define SIGNAL_POSITION UINT32_MAX

typedef struct WaitEntry {
    int fd;
    unsigned events;
} WaitEntry;

struct OsWaitSet {
    int epoll_fd;
    int signal_fd; /* -1: not asked for */
    unsigned count;
    unsigned room;
    MemContext *ctx;
    MemCallback *on_reset;
    WaitEntry entries[];
};

static void set_close(void *arg);
static void add_signal(OsWaitSet *set);
static void drain_signal(const OsWaitSet *set);
static uint32_t to_epoll(unsigned events);
static unsigned from_epoll(uint32_t events);

OsWaitSet *os_wait_set_new(unsigned fd_max, bool with_signal)
{
    OsWaitSet *set = mem_alloc(size_add(sizeof *set, size_mul(fd_max, sizeof(WaitEntry))));

    set->epoll_fd = set->signal_fd = -1;
    set->room = fd_max;
    set->ctx = mem_current();
    set->on_reset = mem_on_reset(set->ctx, set_close, set);
    set->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (set->epoll_fd < 0)
        os_raise(errno, "could not create a set of files to wait for");
    if (with_signal)
        add_signal(set);
    return set;
}

void os_wait_set_free(OsWaitSet *set)
{
    mem_off_reset(set->ctx, set->on_reset);
    set_close(set);
    mem_free(set);
}

static void set_close(void *arg)
{
    OsWaitSet *set = arg;

    if (set->epoll_fd >= 0)
        close(set->epoll_fd);
    if (set->signal_fd >= 0)
        close(set->signal_fd);
}

static void add_signal(OsWaitSet *set)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = SIGNAL_POSITION};
    sigset_t urgent;

    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    set->signal_fd = signalfd(-1, &urgent, SFD_CLOEXEC | SFD_NONBLOCK);
    if (set->signal_fd < 0 || epoll_ctl(set->epoll_fd, EPOLL_CTL_ADD, set->signal_fd, &event) != 0)
        os_raise(errno, "could not wait for signals");
}

int os_wait_set_add(OsWaitSet *set, int fd, unsigned events)
{
    unsigned position = 0;
    struct epoll_event event = {.events = to_epoll(events)};

    while (position < set->count && set->entries[position].fd >= 0)
        position++;
    ASSERT(position < set->room);
    event.data.u32 = position;
    if (epoll_ctl(set->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        os_raise(errno, "could not add a file to those that are waited for");
    set->entries[position] = (WaitEntry){.fd = fd, .events = events};
    if (position == set->count)
        set->count++;
    return (int)position;
}

void os_wait_set_change(OsWaitSet *set, int position, unsigned events)
{
    WaitEntry *entry = &set->entries[position];
    struct epoll_event event = {.events = to_epoll(events), .data.u32 = (uint32_t)position};

    ASSERT(position >= 0 && (unsigned)position < set->count && entry->fd >= 0);
    if (entry->events == events)
        return;
    if (epoll_ctl(set->epoll_fd, EPOLL_CTL_MOD, entry->fd, &event) != 0)
        os_raise(errno, "could not change what is waited for");
    entry->events = events;
}

void os_wait_set_remove(OsWaitSet *set, int position)
{
    WaitEntry *entry = &set->entries[position];

    ASSERT(position >= 0 && (unsigned)position < set->count && entry->fd >= 0);
    /* A file that was closed meanwhile has left the set by itself. */
    if (epoll_ctl(set->epoll_fd, EPOLL_CTL_DEL, entry->fd, NULL) != 0 && errno != EBADF &&
        errno != ENOENT)
        os_raise(errno, "could not take a file out of those that are waited for");
    *entry = (WaitEntry){.fd = -1};
}

unsigned os_wait_set_wait(OsWaitSet *set, int64_t timeout_ms, OsWaitEvent *out, unsigned max)
{
    struct epoll_event events[EVENT_MAX];
    int most = (int)size_min(max, EVENT_MAX);
    int timeout = timeout_ms < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    int n = epoll_wait(set->epoll_fd, events, most, timeout);

    if (n < 0 && errno == EINTR)
        return 0;
    if (n < 0)
        os_raise(errno, "could not wait for files");
    for (int i = 0; i < n; i++) {
        bool is_signal = events[i].data.u32 == SIGNAL_POSITION;

        if (is_signal)
            drain_signal(set);
        out[i].position = is_signal ? OS_WAIT_WOKEN : (int)events[i].data.u32;
        out[i].events = is_signal ? 0 : from_epoll(events[i].events);
    }
    return (unsigned)n;
}

static void drain_signal(const OsWaitSet *set)
{
    struct signalfd_siginfo info;

    /* A signal is pending once, however often it was sent. */
    while (read(set->signal_fd, &info, sizeof info) < 0 && errno == EINTR)
        continue;
}

void os_wait_signal_init(void)
{
    sigset_t urgent;

    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    sigprocmask(SIG_BLOCK, &urgent, NULL);
}

static uint32_t to_epoll(unsigned events)
{
    return (events & OS_WAIT_READ ? (uint32_t)EPOLLIN : 0) |
           (events & OS_WAIT_WRITE ? (uint32_t)EPOLLOUT : 0) |
           (events & OS_WAIT_CLOSED ? (uint32_t)EPOLLRDHUP : 0);
}

/* Errors and hang-ups come unasked: whoever reads or writes then learns what it is. */
static unsigned from_epoll(uint32_t events)
{
    unsigned all = 0;

    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        all |= OS_WAIT_READ;
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        all |= OS_WAIT_WRITE;
    if (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP))
        all |= OS_WAIT_CLOSED;
    return all;
}
