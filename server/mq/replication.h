/* Cross-Region data replication: a pair of brokers, one of which is the replica. No answer of the
 * service was ever recorded: the smallest form that the model allows. */
#ifndef MQ_REPLICATION_H
#define MQ_REPLICATION_H

#include "api/call.h"
#include "store/brokers.h"

/* Whether `broker`, which is to be created, can be a replica of the broker with that ARN; its role
 * and counterpart are set. Answers and returns false otherwise. */
bool replication_check(struct call *call, struct slice primary_arn, struct broker *broker);

/* The primary learns of its new replica. RESULT_STORE, RESULT_NO_MEMORY. */
enum result replication_begin(struct store *store, const struct broker *replica,
                              struct arena *arena) MUST_CHECK;

/* After a reboot of the primary: both sides join or leave. */
enum result replication_apply(struct store *store, struct broker *broker,
                              struct arena *arena) MUST_CHECK;

/* UpdateBroker on a primary: with `end` a pair that was never applied ends at once, another with
 * the next reboot of the primary; without it, it goes on. */
enum result replication_plan(struct store *store, struct broker *primary, bool end,
                             struct arena *arena) MUST_CHECK;

/* After the rows of one account and region were replaced: each half of a pair there, or whose
 * counterpart is there, leaves the pair unless both halves still describe the same one. To be
 * called in the transaction that replaces the rows. RESULT_STORE, RESULT_NO_MEMORY. */
enum result replication_settle(struct store *store, struct slice account,
                               struct slice region) MUST_CHECK;

/* The roles of a pair change places at once. RESULT_NOT_FOUND where `broker` is no replica;
 * RESULT_STORE, RESULT_NO_MEMORY. */
enum result replication_switch(struct store *store, struct broker *broker,
                               struct arena *arena) MUST_CHECK;

#endif
