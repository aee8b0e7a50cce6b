/*
 * lock_deadlock.c - finding circles of processes that wait for each other, and ways out
 *
 * A process waits for those who hold what conflicts with its request (hard edges), and for those
 * ahead of it in the queue whose requests do (soft edges). A circle of hard edges alone is an error
 * of one of them. One that has a soft edge may open when its two ends change places in the queue:
 *
 *     find a circle through the process that asks; none: done
 *     for each soft edge of it: let it be reversed, together with those that were reversed before;
 *         sort the queues anew by these; look again, from its ends and from the start
 *
 * The first set of reversed edges that leaves no circle wins, and queues are changed to its order,
 * as little as can be: of those that may stand last the one that stood last does.
 *
 * Members of a group wait for nobody in the group, and what one of them waits for all wait for, so
 * the group is one node, named by its leader. All partitions are locked exclusively meanwhile.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"
#include "server/lock/lock_int.h"
#include "server/stats/stats.h"

/* A soft edge; as a constraint: waiter comes before blocker in the queue of entry. */
typedef struct Edge {
    uint32_t waiter, blocker; /* leaders */
    LockEntry *entry;
} Edge;

/* How a queue would be with the constraints that are tried. */
typedef struct Order {
    LockEntry *entry;
    uint32_t *procs;
    unsigned count;
} Order;

/* One line of the report: who waits, for what. */
typedef struct Step {
    LockTag tag;
    LockMode mode;
    int pid;
} Step;

static struct {
    uint32_t start;    /* the process that asks */
    unsigned node_max; /* processes at most */
    uint32_t *visited; /* of one search; the first is its start */
    unsigned visited_count;
    Edge *constraints; /* up to node_max */
    unsigned constraint_count;
    Edge *edges; /* soft edges of circles, those of each level of trying after another */
    unsigned edge_count, edge_max;
    Order *orders;
    unsigned order_count;
    uint32_t *order_room; /* a process stands in one queue, so there is room for all of them */
    unsigned order_used;
    unsigned *before_counts; /* of a queue's places, while it is sorted */
    Step *steps;
    unsigned step_count;
    Step pair[2];
    uint32_t autovacuum; /* a worker that holds what the start waits for */
} d;

static bool cannot_resolve(void);
static int test_constraints(void);
static bool find_circle(uint32_t start, Edge *soft, unsigned *count);
static bool visit(uint32_t node, unsigned depth, Edge *soft, unsigned *count);
static bool visit_wait(uint32_t waiter, uint32_t node, unsigned depth, Edge *soft, unsigned *count);
static bool visit_holders(const LockProc *p, uint32_t node, unsigned depth, Edge *soft,
                          unsigned *count);
static bool visit_queue(const LockProc *p, uint32_t node, unsigned depth, Edge *soft,
                        unsigned *count);
static bool visit_ahead(const LockProc *p, uint32_t other, uint32_t node, unsigned depth,
                        Edge *soft, unsigned *count);
static void note_step(unsigned depth, const LockProc *p);
static bool make_orders(void);
static const Order *order_of(const LockEntry *entry);
static bool sort_queue(LockEntry *entry, unsigned constraint_count, Order *out);
static void count_constraints(const Order *o, unsigned constraint_count);
static void apply_orders(void);

/* ---- Room: nothing may be allocated while partitions are locked ---- */

void lock_deadlock_room(void)
{
    unsigned n = proc_slot_count();

    if (lock_local.has_deadlock_room)
        return;
    MEM_SCOPE(lock_local.mem) {
        d.node_max = n;
        d.visited = mem_new_array(uint32_t, n);
        d.constraints = mem_new_array(Edge, n);
        d.edge_max = 4 * n;
        d.edges = mem_new_array(Edge, d.edge_max + n);
        d.orders = mem_new_array(Order, n);
        d.order_room = mem_new_array(uint32_t, n);
        d.before_counts = mem_new_array(unsigned, n);
        d.steps = mem_new_array(Step, n + 1);
    }
    lock_local.has_deadlock_room = true;
}

/* ---- The way out ---- */

DeadlockState lock_deadlock_check(uint32_t number)
{
    unsigned count;

    d.start = number;
    d.constraint_count = d.edge_count = d.order_count = d.step_count = 0;
    d.autovacuum = NOBODY;
    if (cannot_resolve()) {
        /* Once more as things are, for the report. */
        d.order_count = 0;
        if (!find_circle(number, d.edges, &count))
            err_panic(SQLSTATE_INTERNAL_ERROR, .message = "deadlock seems to have disappeared");
        return DEADLOCK_HARD;
    }
    if (d.order_count > 0) {
        apply_orders();
        return DEADLOCK_SOFT;
    }
    return d.autovacuum != NOBODY ? DEADLOCK_BY_AUTOVACUUM : DEADLOCK_NONE;
}

uint32_t lock_deadlock_autovacuum(void)
{
    return d.autovacuum;
}

/* With the constraints so far, or with more. When there is no more room, it counts as hopeless. */
static bool cannot_resolve(void)
{
    int found = test_constraints();
    unsigned first = d.edge_count;
    bool is_kept;

    if (found <= 0)
        return found < 0;
    if (d.constraint_count == d.node_max)
        return true;
    is_kept = first + (unsigned)found + d.node_max <= d.edge_max;
    if (is_kept)
        d.edge_count += (unsigned)found;
    for (unsigned i = 0; i < (unsigned)found; i++) {
        if (!is_kept && i > 0)
            (void)test_constraints(); /* others have written over the list */
        d.constraints[d.constraint_count++] = d.edges[first + i];
        if (!cannot_resolve())
            return false;
        d.constraint_count--;
    }
    d.edge_count = first;
    return true;
}

/*
 * -1: they cannot be met, or leave a circle of hard edges; 0: no circle is left; else how many soft
 * edges the last one found has, which stand behind edge_count. A new order may have made circles
 * that do not contain the start.
 */
static int test_constraints(void)
{
    Edge *soft = &d.edges[d.edge_count];
    unsigned count, found = 0;

    if (!make_orders())
        return -1;
    for (unsigned i = 0; i < d.constraint_count; i++)
        for (unsigned end = 0; end < 2; end++) {
            const Edge *c = &d.constraints[i];

            if (!find_circle(end == 0 ? c->waiter : c->blocker, soft, &count))
                continue;
            if (count == 0)
                return -1;
            found = count;
        }
    if (find_circle(d.start, soft, &count)) {
        if (count == 0)
            return -1;
        found = count;
    }
    return (int)found;
}

/* ---- Circles ---- */

static bool find_circle(uint32_t start, Edge *soft, unsigned *count)
{
    d.visited_count = d.step_count = 0;
    *count = 0;
    return visit(start, 0, soft, count);
}

/* Is there a way from here to the start of the search? */
static bool visit(uint32_t number, unsigned depth, Edge *soft, unsigned *count)
{
    uint32_t node = lock_leader_of(number);
    const LockProc *leader = &lock_shared->procs[node];

    for (unsigned i = 0; i < d.visited_count; i++) {
        if (d.visited[i] != node)
            continue;
        /* A circle without the start is not what is looked for. */
        if (i == 0)
            d.step_count = depth;
        return i == 0;
    }
    /* Prepared transactions wait for nobody. */
    if (node >= d.node_max)
        return false;
    d.visited[d.visited_count++] = node;
    if (leader->waits_for != NULL && visit_wait(node, node, depth, soft, count))
        return true;
    for (const LockLink *link = leader->members.next; link != &leader->members; link = link->next) {
        const LockProc *member = LINK_OWNER(LockProc, of_leader, link);

        if (member != leader && member->waits_for != NULL &&
            visit_wait(lock_proc_number(member), node, depth, soft, count))
            return true;
    }
    return false;
}

/* Who extends a relation waits for nobody meanwhile. */
static bool visit_wait(uint32_t waiter, uint32_t node, unsigned depth, Edge *soft, unsigned *count)
{
    const LockProc *p = &lock_shared->procs[waiter];

    if (p->waits_for->tag.kind == LOCK_KIND_EXTEND)
        return false;
    return visit_holders(p, node, depth, soft, count) || visit_queue(p, node, depth, soft, count);
}

static bool visit_holders(const LockProc *p, uint32_t node, unsigned depth, Edge *soft,
                          unsigned *count)
{
    const LockEntry *entry = p->waits_for;
    uint32_t conflicts = lock_conflict_masks[p->wait_mode];

    for (const LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        const Hold *hold = LINK_OWNER(Hold, of_entry, link);

        if (hold->leader == node || (hold->held & conflicts) == 0)
            continue;
        if (visit(hold->holder, depth + 1, soft, count)) {
            note_step(depth, p);
            return true;
        }
        if (lock_proc_number(p) == d.start && hold->holder < d.node_max &&
            proc_at((int)hold->holder)->kind == PROC_AUTOVACUUM_WORKER)
            d.autovacuum = hold->holder;
    }
    return false;
}

/* In the order that is tried, if there is one for that queue. */
static bool visit_queue(const LockProc *p, uint32_t node, unsigned depth, Edge *soft,
                        unsigned *count)
{
    const Order *order = order_of(p->waits_for);
    const LockLink *head = &p->waits_for->queue;
    const LockLink *end = &p->in_queue;

    if (order != NULL) {
        for (unsigned i = 0; i < order->count && lock_leader_of(order->procs[i]) != node; i++)
            if (visit_ahead(p, order->procs[i], node, depth, soft, count))
                return true;
        return false;
    }
    /* Up to the last of its group. */
    for (const LockLink *link = head->prev; link != head; link = link->prev)
        if (lock_leader_of(lock_proc_number(LINK_OWNER(LockProc, in_queue, link))) == node) {
            end = link;
            break;
        }
    for (const LockLink *link = head->next; link != end; link = link->next)
        if (visit_ahead(p, lock_proc_number(LINK_OWNER(LockProc, in_queue, link)), node, depth,
                        soft, count))
            return true;
    return false;
}

/* other stands ahead of p. */
static bool visit_ahead(const LockProc *p, uint32_t other, uint32_t node, unsigned depth,
                        Edge *soft, unsigned *count)
{
    uint32_t leader = lock_leader_of(other);
    LockMode mode = lock_shared->procs[other].wait_mode;

    if (leader == node || (lock_conflict_masks[p->wait_mode] & LOCK_BIT(mode)) == 0 ||
        !visit(other, depth + 1, soft, count))
        return false;
    note_step(depth, p);
    ASSERT(*count < d.node_max);
    soft[(*count)++] = (Edge){.waiter = node, .blocker = leader, .entry = p->waits_for};
    return true;
}

static void note_step(unsigned depth, const LockProc *p)
{
    d.steps[depth] = (Step){
        .tag = p->waits_for->tag, .mode = p->wait_mode, .pid = lock_pid_of(lock_proc_number(p))};
}

/* ---- Orders of queues ---- */

/* For each queue that a constraint is of; false when they contradict each other. */
static bool make_orders(void)
{
    d.order_count = d.order_used = 0;
    for (unsigned i = d.constraint_count; i > 0; i--) {
        LockEntry *entry = d.constraints[i - 1].entry;

        if (order_of(entry) != NULL)
            continue;
        if (!sort_queue(entry, i, &d.orders[d.order_count]))
            return false;
        d.order_used += d.orders[d.order_count].count;
        d.order_count++;
    }
    return true;
}

static const Order *order_of(const LockEntry *entry)
{
    for (unsigned i = 0; i < d.order_count; i++)
        if (d.orders[i].entry == entry)
            return &d.orders[i];
    return NULL;
}

/* From the end: the last one that need not stand before another, and its group with it. */
static bool sort_queue(LockEntry *entry, unsigned constraint_count, Order *out)
{
    unsigned left;

    *out = (Order){.entry = entry, .procs = d.order_room + d.order_used};
    for (const LockLink *link = entry->queue.next; link != &entry->queue; link = link->next)
        out->procs[out->count++] = lock_proc_number(LINK_OWNER(LockProc, in_queue, link));
    for (left = out->count; left > 0;) {
        unsigned pick = left;
        uint32_t node;

        count_constraints(&(Order){entry, out->procs, left}, constraint_count);
        while (pick > 0 && d.before_counts[pick - 1] > 0)
            pick--;
        if (pick == 0)
            return false;
        node = lock_leader_of(out->procs[pick - 1]);
        /* Its whole group goes to the end, in its order; what stood behind moves up. */
        for (unsigned i = pick; i > 0; i--) {
            uint32_t moved = out->procs[i - 1];

            if (lock_leader_of(moved) != node)
                continue;
            memmove(&out->procs[i - 1], &out->procs[i], (left - i) * sizeof moved);
            out->procs[--left] = moved;
        }
    }
    return true;
}

/* For each place how many others its process has to stand before, of those that are left. */
static void count_constraints(const Order *o, unsigned constraint_count)
{
    for (unsigned i = 0; i < o->count; i++) {
        d.before_counts[i] = 0;
        for (unsigned c = 0; c < constraint_count; c++) {
            const Edge *edge = &d.constraints[c];

            if (edge->entry != o->entry || edge->waiter != lock_leader_of(o->procs[i]))
                continue;
            for (unsigned j = 0; j < o->count; j++)
                if (lock_leader_of(o->procs[j]) == edge->blocker) {
                    d.before_counts[i]++;
                    break;
                }
        }
    }
}

static void apply_orders(void)
{
    for (unsigned i = 0; i < d.order_count; i++) {
        Order *o = &d.orders[i];

        for (unsigned j = 0; j < o->count; j++) {
            LockProc *p = &lock_shared->procs[o->procs[j]];

            link_remove(&p->in_queue);
            link_add_before(&o->entry->queue, &p->in_queue);
        }
        lock_wake(o->entry);
    }
}

/* ---- The report ---- */

/* Two who wait for each other on the same thing, seen before the first even waits. */
void lock_deadlock_note_pair(const LockTag *tag, LockMode mode, const LockProc *other)
{
    d.pair[0] = (Step){.tag = *tag, .mode = mode, .pid = process_id()};
    d.pair[1] = (Step){.tag = other->waits_for->tag,
                       .mode = other->wait_mode,
                       .pid = lock_pid_of(lock_proc_number(other))};
    lock_local.deadlock_is_pair = true;
}

void lock_deadlock_raise(void)
{
    const Step *steps = lock_local.deadlock_is_pair ? d.pair : d.steps;
    unsigned count = lock_local.deadlock_is_pair ? 2 : d.step_count;
    StrBuf client, log;

    lock_local.deadlock_is_pair = false;
    strbuf_init(&client);
    strbuf_init(&log);
    for (unsigned i = 0; i < count; i++) {
        char what[LOCK_TAG_TEXT_SIZE];

        strbuf_add_fmt(&client, "%sProcess %d waits for %s on %s; blocked by process %d.",
                       i > 0 ? "\n" : "", steps[i].pid, lock_mode_name(steps[i].mode),
                       lock_tag_describe(&steps[i].tag, what), steps[(i + 1) % count].pid);
    }
    strbuf_add(&log, client.text);
    for (unsigned i = 0; i < count; i++) {
        const char *activity =
            lock_hooks.activity != NULL ? lock_hooks.activity(steps[i].pid) : NULL;

        strbuf_add_fmt(&log, "\nProcess %d: %s", steps[i].pid,
                       activity != NULL ? activity : "<backend information not available>");
    }
    if (lock_hooks.count_deadlock != NULL)
        lock_hooks.count_deadlock();
    stats_count_deadlock();
    err_raise(SQLSTATE_DEADLOCK_DETECTED, .message = "deadlock detected", .detail = client.text,
              .detail_log = log.text, .hint = "See server log for query details.");
}
