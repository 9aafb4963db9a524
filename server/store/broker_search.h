/* Lists of brokers of all accounts and regions: the control API. */
#ifndef STORE_BROKER_SEARCH_H
#define STORE_BROKER_SEARCH_H

#include "store/store.h"

/* Absent members select all. All functions: RESULT_STORE, RESULT_NO_MEMORY. */
enum broker_order { ORDER_ID, ORDER_NAME, ORDER_STATE, ORDER_CREATED };
struct broker_filter {
    struct slice account, region;
    struct slice text;  /* part of the name, id, state or engine, in any case of ASCII letters */
    struct slice after; /* an id */
    enum broker_order order; /* ORDER_CREATED: the newest first */
    int64_t skip, limit;
};

/* Their ids. Looks at no row but those of the result if account and region are given or absent, and
 * there is neither a text nor another order; else at every broker. */
enum result broker_search(struct store *store, const struct broker_filter *filter,
                          struct arena *arena, struct slice **ids, size_t *count) MUST_CHECK;

/* The number of brokers that the filter selects; skip and limit do not count. */
enum result broker_search_count(struct store *store, const struct broker_filter *filter,
                                int64_t *count) MUST_CHECK;

/* Accounts and regions that have brokers. */
struct broker_world {
    struct slice account, region;
    int64_t brokers;
};
enum result broker_worlds(struct store *store, struct arena *arena, struct broker_world **worlds,
                          size_t *count) MUST_CHECK;

#endif
