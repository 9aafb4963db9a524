#include "mq/network.h"

#include "mq/catalogue.h"
#include "store/vpcs.h"

enum { SUBNETS_MAX = 100 };

size_t network_subnets(const struct broker *broker)
{
    if (broker->deployment_mode == DEPLOYMENT_CLUSTER_MULTI_AZ)
        return broker->publicly_accessible ? 0 : CATALOGUE_ZONES;
    return broker->deployment_mode == DEPLOYMENT_ACTIVE_STANDBY_MULTI_AZ ? 2 : 1;
}

size_t network_security_groups(const struct broker *broker)
{
    return broker->engine == ENGINE_RABBITMQ && broker->publicly_accessible ? 0 : 1;
}

/* One broker against the VPCs of its world. */
struct network {
    struct call *call;
    const struct broker *broker;
    struct vpc world; /* its default VPC, or any where none is */
    struct vpc vpc;   /* the broker's; its id is absent while nothing decides on one */
};

static bool fail(struct network *network, enum result result)
{
    call_fail_internal(network->call, result);
    return false;
}

/* False with *checked set: the world has no VPC, so there is nothing to check. */
static bool begin(struct network *network, bool *checked)
{
    enum result result = vpc_find(network->call->store, network->broker->account,
                                  network->broker->region, network->call->scratch, &network->world);
    *checked = result == RESULT_NOT_FOUND;
    if (result && !*checked)
        return fail(network, result);
    return !result;
}

/* The VPC of an id; answers `unknown` where there is none. */
static bool find(struct network *network, vpc_finder *finder, struct slice id,
                 enum error_id unknown, struct vpc *vpc)
{
    enum result result = finder(network->call->store, network->broker->account,
                                network->broker->region, id, network->call->scratch, vpc);
    if (result == RESULT_NOT_FOUND)
        call_fail(network->call, unknown, id);
    else if (result)
        call_fail_internal(network->call, result);
    return !result;
}

/* All of them are known, and in one VPC, which becomes the broker's. */
static bool check_subnets(struct network *network, const struct strings *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct vpc vpc;
        if (!find(network, vpc_of_subnet, ids->items[i], ERROR_SUBNET_UNKNOWN, &vpc))
            return false;
        if (i > 0 && !slice_equal(vpc.id, network->vpc.id)) {
            call_fail(network->call, ERROR_SUBNET_VPCS);
            return false;
        }
        network->vpc = vpc;
    }
    return true;
}

/* What is left out is of the default VPC, and so must be what is given beside it. */
static bool check_default(struct network *network)
{
    if (!network->world.is_default)
        call_fail(network->call, ERROR_DEFAULT_VPC);
    else if (network->vpc.id.data && !slice_equal(network->vpc.id, network->world.id))
        call_fail(network->call, ERROR_SUBNET_DEFAULT_VPC);
    network->vpc = network->world;
    return !network->call->failed;
}

/* All of them are known, and in the broker's VPC. */
static bool check_security_groups(struct network *network, const struct strings *ids, bool alone)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct vpc vpc;
        if (!find(network, vpc_of_security_group, ids->items[i], ERROR_SECURITY_GROUP_UNKNOWN,
                  &vpc))
            return false;
        if (!network->vpc.id.data || slice_equal(vpc.id, network->vpc.id))
            continue;
        if (alone)
            call_fail(network->call, ERROR_SECURITY_GROUP_DEFAULT_VPC);
        else
            call_fail(network->call, ERROR_SECURITY_GROUP_VPC, ids->items[i], network->vpc.id);
        return false;
    }
    return true;
}

static bool check_gateway(struct network *network)
{
    if (network->broker->publicly_accessible && network->vpc.id.data &&
        !network->vpc.has_internet_gateway)
        call_fail(network->call, ERROR_INTERNET_GATEWAY);
    return !network->call->failed;
}

/* The first ones of the default VPC, for a cluster all. Of a VPC that has no rows the ids stay
 * generated ones. */
static bool choose_subnets(struct network *network, struct broker *broker)
{
    struct call *call = network->call;
    bool cluster = broker->deployment_mode == DEPLOYMENT_CLUSTER_MULTI_AZ;
    size_t wanted = network_subnets(broker);
    struct strings ids = {.present = true};
    enum result result =
        vpc_subnets(call->store, network->vpc.id, cluster ? SUBNETS_MAX : (int64_t)wanted,
                    call->scratch, &ids.items, &ids.count);
    if (!result && ids.count > 0 && ids.count < wanted && !cluster) {
        call_fail(call, ERROR_DEFAULT_SUBNETS, network->vpc.id, call_number(call, (int64_t)wanted));
        return false;
    }
    if (!result && ids.count > 0)
        result = input_encode_strings(call, &ids, &broker->subnet_ids);
    return result ? fail(network, result) : true;
}

static bool choose_security_group(struct network *network, struct broker *broker)
{
    struct call *call = network->call;
    struct slice id;
    struct strings ids = {true, 1, &id};
    enum result result = vpc_security_group(call->store, network->vpc.id, call->scratch, &id);
    if (result == RESULT_NOT_FOUND)
        return true;
    if (!result)
        result = input_encode_strings(call, &ids, &broker->security_groups);
    return result ? fail(network, result) : true;
}

bool network_check_created(struct call *call, const struct broker_input *input,
                           struct broker *broker)
{
    struct network network = {.call = call, .broker = broker};
    bool lacks_subnets = input->subnet_ids.count == 0 && network_subnets(broker) > 0;
    bool lacks_groups = input->security_groups.count == 0 && network_security_groups(broker) > 0;
    bool checked = false;
    if (!begin(&network, &checked))
        return checked;
    return check_subnets(&network, &input->subnet_ids) &&
           (!(lacks_subnets || lacks_groups) || check_default(&network)) &&
           check_security_groups(&network, &input->security_groups, lacks_subnets) &&
           check_gateway(&network) && (!lacks_subnets || choose_subnets(&network, broker)) &&
           (!lacks_groups || choose_security_group(&network, broker));
}

/* A fixture may be in subnets that nobody knows: then any VPC will do. */
bool network_check_changed(struct call *call, const struct broker *broker,
                           const struct strings *security_groups)
{
    struct network network = {.call = call, .broker = broker};
    struct slice list = broker->subnet_ids, subnet;
    bool checked = false;
    if (!begin(&network, &checked))
        return checked;
    if (catalogue_take_string(&list, &subnet)) {
        enum result result = vpc_of_subnet(call->store, broker->account, broker->region, subnet,
                                           call->scratch, &network.vpc);
        if (result && result != RESULT_NOT_FOUND)
            return fail(&network, result);
    }
    return check_security_groups(&network, security_groups, false);
}
