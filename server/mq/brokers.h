/* Brokers: reading, listing and rebooting them. */
#ifndef MQ_BROKERS_H
#define MQ_BROKERS_H

#include "api/call.h"

bool list_brokers_check(struct call *call);

void describe_broker(struct call *call);
void list_brokers(struct call *call);
void reboot_broker(struct call *call);

#endif
