/*
 * lock_func.c - functions about locks: advisory ones, taken and given back; who is in whose way
 *
 * The key of an advisory lock is one bigint or two integers, which never meet: one function serves
 * both, by how many arguments it was given.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/fmgr/array_value.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/sysfunc/builtin.h"

static const ArrayElement int4_element = {.type = 23, .len = 4, .by_value = true, .align = 'i'};

/* ---- Advisory locks ---- */

typedef enum AdvisoryMode { ADVISORY_EXCLUSIVE, ADVISORY_SHARED } AdvisoryMode;

static LockTag tag_of(const FmgrCall *call)
{
    Oid database = atomic_load(&proc_self()->database);

    if (call->nargs == 1)
        return lock_tag_advisory(database, fmgr_i64(call, 0));
    return lock_tag_advisory_pair(database, fmgr_i32(call, 0), fmgr_i32(call, 1));
}

static Datum wait_for(const FmgrCall *call, AdvisoryMode mode, AdvisoryScope scope)
{
    LockTag tag = tag_of(call);

    lock_advisory(&tag, mode == ADVISORY_SHARED, scope);
    return 0;
}

static Datum try_to_take(const FmgrCall *call, AdvisoryMode mode, AdvisoryScope scope)
{
    LockTag tag = tag_of(call);

    return datum_of_bool(lock_advisory_try(&tag, mode == ADVISORY_SHARED, scope));
}

static Datum give_back(const FmgrCall *call, AdvisoryMode mode)
{
    LockTag tag = tag_of(call);

    return datum_of_bool(lock_advisory_unlock(&tag, mode == ADVISORY_SHARED));
}

Datum pg_advisory_lock(FmgrCall *call)
{
    return wait_for(call, ADVISORY_EXCLUSIVE, ADVISORY_SESSION);
}

Datum pg_advisory_lock_shared(FmgrCall *call)
{
    return wait_for(call, ADVISORY_SHARED, ADVISORY_SESSION);
}

Datum pg_advisory_xact_lock(FmgrCall *call)
{
    return wait_for(call, ADVISORY_EXCLUSIVE, ADVISORY_TRANSACTION);
}

Datum pg_advisory_xact_lock_shared(FmgrCall *call)
{
    return wait_for(call, ADVISORY_SHARED, ADVISORY_TRANSACTION);
}

Datum pg_try_advisory_lock(FmgrCall *call)
{
    return try_to_take(call, ADVISORY_EXCLUSIVE, ADVISORY_SESSION);
}

Datum pg_try_advisory_lock_shared(FmgrCall *call)
{
    return try_to_take(call, ADVISORY_SHARED, ADVISORY_SESSION);
}

Datum pg_try_advisory_xact_lock(FmgrCall *call)
{
    return try_to_take(call, ADVISORY_EXCLUSIVE, ADVISORY_TRANSACTION);
}

Datum pg_try_advisory_xact_lock_shared(FmgrCall *call)
{
    return try_to_take(call, ADVISORY_SHARED, ADVISORY_TRANSACTION);
}

Datum pg_advisory_unlock(FmgrCall *call)
{
    return give_back(call, ADVISORY_EXCLUSIVE);
}

Datum pg_advisory_unlock_shared(FmgrCall *call)
{
    return give_back(call, ADVISORY_SHARED);
}

Datum pg_advisory_unlock_all(FmgrCall *call UNUSED)
{
    lock_advisory_unlock_all();
    return 0;
}

/* ---- Who is in whose way ---- */

/* One and the same may be there more than once, 0 for prepared transactions. */
Datum pg_blocking_pids(FmgrCall *call)
{
    Array pids;
    Datum *values;
    size_t count = 0;

    lock_blockers(fmgr_i32(call, 0), &pids);
    values = mem_new_array(Datum, pids.count + 1);
    array_foreach(const int, pid, &pids)
        values[count++] = datum_of_i32(*pid);
    return datum_of_pointer(array_make_list(&int4_element, values, NULL, count));
}

Datum pg_isolation_test_session_is_blocked(FmgrCall *call)
{
    ArrayView array;
    Datum *values;
    bool *nulls;
    int *pids;

    array_open(fmgr_plain(call, 1), &array);
    array_take_apart(&array, &int4_element, &values, &nulls);
    pids = mem_new_array(int, array.count + 1);
    for (size_t i = 0; i < array.count; i++) {
        if (nulls[i])
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "array must not contain nulls");
        pids[i] = datum_i32(values[i]);
    }
    return datum_of_bool(lock_is_blocked_by(fmgr_i32(call, 0), pids, array.count));
}
