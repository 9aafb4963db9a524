"""CreateUser by boto3, in a process of the environment that has it: URL BROKER PREFIX COUNT prints the milliseconds of each."""

import json
import sys
import time

import boto3


def main(url, broker, prefix, count):
    mq = boto3.client("mq", endpoint_url=url, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
    mq.list_brokers()
    times = []
    for number in range(int(count)):
        begin = time.perf_counter()
        mq.create_user(BrokerId=broker, Username=f"{prefix}-{number}", Password="correct-horse-12", Groups=["admins"])
        times.append((time.perf_counter() - begin) * 1000)
    print(json.dumps(times))


main(*sys.argv[1:])
