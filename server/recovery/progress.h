/*
 * progress.h - what the startup process tells all others of recovery, as its rooms note it
 *
 * What others read of it is in recovery.h.
 */
#ifndef RECOVERY_PROGRESS_H
#define RECOVERY_PROGRESS_H

#include "common/base/base.h"

#include "common/format/checkpoint.h"
#include "common/walrec/reader.h"
#include "server/recovery/recovery.h"

TimelineId recovery_previous_timeline(void); /* that recovery left for the one that begins */
void recovery_set_state(RecoveryState state);
void recovery_set_takes_queries(bool takes_queries);
void recovery_set_previous_timeline(TimelineId tli);
void recovery_note_begin(Lsn redo, TimelineId tli);
void recovery_note_applying(const WalRecord *record, TimelineId tli);
void recovery_note_applied(const WalRecord *record, TimelineId tli);
void recovery_note_xact_time(PgTime time);
void recovery_note_chunk_time(PgTime time);
void recovery_note_consistent(void);
void recovery_note_images_off(Lsn lsn);
void recovery_note_replaced_file(void);

/* One that a restart can begin with. */
void recovery_note_checkpoint(const WalRecord *record, const Checkpoint *checkpoint);
void recovery_begin_min(Lsn min);
void recovery_reread_min(void);
void recovery_advance_min_to_now(void); /* as far as what is being applied */
void recovery_confirm_pause(void);
void recovery_note_promoted(void);

#endif
