/* UpdateBroker. */
#ifndef MQ_BROKER_UPDATE_H
#define MQ_BROKER_UPDATE_H

#include "mq/broker_input.h"

bool update_broker_check(struct call *call);
void update_broker(struct call *call);

#endif
