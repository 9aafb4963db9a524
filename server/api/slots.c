#include "api/slots.h"

#include "base/log.h"
#include "base/text.h"

bool slots_is_version(struct slice text)
{
    struct slice rest = text;
    if (text.len == 0 || text.len >= SLOT_VERSION)
        return false;
    while (rest.data) {
        struct slice part = text_take(&rest, '.');
        if (part.len == 0 || !text_has_only(part, TEXT_DIGITS))
            return false;
    }
    return true;
}

enum result slots_read(struct slots *slots, const char *list)
{
    struct slice rest = slice_of(list);
    slots->count = 0;
    while (rest.data) {
        struct slice version = text_trim(text_take(&rest, ','));
        bool is_named = version.data && memchr(version.data, '=', version.len);
        struct slice name = text_take(&version, '=');
        struct slot slot = {.engine = term_find(&engine_terms, name)};
        if (!slot.engine || slots->count == SLOTS_MAX || (is_named && !slots_is_version(version)))
            return RESULT_INVALID;
        if (is_named)
            text_copy(slot.version, sizeof slot.version, version);
        slots->items[slots->count++] = slot;
    }
    return RESULT_OK;
}

struct slot *slots_find(struct slots *slots, struct slice broker_id)
{
    for (size_t i = 0; slots && i < slots->count; i++) {
        struct slot *slot = &slots->items[i];
        if (slot_is_current(slot, broker_id) || slice_equal(slice_of(slot->next_id), broker_id))
            return slot;
    }
    return NULL;
}

int slots_number(const struct slots *slots, const struct slot *slot)
{
    return (int)(slot - slots->items);
}

int64_t slots_revision(const struct slots *slots)
{
    int64_t revision = 0;
    for (size_t i = 0; slots && i < slots->count; i++) {
        const struct slot *slot = &slots->items[i];
        revision = revision * 31 % 1000003 + (int64_t)slot->state + (slot->overdue ? 8 : 0) +
                   16 * (slot->generation % 1000) + 20000 * (slot->restarts % 1000);
    }
    return revision;
}

bool slots_same_line(struct slice version, struct slice other)
{
    bool is_shorter = version.len < other.len;
    struct slice shorter = is_shorter ? version : other, longer = is_shorter ? other : version;
    return slice_starts_with(longer, shorter) &&
           (longer.len == shorter.len || longer.data[shorter.len] == '.');
}

/* The lower the better; 0: it cannot be given to such a broker. */
static int rate(const struct slot *slot, enum engine engine, struct slice version)
{
    bool will_be_free = slot->state == SLOT_STOPPING || slot->state == SLOT_GONE;
    struct slice named = slice_of(slot->version);
    if (slot->engine != engine || slot->next_id[0] || (slot->state != SLOT_FREE && !will_be_free))
        return 0;
    int rank = named.len == 0 ? 2 : slots_same_line(named, version) ? 1 : 3;
    return will_be_free ? rank + 3 : rank;
}

static void slot_queue(struct slot *slot, int64_t monotonic_ms)
{
    slot->next_since_ms = monotonic_ms;
    slot->next_is_shown_running = slot->next_is_overdue = false;
}

struct slot *slots_assign(struct slots *slots, struct slice broker_id, enum engine engine,
                          struct slice version, int64_t monotonic_ms)
{
    struct slot *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; slots && i < slots->count; i++) {
        int rank = rate(&slots->items[i], engine, version);
        if (rank == 0 || (best && rank >= best_rank))
            continue;
        best = &slots->items[i];
        best_rank = rank;
    }
    if (slots && !best && log_begin(LOG_WARN, "broker-without-slot")) {
        log_text("broker", broker_id);
        log_text("engine", term_text(&engine_terms, engine));
        log_string("effect", "its endpoints do not exist");
        log_end();
    }
    if (!best || broker_id.len >= SLOT_ID)
        return NULL;
    bool is_free = best->state == SLOT_FREE;
    text_copy(is_free ? best->broker_id : best->next_id, SLOT_ID, broker_id);
    if (is_free)
        slot_begin(best, monotonic_ms);
    else
        slot_queue(best, monotonic_ms);
    slots->changed = true;
    return best;
}

void slot_begin(struct slot *slot, int64_t monotonic_ms)
{
    slot->state = SLOT_ASSIGNED;
    slot->since_ms = monotonic_ms;
    slot->has_been_up = slot->restarted = slot->overdue = false;
    slot->version_heard = slot->version_compared = slot->is_lost = false;
    slot->restarts = 0;
    slot->real_version[0] = '\0';
}

bool slot_is_current(const struct slot *slot, struct slice broker_id)
{
    return !slot->is_lost && slice_equal(slice_of(slot->broker_id), broker_id);
}

bool slots_hold(struct slots *slots, struct slice broker_id, enum broker_state state)
{
    const struct slot *slot = slots_find(slots, broker_id);
    if (!slot)
        return false;
    bool is_up = slot_is_current(slot, broker_id) && slot->state == SLOT_UP;
    if (state == STATE_CREATION_IN_PROGRESS)
        return !is_up;
    if (state == STATE_REBOOT_IN_PROGRESS)
        return !is_up || !slot->restarted;
    return state == STATE_DELETION_IN_PROGRESS && slot_is_current(slot, broker_id) &&
           slot->state != SLOT_GONE && !(slot->state == SLOT_STOPPING && slot->overdue);
}

void slots_restart(struct slots *slots, struct slice broker_id)
{
    struct slot *slot = slots_find(slots, broker_id);
    if (!slot)
        return;
    slot->restarted = false;
    slots->changed = true;
}

void slots_note(struct slots *slots, struct slice broker_id)
{
    if (slots_find(slots, broker_id))
        slots->changed = true;
}

struct slice slots_missing(const struct slots *slots, const struct slot **slot)
{
    for (size_t i = 0; slots && i < slots->count; i++) {
        *slot = &slots->items[i];
        if ((*slot)->is_shown_running && !(*slot)->has_been_up)
            return slice_of((*slot)->broker_id);
        if ((*slot)->next_id[0] && (*slot)->next_is_shown_running)
            return slice_of((*slot)->next_id);
    }
    return (struct slice){NULL, 0};
}
