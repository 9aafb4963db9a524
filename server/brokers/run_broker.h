/* The script run-broker, embedded by the Makefile. */
#ifndef BROKERS_RUN_BROKER_H
#define BROKERS_RUN_BROKER_H

#include <stddef.h>

extern const unsigned char run_broker[];
extern const size_t run_broker_len;

#endif
