/* The heads of the brokers that were looked up last, since every call on a broker needs one. What
 * may change them forgets all: a change of the table, a rollback, another content of the store. */
#ifndef STORE_BROKER_HEADS_H
#define STORE_BROKER_HEADS_H

#include "store/brokers.h"

struct broker_heads;

/* NULL without memory: the functions below accept that. */
struct broker_heads *broker_heads_new(void);
void broker_heads_free(struct broker_heads *heads);

/* RESULT_NOT_FOUND if the head is not known; RESULT_NO_MEMORY. Texts are copied into `arena`. */
enum result broker_heads_find(const struct broker_heads *heads, struct slice id,
                              struct arena *arena, struct broker_head *head) MUST_CHECK;

void broker_heads_keep(struct broker_heads *heads, const struct broker_head *head);

void broker_heads_forget(struct broker_heads *heads);

#endif
