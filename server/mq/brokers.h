/* Brokers: reading, listing, rebooting and deleting them. */
#ifndef MQ_BROKERS_H
#define MQ_BROKERS_H

#include "api/call.h"

struct broker;

/* The broker the gate has found, all of it; false: answered with 500. */
bool brokers_find(struct call *call, struct broker *broker);

/* Answers with one member and the id, or `{}` where `member` is NULL; 500 where a step failed. */
void brokers_answer(struct call *call, enum result result, const char *member, struct slice id);

bool list_brokers_check(struct call *call);

void describe_broker(struct call *call);
void list_brokers(struct call *call);
void reboot_broker(struct call *call);
void delete_broker(struct call *call);

#endif
