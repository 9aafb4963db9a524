"""Clients of real brokers: each logs in, sends a text to a queue or topic and returns what it receives from there.

    exchange("stomp+ssl://localhost:61614", "admin", "password", "tls/ca.pem")  # "hello"

All verify the certificate with `ca` (a PEM file) and the host name. `Refused`: the broker answered and does not let this
user in. Any other failure, such as a broker that cannot be reached or is not trusted, is an OSError.
requirements.txt has the libraries; OpenWire needs a JDK and the jars of ActiveMQ.
"""

import atexit
import base64
import contextlib
import functools
import glob
import os
import queue
import shutil
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))

# Seconds: ends a hang only.
LIMIT_S = float(os.environ.get("AMAZONMQ_LOCAL_TEST_DEADLINE", "60"))


class Refused(Exception):
    """The broker does not let this user in; the message is the broker's."""


class Failed(OSError):
    """No login was tried, or the broker did something else than it should."""


def context(ca):
    """TLS that trusts this CA only and verifies the host name."""
    return ssl.create_default_context(cafile=ca)


def address(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def fresh(name):
    """A queue or topic that no other call uses."""
    return name or f"test.{uuid.uuid4()}"


# --- STOMP, over TLS and over WebSocket ---------------------------------------------------------------------------

def escape(value):
    """A header's value in STOMP 1.2, except in CONNECT, where nothing is escaped."""
    return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace(":", "\\c")


def frame(command, body="", **headers):
    lines = [command]
    for name, value in headers.items():
        lines.append(f"{name.replace('_', '-')}:{value if command == 'CONNECT' else escape(value)}")
    return "\n".join(lines) + "\n\n" + body + "\0"


def parse(text):
    """(command, headers as text, body)"""
    head, _, body = text.lstrip("\n").partition("\n\n")
    command, _, headers = head.partition("\n")
    return command, headers, body


def stomp_exchange(send, receive, user, password, text, destination):
    """One exchange over whatever carries frames: send(text of a frame), receive() -> text of a frame without its NUL."""
    send(frame("CONNECT", accept_version="1.2", host="localhost", login=user, passcode=password))
    command, headers, body = parse(receive())
    if command == "ERROR":
        if "password is invalid" in headers + body or "SecurityException" in headers + body:
            raise Refused(headers)
        raise Failed(f"{headers} {body}")
    if command != "CONNECTED":
        raise Failed(f"{command} for CONNECT")
    send(frame("SUBSCRIBE", id="1", destination=f"/queue/{destination}", ack="auto"))
    send(frame("SEND", text, destination=f"/queue/{destination}", content_type="text/plain"))
    command, headers, body = parse(receive())
    if command != "MESSAGE":
        raise Failed(f"{command}: {headers} {body}")
    send(frame("DISCONNECT"))
    return body


def stomp(url, user, password, ca, text="hello", destination=None):
    host, port = address(url)
    with socket.create_connection((host, port), LIMIT_S) as plain, \
            context(ca).wrap_socket(plain, server_hostname=host) as connection:
        buffer = b""

        def receive():
            nonlocal buffer
            while b"\0" not in buffer:
                data = connection.recv(65536)
                if not data:
                    raise Failed("the connection ended")
                buffer += data
            one, buffer = buffer.split(b"\0", 1)
            return one.decode()

        return stomp_exchange(lambda one: connection.sendall(one.encode()), receive, user, password, text, fresh(destination))


def wss(url, user, password, ca, text="hello", destination=None):
    import websocket  # pylint: disable=import-outside-toplevel
    try:
        connection = websocket.create_connection(url, timeout=LIMIT_S, subprotocols=["v12.stomp"],
                                                 sslopt={"context": context(ca)})
    except websocket.WebSocketException as error:
        raise Failed(str(error)) from error
    with contextlib.closing(connection):
        def receive():
            try:
                return connection.recv().rstrip("\0\n")
            except websocket.WebSocketException as error:
                raise Failed(str(error)) from error

        return stomp_exchange(connection.send, receive, user, password, text, fresh(destination))


# --- AMQP 1.0, MQTT, OpenWire -------------------------------------------------------------------------------------

def amqp(url, user, password, ca, text="hello", destination=None):
    import proton  # pylint: disable=import-outside-toplevel
    import proton.utils  # pylint: disable=import-outside-toplevel
    host, port = address(url)
    destination = fresh(destination)
    domain = proton.SSLDomain(proton.SSLDomain.MODE_CLIENT)
    domain.set_trusted_ca_db(ca)
    domain.set_peer_authentication(proton.SSLDomain.VERIFY_PEER_NAME)
    try:
        connection = proton.utils.BlockingConnection(f"amqps://{host}:{port}", timeout=LIMIT_S, ssl_domain=domain, user=user,
                                                     password=password, allowed_mechs="PLAIN")
    except (proton.ProtonException, proton.utils.ConnectionClosed) as error:
        if "Authentication failed" in str(error) or "unauthorized-access" in str(error):
            raise Refused(str(error)) from error
        raise Failed(str(error)) from error
    try:
        receiver = connection.create_receiver(destination)
        connection.create_sender(destination).send(proton.Message(body=text))
        body = receiver.receive(LIMIT_S).body
        receiver.accept()
        return body
    except proton.ProtonException as error:
        raise Failed(str(error)) from error
    finally:
        connection.close()


def mqtt(url, user, password, ca, text="hello", destination=None):
    import paho.mqtt.client  # pylint: disable=import-outside-toplevel
    destination = fresh(destination).replace(".", "/")
    events = queue.Queue()
    client = paho.mqtt.client.Client(paho.mqtt.client.CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.tls_set_context(context(ca))
    client.on_connect = lambda _client, _data, _flags, reason, _properties: events.put(("connected", reason))
    client.on_subscribe = lambda *_: events.put(("subscribed", None))
    client.on_message = lambda _client, _data, message: events.put(("message", message.payload.decode()))
    client.on_disconnect = lambda _client, _data, _flags, reason, _properties: events.put(("disconnected", reason))

    def event(wanted):
        try:
            name, value = events.get(timeout=LIMIT_S)
        except queue.Empty:
            raise Failed(f"not {wanted}") from None
        if name != wanted:
            raise Failed(f"{name}, {value}, instead of {wanted}")
        return value

    client.connect(*address(url))
    client.loop_start()
    try:
        reason = event("connected")
        if reason.is_failure:
            raise Refused(str(reason))
        client.subscribe(destination, qos=1)
        event("subscribed")
        client.publish(destination, text, qos=1)
        return event("message")
    finally:
        client.disconnect()
        client.loop_stop()


@functools.cache
def compiled(home):
    """The class path of OpenWire.java, compiled for this ActiveMQ."""
    directory = tempfile.mkdtemp(prefix="amazonmq-local-openwire-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    jars = os.pathsep.join(sorted(glob.glob(os.path.join(home, "lib", "*.jar"))))
    subprocess.run(["javac", "-cp", jars, "-d", directory, os.path.join(HERE, "OpenWire.java")], check=True, timeout=10 * LIMIT_S)
    return jars + os.pathsep + directory


def openwire(url, user, password, ca, text="hello", destination=None, home=None):
    """With ActiveMQ's own client in `home` (or ACTIVEMQ_HOME). Its trust store is ca.jks beside ca.pem, which the server
    writes."""
    path = compiled(home or os.environ["ACTIVEMQ_HOME"])
    done = subprocess.run(
        ["java", "-Xmx128M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path, "OpenWire", url,
         os.path.join(os.path.dirname(os.path.abspath(ca)), "ca.jks"), fresh(destination), text, str(int(LIMIT_S * 1000))],
        env={**os.environ, "BROKER_USER": user, "BROKER_PASSWORD": password}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, timeout=10 * LIMIT_S)
    if done.returncode == 3:
        raise Refused(done.stderr.strip().split("\n")[-1])
    if done.returncode != 0:
        raise Failed(done.stderr.strip().split("\n")[-1])
    return done.stdout.rstrip("\n")


# --- RabbitMQ -----------------------------------------------------------------------------------------------------

def amqps(url, user, password, ca, text="hello", destination=None):
    import pika  # pylint: disable=import-outside-toplevel
    host, port = address(url)
    destination = fresh(destination)
    try:
        connection = pika.BlockingConnection(pika.ConnectionParameters(
            host, port, credentials=pika.PlainCredentials(user, password), ssl_options=pika.SSLOptions(context(ca), host),
            socket_timeout=LIMIT_S, stack_timeout=LIMIT_S, blocked_connection_timeout=LIMIT_S))
    except (pika.exceptions.AuthenticationError, pika.exceptions.ProbableAuthenticationError) as error:
        raise Refused(str(error)) from error
    except pika.exceptions.AMQPConnectionError as error:
        raise Failed(repr(error)) from error
    with contextlib.closing(connection):
        channel = connection.channel()
        channel.queue_declare(destination, exclusive=True)
        channel.basic_publish("", destination, text.encode())
        for method, _, body in channel.consume(destination, auto_ack=True, inactivity_timeout=LIMIT_S):
            if method is None:
                raise Failed("no message")
            return body.decode()
    raise Failed("the consumer was cancelled")


# --- Consoles -----------------------------------------------------------------------------------------------------

def get(url, user, password, ca):
    """The body of an answer of status 200 to a GET with basic authentication."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {token}"})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S, context=context(ca)) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 401:
                raise Refused(f"{url}: {error}") from None
        raise


def activemq_console(url, user, password, ca):
    """ActiveMQ's console; `url` as DescribeBroker has it."""
    return get(f"{url.rstrip('/')}/admin/", user, password, ca)


def rabbitmq_console(url, user, password, ca):
    """Who RabbitMQ's management says that the user is, as JSON."""
    return get(f"{url.rstrip('/')}/api/whoami", user, password, ca)


# --- By the scheme of an endpoint ---------------------------------------------------------------------------------

CLIENTS = {"stomp+ssl": stomp, "wss": wss, "amqp+ssl": amqp, "mqtt+ssl": mqtt, "ssl": openwire, "amqps": amqps}


def exchange(url, user, password, ca, **options):
    """The exchange over an endpoint of DescribeBroker."""
    return CLIENTS[urllib.parse.urlsplit(url).scheme](url, user, password, ca, **options)
