/* Brokers: reading, listing, rebooting and deleting them. */
#ifndef MQ_BROKERS_H
#define MQ_BROKERS_H

#include "api/call.h"

struct broker;
struct broker_head;
struct json_writer;

/* Sets call->broker. */
void brokers_set(struct call *call, const struct broker_head *broker);

/* The body of DescribeBroker, for the broker of call->broker. RESULT_STORE, RESULT_NO_MEMORY. */
enum result brokers_write(struct call *call, const struct broker *broker,
                          struct json_writer *writer) MUST_CHECK;

/* The broker the gate has found, all of it; false: answered with 500. */
bool brokers_find(struct call *call, struct broker *broker);

/* call_finish with the member brokerId. */
void brokers_finish(struct call *call, enum result result);

bool list_brokers_check(struct call *call);

void describe_broker(struct call *call);
void list_brokers(struct call *call);
void reboot_broker(struct call *call);
void delete_broker(struct call *call);

#endif
