/* Slots of real brokers: the list of the option, which broker gets which, and what has to wait. */
#include "support.h"

#include "api/slots.h"
#include "base/log.h"

static struct slots slots;

static void read_list(const char *list)
{
    slots = (struct slots){.count = 0};
    assert_int_equal(slots_read(&slots, list), RESULT_OK);
}

static struct slot *assign(const char *id, enum engine engine, const char *version)
{
    return slots_assign(&slots, slice_of(id), engine, slice_of(version), 1000);
}

static void lists(void **state)
{
    (void)state;
    read_list("activemq,rabbitmq=3.13, ActiveMQ=5.18");
    assert_int_equal(slots.count, 3);
    assert_int_equal(slots.items[0].engine, ENGINE_ACTIVEMQ);
    assert_string_equal(slots.items[0].version, "");
    assert_int_equal(slots.items[1].engine, ENGINE_RABBITMQ);
    assert_string_equal(slots.items[1].version, "3.13");
    assert_string_equal(slots.items[2].version, "5.18");
    static const char *const wrong[] = {
        "",          ",",          "activemq,",    "kafka",
        "activemq=", "activemq=x", "activemq=5=1", "activemq=1234567890.1234567890.123"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(slots_read(&slots, wrong[i]), RESULT_INVALID);
}

static void without_slots(void **state)
{
    (void)state;
    assert_null(slots_find(NULL, SLICE("b-1")));
    assert_null(slots_assign(NULL, SLICE("b-1"), ENGINE_ACTIVEMQ, SLICE("5.18"), 0));
    assert_false(slots_hold(NULL, SLICE("b-1"), STATE_CREATION_IN_PROGRESS));
    const struct slot *slot = NULL;
    assert_null(slots_missing(NULL, &slot).data);
    slots_note(NULL, SLICE("b-1"));
    slots_restart(NULL, SLICE("b-1"));
}

/* The same version first, then none, then another; what will be free last. */
static void preferences(void **state)
{
    (void)state;
    read_list("activemq=5.16,activemq,activemq=5.18,rabbitmq,activemq=5.1");
    assert_ptr_equal(assign("b-1", ENGINE_ACTIVEMQ, "5.18"), &slots.items[2]);
    assert_ptr_equal(assign("b-2", ENGINE_ACTIVEMQ, "5.18"), &slots.items[1]);
    assert_ptr_equal(assign("b-3", ENGINE_ACTIVEMQ, "5.18"), &slots.items[0]);
    assert_ptr_equal(assign("b-4", ENGINE_RABBITMQ, "3.13"), &slots.items[3]);
    assert_ptr_equal(assign("b-5", ENGINE_ACTIVEMQ, "5.18"), &slots.items[4]);
    assert_null(assign("b-6", ENGINE_ACTIVEMQ, "5.18"));
    slots.items[0].state = SLOT_STOPPING;
    slots.items[2].state = SLOT_GONE;
    assert_ptr_equal(assign("b-7", ENGINE_ACTIVEMQ, "5.18"), &slots.items[2]);
    assert_string_equal(slots.items[2].broker_id, "b-1");
    assert_ptr_equal(slots_find(&slots, SLICE("b-7")), &slots.items[2]);
    assert_false(slot_is_current(&slots.items[2], SLICE("b-7")));
    assert_ptr_equal(assign("b-8", ENGINE_ACTIVEMQ, "5.18"), &slots.items[0]);
    assert_null(assign("b-9", ENGINE_ACTIVEMQ, "5.18"));
}

static void versions(void **state)
{
    (void)state;
    assert_true(slots_same_line(SLICE("5.18"), SLICE("5.18.3")));
    assert_true(slots_same_line(SLICE("3.13.7"), SLICE("3.13")));
    assert_true(slots_same_line(SLICE("3"), SLICE("3.13")));
    assert_false(slots_same_line(SLICE("5.1"), SLICE("5.18")));
    assert_false(slots_same_line(SLICE("5.18.3"), SLICE("5.18.4")));
}

static void holds(void **state)
{
    (void)state;
    /* In the order of enum slot_state from ASSIGNED on. */
    static const struct {
        enum broker_state state;
        bool restarted, overdue, held[5];
    } rows[] = {
        {STATE_CREATION_IN_PROGRESS, false, false, {true, true, false, true, true}},
        {STATE_REBOOT_IN_PROGRESS, false, false, {true, true, true, true, true}},
        {STATE_REBOOT_IN_PROGRESS, true, false, {true, true, false, true, true}},
        {STATE_DELETION_IN_PROGRESS, false, false, {true, true, true, true, false}},
        {STATE_DELETION_IN_PROGRESS, false, true, {true, true, true, false, false}},
        {STATE_RUNNING, false, false, {false, false, false, false, false}},
    };
    read_list("activemq");
    struct slot *slot = assign("b-1", ENGINE_ACTIVEMQ, "5.18");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int j = 0; j < 5; j++) {
            slot->state = (enum slot_state)(SLOT_ASSIGNED + j);
            slot->restarted = rows[i].restarted;
            slot->overdue = rows[i].overdue;
            assert_int_equal(slots_hold(&slots, SLICE("b-1"), rows[i].state), rows[i].held[j]);
        }
    /* Who waits for the slot: all but its deletion. */
    slot->state = SLOT_STOPPING;
    assert_non_null(assign("b-2", ENGINE_ACTIVEMQ, "5.18"));
    assert_true(slots_hold(&slots, SLICE("b-2"), STATE_CREATION_IN_PROGRESS));
    assert_true(slots_hold(&slots, SLICE("b-2"), STATE_REBOOT_IN_PROGRESS));
    assert_false(slots_hold(&slots, SLICE("b-2"), STATE_DELETION_IN_PROGRESS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),    cmocka_unit_test(without_slots), cmocka_unit_test(preferences),
        cmocka_unit_test(versions), cmocka_unit_test(holds),
    };
    log_init(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
