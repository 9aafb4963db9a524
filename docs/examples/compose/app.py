"""Makes a user of the demo broker and reboots the broker, then asks the control API what was sent."""

import json
import os
import urllib.request

import boto3

BROKER = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9"

mq = boto3.client("mq")
mq.create_user(BrokerId=BROKER, Username="app", Password="correct-horse-12")
mq.reboot_broker(BrokerId=BROKER)
with urllib.request.urlopen(os.environ["AMAZONMQ_LOCAL_URL"] + "/_local/requests") as answer:
    print([row["operation"] for row in json.load(answer)["requests"]])
