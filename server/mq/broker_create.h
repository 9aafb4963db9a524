/* CreateBroker. */
#ifndef MQ_BROKER_CREATE_H
#define MQ_BROKER_CREATE_H

#include "mq/broker_input.h"

bool create_broker_check(struct call *call);
void create_broker(struct call *call);

#endif
