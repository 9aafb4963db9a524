/* What the lists of the page and the processes of real brokers cost. */
#ifndef TESTS_UNIT_COSTS_OF_LISTS_H
#define TESTS_UNIT_COSTS_OF_LISTS_H

#include "costs.h"

#include "mq/lifecycle.h"
#include "store/users.h"

/* Lists that are sorted or filtered look at all brokers, of which there are some 420. */
static inline void the_page_is_shown(struct costs *costs)
{
    enum { BROKERS = 500 };
    hold(costs, 200, BROKERS, "GET", "/_local/worlds", "");
    hold(costs, 200, BROKERS, "GET", "/_local/brokers?limit=5", "");
    hold(costs, 200, BROKERS, "GET", "/_local/brokers?limit=5&sort=name", "");
    hold(costs, 200, BROKERS, "GET",
         "/_local/brokers?limit=5&account=123456789012&region=us-east-1", "");
    hold(costs, 200, 20, "GET", "/_local/brokers/b-001", "");
    hold(costs, 200, 20, "GET", "/_local/configurations/c-001", "");
    hold(costs, 200, 20, "GET", "/_local/configurations/c-001?revision=1", "");
}

/* What the processes of real brokers are made of. */
static inline void processes_are_ordered(struct costs *costs)
{
    struct store *store = costs->world.store;
    struct arena arena;
    struct broker *brokers = NULL;
    struct user_login *logins = NULL;
    size_t count = 0;
    arena_init(&arena, 1 << 20);
    assert_int_equal(broker_first_in_use(store, ENGINE_ACTIVEMQ, 10, &arena, &brokers, &count),
                     RESULT_OK);
    assert_int_equal(count, 10);
    for (int planned = 0; planned < 2; planned++)
        assert_int_equal(user_list_logins(store, SLICE("b-002"), planned, &arena, &logins, &count),
                         RESULT_OK);
    check(costs, "the first brokers are looked for", 20);
    world_ask(&costs->world, "UPDATE broker SET state_due_ms = 9223372036854775807"
                             " WHERE id = 'b-150'");
    forget(costs);
    arena_close(&arena);
    assert_int_equal(lifecycle_resume(store), RESULT_OK);
    check(costs, "processes are ordered", 20);
}

#endif
