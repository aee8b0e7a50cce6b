/*
 * pause.h - what recovery waits for beside the log, and what each of its waits has to look after
 */
#ifndef RECOVERY_PAUSE_H
#define RECOVERY_PAUSE_H

#include "common/base/base.h"

#include "common/walrec/effects.h"
#include "common/walrec/reader.h"

/* Take part in what is asked of the process: settings, an end of the server. */
void recovery_look_after(void);

/* Has a promotion been asked for? Looks, and says so once. */
bool recovery_check_promotion(void);

/* Wait for a while, or until woken; true: a promotion was asked for, which ends all pauses. */
bool recovery_wait_paused(void);
void recovery_pause_here(bool is_at_end);
void recovery_delay(const WalRecord *record, const WalEffect *effect);

#endif
