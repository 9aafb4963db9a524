#include "brokers/reports.h"

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

static void log_report(const struct slots *slots, const struct slot *slot, const char *event)
{
    if (!log_begin(LOG_INFO, event))
        return;
    log_number("slot", slots_number(slots, slot));
    log_string("broker", slot->broker_id);
    if (slot->real_version[0])
        log_string("version", slot->real_version);
    log_end();
}

static void hear_version(struct slot *slot, struct slice version)
{
    if (!slots_is_version(version) || slice_equal(version, slice_of(slot->real_version)))
        return;
    text_copy(slot->real_version, sizeof slot->real_version, version);
    slot->version_heard = true;
    slot->version_compared = false;
}

static enum result hear_up(struct processes *processes, struct slot *slot)
{
    if (directory_note_up(&processes->directory, slots_number(&processes->slots, slot), slot))
        return RESULT_SYSTEM;
    slot->state = SLOT_UP;
    slot->has_been_up = true;
    slot->overdue = false;
    log_report(&processes->slots, slot, "broker-process-up");
    return RESULT_OK;
}

/* Also of a broker that has lost its slot: then another may have a process of it, too, and the
 * order decides. */
static struct slot *find_process(struct slots *slots, const struct report *report)
{
    struct slot *found = NULL;
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->items[i];
        if (slice_equal(slice_of(slot->broker_id), report->broker_id) &&
            (!found || slot->generation == report->generation))
            found = slot;
    }
    return found;
}

enum result processes_report(struct processes *processes, const struct report *report,
                             int64_t now_ms)
{
    struct slots *slots = &processes->slots;
    struct slot *slot = find_process(slots, report);
    enum result result = RESULT_OK;
    if (!slot)
        return RESULT_NOT_FOUND;
    bool stops = slot->state == SLOT_STOPPING;
    bool runs = slot->state == SLOT_STARTING || slot->state == SLOT_UP;
    if (report->generation != slot->generation ||
        !crypto_equal(report->secret, slice_of(slot->secret)) ||
        !(report->state == REPORT_GONE ? stops : runs))
        return RESULT_CONFLICT;
    hear_version(slot, report->version);
    switch (report->state) {
    case REPORT_STARTING:
        break;
    case REPORT_UP:
        slot->version_heard = false; /* it could start with these files */
        result = hear_up(processes, slot);
        break;
    case REPORT_ENDED:
        if (slot->state == SLOT_UP)
            slot->since_ms = now_ms; /* one that never comes up has the time of its order */
        slot->state = SLOT_STARTING;
        slot->restarts++;
        log_report(slots, slot, "broker-process-ended");
        break;
    case REPORT_GONE:
        directory_clear(&processes->directory, slots_number(slots, slot));
        slot->state = SLOT_GONE;
        log_report(slots, slot, "broker-process-gone");
    }
    slots->changed = true;
    return result;
}
