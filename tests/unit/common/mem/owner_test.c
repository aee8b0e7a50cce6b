/* owner_test.c - resource owners: noting, forgetting, and what is left at the end. */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define ITEMS 400

/* What was given back, in that order. */
static struct {
    char text[2000];
    size_t len;
    unsigned count;
    unsigned held[ITEMS]; /* for pins: how often each is noted, as the test counts it */
    Owner *owner;
} given;

static void give(const char *kind, uintptr_t item)
{
    given.count++;
    if (given.len < sizeof given.text - 20)
        given.len += (size_t)snprintf(given.text + given.len, sizeof given.text - given.len,
                                      "%s%" PRIuPTR " ", kind, item);
}

static void give_pin(uintptr_t item)
{
    give("pin", item);
    if (item < ITEMS)
        given.held[item]--;
}

static void give_lock(uintptr_t item)
{
    give("lock", item);
}

static void give_file(uintptr_t item)
{
    give("file", item);
}

static void give_snapshot(uintptr_t item)
{
    give("snapshot", item);
}

static void describe_file(uintptr_t item, char *text, size_t size)
{
    snprintf(text, size, "number %" PRIuPTR, item);
}

static const OwnerKind pin = {"pin", OWNER_BEFORE_LOCKS, 10, give_pin, NULL, NULL};
static const OwnerKind lock = {"lock", OWNER_LOCKS, 10, give_lock, NULL, NULL};
static const OwnerKind file = {"file", OWNER_AFTER_LOCKS, 20, give_file, describe_file, NULL};
static const OwnerKind snapshot = {"snapshot", OWNER_AFTER_LOCKS, 10, give_snapshot, NULL, NULL};

static void note(const OwnerKind *kind, uintptr_t item)
{
    owner_room(kind);
    owner_note(kind, item);
}

static Owner *begin(void)
{
    Owner *o = owner_new(NULL, "test");

    memset(&given, 0, sizeof given);
    owner_switch(o);
    return o;
}

static void release(Owner *o, bool is_commit)
{
    owner_release(o, OWNER_BEFORE_LOCKS, is_commit);
    owner_release(o, OWNER_LOCKS, is_commit);
    owner_release(o, OWNER_AFTER_LOCKS, is_commit);
}

/* ---- messages of a commit ---- */

static unsigned warning_count;
static char warning[300];

static void count_warnings(const ErrReport *report)
{
    warning_count += report->level == ERR_WARNING;
    snprintf(warning, sizeof warning, "%s|%s", report->message, report->detail);
}

/* ---- tests ---- */

static void what_is_forgotten_is_not_given_back(void)
{
    Owner *o = begin();

    note(&pin, 1);
    note(&pin, 2);
    note(&pin, 1);
    owner_forget(&pin, 1);
    owner_forget(&pin, 2);
    release(o, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin1 ");
    owner_free(o);
    CU_ASSERT_PTR_NULL(owner_current());
}

static void things_are_given_back_by_phase_and_order(void)
{
    Owner *o = begin();

    note(&file, 1);
    note(&lock, 2);
    note(&snapshot, 3);
    note(&pin, 4);
    owner_release(o, OWNER_BEFORE_LOCKS, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin4 ");
    owner_release(o, OWNER_LOCKS, false);
    owner_release(o, OWNER_AFTER_LOCKS, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin4 lock2 snapshot3 file1 ");
    owner_free(o);
}

static void children_come_before_parents_in_each_phase(void)
{
    Owner *o = begin();
    Owner *child = owner_new(o, "child");

    CU_ASSERT_PTR_EQUAL(owner_parent(child), o);
    note(&pin, 1);
    note(&file, 2);
    CU_ASSERT_PTR_EQUAL(owner_switch(child), o);
    note(&pin, 3);
    note(&file, 4);
    release(o, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin3 pin1 file4 file2 ");
    /* The parent takes its children with it. */
    owner_free(o);
}

static void a_free_child_leaves_its_sisters(void)
{
    Owner *o = begin();
    Owner *children[3];

    for (int i = 0; i < 3; i++) {
        children[i] = owner_new(o, "child");
        owner_switch(children[i]);
        note(&pin, (uintptr_t)i);
    }
    for (int i = 1; i >= 0; i--) {
        release(children[i], false);
        owner_free(children[i]);
    }
    CU_ASSERT_PTR_EQUAL(owner_current(), children[2]);
    release(o, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin1 pin0 pin2 ");
    owner_free(o);
}

static void one_that_was_handed_on_outlives_its_first_parent(void)
{
    Owner *o = begin();
    Owner *sub = owner_new(o, "subtransaction");
    Owner *moved = owner_new(sub, "moved");
    Owner *stays = owner_new(sub, "stays");

    owner_switch(moved);
    note(&pin, 1);
    owner_switch(stays);
    note(&pin, 2);
    owner_switch(sub);
    owner_set_parent(moved, owner_parent(sub));
    CU_ASSERT_PTR_EQUAL(owner_parent(moved), o);
    release(sub, false);
    owner_free(sub);
    CU_ASSERT_STRING_EQUAL(given.text, "pin2 ");
    release(o, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pin2 pin1 ");
    owner_free(o);
}

static void a_raise_puts_back_the_owner_of_its_frame(void)
{
    Owner *o = begin();
    Owner *child = owner_new(o, "child");

    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, owner_switch(child);
                       err_raise(SQLSTATE_SYNTAX_ERROR, .message = "no"));
    CU_ASSERT_PTR_EQUAL(owner_current(), o);
    owner_free(o);
}

static void a_commit_complains_of_all_but_locks(void)
{
    Owner *o = begin();

    note(&lock, 1);
    note(&file, 7);
    warning_count = 0;
    err_set_sink(count_warnings);
    release(o, true);
    err_set_sink(NULL);
    CU_ASSERT_STRING_EQUAL(given.text, "lock1 file7 ");
    CU_ASSERT_EQUAL(warning_count, 1);
    CU_ASSERT_STRING_EQUAL(warning,
                           "file was not given back: number 7|The resource owner \"test\" had it.");
    owner_free(o);
}

static void what_was_never_noted_cannot_be_forgotten(void)
{
    Owner *o = begin();

    note(&pin, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "pin 2 does not belong to the resource owner \"test\"",
                               owner_forget(&pin, 2));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, owner_forget(&lock, 1));
    release(o, false);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, owner_forget_in(o, &pin, 1));
    owner_free(o);
}

static void without_an_owner_nothing_is_taken(void)
{
    Owner *o = begin();

    owner_switch(NULL);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "there is no resource owner for a pin",
                               owner_room(&pin));
    owner_switch(o);
    release(o, false);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, owner_room(&pin));
    owner_free(o);
}

static void give_two(uintptr_t item)
{
    give("pair", item);
    owner_forget_in(given.owner, &file, item);
}

static void a_release_may_forget_what_it_gives_back_too(void)
{
    static const OwnerKind pair = {"pair", OWNER_AFTER_LOCKS, 5, give_two, NULL, NULL};
    Owner *o = begin();

    given.owner = o;
    note(&file, 1);
    note(&file, 2);
    note(&pair, 1);
    release(o, false);
    CU_ASSERT_STRING_EQUAL(given.text, "pair1 file2 ");
    owner_free(o);
}

/* What is inherited is the parent's own item, as a lock module keeps lists of its own. */
static void inherit_lock(uintptr_t item, Owner *parent)
{
    CU_ASSERT_PTR_EQUAL(parent, given.owner);
    give("inherited", item);
}

static const OwnerKind heirloom = {.name = "lock",
                                   .phase = OWNER_LOCKS,
                                   .order = 10,
                                   .release = give_lock,
                                   .inherit = inherit_lock};

static void locks_go_to_the_parent_at_commit(void)
{
    Owner *o = begin();
    Owner *child = owner_new(o, "child");

    given.owner = o;
    note(&heirloom, 1);
    owner_switch(child);
    note(&heirloom, 2);
    note(&lock, 3);
    release(child, true);
    CU_ASSERT_STRING_EQUAL(given.text, "lock3 inherited2 ");
    owner_free(child);
    release(o, true);
    CU_ASSERT_STRING_EQUAL(given.text, "lock3 inherited2 lock1 ");
    owner_free(o);
}

static void locks_of_what_is_undone_are_released(void)
{
    Owner *o = begin();
    Owner *child = owner_new(o, "child");

    owner_switch(child);
    note(&heirloom, 2);
    release(child, false);
    CU_ASSERT_STRING_EQUAL(given.text, "lock2 ");
    owner_free(child);
    release(o, false);
    owner_free(o);
}

/* Many at once, in any order, each several times: the owner gives back what the test counts. */
static void many_are_kept_apart(void)
{
    Seed seed = seed_new("owner");

    for (int round = 0; round < 20; round++) {
        Owner *o = begin();
        unsigned left = 0;

        for (int step = 0; step < 5000; step++) {
            uintptr_t item = seed_below(&seed, ITEMS);

            if (given.held[item] > 0 && seed_below(&seed, 2) == 0) {
                owner_forget(&pin, item);
                given.held[item]--;
            } else {
                note(&pin, item);
                given.held[item]++;
            }
        }
        for (int i = 0; i < ITEMS; i++)
            left += given.held[i];
        CU_ASSERT_TRUE(left > 100);
        release(o, false);
        CU_ASSERT_EQUAL(given.count, left);
        for (int i = 0; i < ITEMS; i++)
            CU_ASSERT_EQUAL(given.held[i], 0);
        owner_free(o);
    }
}

UNIT_SUITE(owner)
{
    UNIT_TEST(what_is_forgotten_is_not_given_back);
    UNIT_TEST(things_are_given_back_by_phase_and_order);
    UNIT_TEST(children_come_before_parents_in_each_phase);
    UNIT_TEST(a_free_child_leaves_its_sisters);
    UNIT_TEST(one_that_was_handed_on_outlives_its_first_parent);
    UNIT_TEST(a_raise_puts_back_the_owner_of_its_frame);
    UNIT_TEST(a_commit_complains_of_all_but_locks);
    UNIT_TEST(what_was_never_noted_cannot_be_forgotten);
    UNIT_TEST(without_an_owner_nothing_is_taken);
    UNIT_TEST(a_release_may_forget_what_it_gives_back_too);
    UNIT_TEST(locks_go_to_the_parent_at_commit);
    UNIT_TEST(locks_of_what_is_undone_are_released);
    UNIT_TEST(many_are_kept_apart);
}
