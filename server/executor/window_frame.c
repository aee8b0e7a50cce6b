/*
 * window_frame.c - which rows are the frame of the current one
 *
 * The ends of a frame move forward only as the current row does, but for what EXCLUDE leaves out;
 * so those that are found by comparing go on from where they were.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/window_int.h"

static bool are_peers(WindowNode *w, int64_t a, int64_t b)
{
    Slot *left, *right;
    bool is_same = true;

    if (w->order_equal == NULL)
        return true;
    left = window_row(w, &w->peer_reader, a);
    right = window_row(w, &w->other_reader, b);
    MEM_SCOPE(w->args->row_mem) {
        is_same = row_equal_test(w->order_equal, left, right);
    }
    return is_same;
}

int64_t window_group_end(WindowNode *w)
{
    if (w->group_end >= 0)
        return w->group_end;
    if (w->order_equal == NULL)
        return w->group_end = window_row_count(w);
    w->group_end = w->current + 1;
    while (window_has_row(w, w->group_end) && are_peers(w, w->current, w->group_end))
        w->group_end++;
    return w->group_end;
}

/* ---- GROUPS ---- */

static void find_groups(WindowNode *w)
{
    int64_t count = window_row_count(w);

    array_clear(&w->group_starts);
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || !are_peers(w, i - 1, i))
            *(int64_t *)array_push(&w->group_starts) = i;
    }
    w->has_groups = true;
}

/* The first row of a group; those before the first and behind the last one are at the ends. */
static int64_t start_of_group(WindowNode *w, int64_t number)
{
    if (!w->has_groups)
        find_groups(w);
    if (number < 0)
        return 0;
    if ((uint64_t)number >= w->group_starts.count)
        return w->count;
    return *(int64_t *)array_at(&w->group_starts, (size_t)number);
}

/* ---- RANGE ---- */

static Datum order_value(const WindowNode *w, Slot *row, bool *is_null)
{
    const GroupKey *key = list_at(w->plan->order_by, 0);

    return slot_get(row, key->column, is_null);
}

/* Is the value on the near side of the current row's, moved by the offset? */
static bool is_in_range(WindowNode *w, FmgrCall *call, Datum value, Datum base, Datum offset,
                        bool is_sub, bool is_less)
{
    bool is_in = false;

    call->args[0] = (NullableDatum){.value = value};
    call->args[1] = (NullableDatum){.value = base};
    call->args[2] = (NullableDatum){.value = offset};
    call->args[3] = (NullableDatum){.value = datum_of_bool(is_sub)};
    call->args[4] = (NullableDatum){.value = datum_of_bool(is_less)};
    MEM_SCOPE(w->args->row_mem) {
        is_in = datum_bool(fmgr_invoke(call));
    }
    return is_in;
}

/*
 * The first row that is at or behind the moved value (is_end: that is behind it). NULLs stand at
 * one end of the order and are equal to each other, whatever the offset.
 */
static int64_t find_in_range(WindowNode *w, bool is_end, bool is_preceding)
{
    const WindowAgg *plan = w->plan;
    bool is_ascending = plan->is_range_ascending, nulls_first = plan->is_range_nulls_first;
    bool is_sub = is_preceding == is_ascending, is_less = is_end == is_ascending;
    FmgrCall *call = is_end ? w->end_range : w->start_range;
    Datum offset = is_end ? w->end.value : w->start.value;
    int64_t *from = is_end ? &w->range_end : &w->range_start, at = *from;

    for (; window_has_row(w, at); at++) {
        bool row_null, current_null, is_before;
        Datum value = order_value(w, window_row(w, &w->frame_reader, at), &row_null);
        Datum base = order_value(w, window_row(w, &w->current_reader, w->current), &current_null);

        if (row_null || current_null) {
            if (row_null && current_null)
                is_before = is_end;
            else
                is_before = row_null == nulls_first;
        } else {
            bool is_in = is_in_range(w, call, value, base, offset, is_sub, is_less);

            is_before = is_end ? is_in : !is_in;
        }
        if (!is_before)
            break;
    }
    *from = at;
    return at;
}

/* ---- The frame ---- */

static int64_t at_most_end(WindowNode *w, int64_t at)
{
    if (at < 0)
        return 0;
    return window_has_row(w, at - 1) || at == 0 ? at : window_row_count(w);
}

/* Never beyond what an int64 holds. */
static int64_t moved(int64_t from, int64_t by, bool is_back)
{
    int64_t to;

    if (is_back)
        return from - by;
    return __builtin_add_overflow(from, by, &to) ? INT64_MAX : to;
}

static int64_t find_start(WindowNode *w)
{
    int frame = w->plan->frame;
    bool is_back = (frame & FRAME_START_OFFSET_PRECEDING) != 0;

    if ((frame & FRAME_START_UNBOUNDED_PRECEDING) != 0)
        return 0;
    if ((frame & FRAME_START_CURRENT_ROW) != 0)
        return (frame & FRAME_ROWS) != 0 ? w->current : w->group_start;
    if ((frame & FRAME_ROWS) != 0)
        return at_most_end(w, moved(w->current, datum_i64(w->start.value), is_back));
    if ((frame & FRAME_GROUPS) != 0)
        return start_of_group(w, moved(w->group_number, datum_i64(w->start.value), is_back));
    return find_in_range(w, false, is_back);
}

static int64_t find_end(WindowNode *w)
{
    int frame = w->plan->frame;
    bool is_back = (frame & FRAME_END_OFFSET_PRECEDING) != 0;

    if ((frame & FRAME_END_UNBOUNDED_FOLLOWING) != 0)
        return window_row_count(w);
    if ((frame & FRAME_END_CURRENT_ROW) != 0)
        return (frame & FRAME_ROWS) != 0 ? w->current + 1 : window_group_end(w);
    if ((frame & FRAME_ROWS) != 0)
        return at_most_end(w, moved(moved(w->current, datum_i64(w->end.value), is_back), 1, false));
    if ((frame & FRAME_GROUPS) != 0)
        return start_of_group(
            w, moved(moved(w->group_number, datum_i64(w->end.value), is_back), 1, false));
    return find_in_range(w, true, is_back);
}

int64_t window_frame_start(WindowNode *w)
{
    if (w->frame_start < 0)
        w->frame_start = find_start(w);
    return w->frame_start;
}

int64_t window_frame_end(WindowNode *w)
{
    if (w->frame_end < 0)
        w->frame_end = find_end(w);
    return w->frame_end;
}

bool window_is_excluded(WindowNode *w, int64_t at)
{
    int frame = w->plan->frame;

    if ((frame & FRAME_EXCLUDE_CURRENT_ROW) != 0)
        return at == w->current;
    if ((frame & FRAME_EXCLUDE_GROUP) != 0)
        return at >= w->group_start && at < window_group_end(w);
    if ((frame & FRAME_EXCLUDE_TIES) != 0)
        return at != w->current && at >= w->group_start && at < window_group_end(w);
    return false;
}
