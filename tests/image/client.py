"""Speaks to the server from inside a container's network; prints its answer as one JSON document.

client.py http METHOD PATH [BODY]     {"status": …, "body": …}
client.py boto3 BROKER                lists the brokers, gives BROKER a user and describes it

$PORT is the server's, 8267 by default.
"""

import http.client
import json
import os
import sys

HOST, PORT = "127.0.0.1", int(os.environ.get("PORT", "8267"))


def call(method, path, body=None):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=10)
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    response = connection.getresponse()
    return {"status": response.status, "body": json.loads(response.read())}


def use_boto3(broker):
    import boto3

    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1",
                      AWS_ENDPOINT_URL_MQ=f"http://{HOST}:{PORT}")
    client = boto3.client("mq")
    names = [row["BrokerName"] for row in client.list_brokers()["BrokerSummaries"]]
    client.create_user(BrokerId=broker, Username="visitor", Password="visitor-password-1", Groups=["guests"])
    user = client.describe_user(BrokerId=broker, Username="visitor")
    return {"brokers": names, "pending": user["Pending"]}


if __name__ == "__main__":
    how, *words = sys.argv[1:]
    print(json.dumps({"http": call, "boto3": use_boto3}[how](*words)))
