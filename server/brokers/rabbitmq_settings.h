/* The settings of a configuration of the service in terms of a stock RabbitMQ. */
#ifndef BROKERS_RABBITMQ_SETTINGS_H
#define BROKERS_RABBITMQ_SETTINGS_H

#include "brokers/maker.h"

/* Appends the lines of the plan's configuration that the release knows, and notes what is left out.
 * *plugins: those that the lines need, for rabbitmq_append_plugins. */
void rabbitmq_append_settings(struct maker *maker, unsigned release, unsigned *plugins);

/* Appends the names of the plugins, each with a comma before it. */
void rabbitmq_append_plugins(struct buffer *text, unsigned plugins);

#endif
