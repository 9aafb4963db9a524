"""A server with HTTPS beside HTTP, and clients that talk to it over TLS."""

import os
import ssl
import urllib.parse

import harness


class TlsServer(harness.Server):
    """A server whose second URL is https; .ca is the file that its clients trust.

    directory    for --tls-dir; default: one that goes with the server. None where flags name the certificate.
    """

    def __init__(self, *flags, directory="", **options):
        super().__init__("--tls-port", "0", *flags, **options)
        self.tls_directory = os.path.join(self.directory, "tls") if directory == "" else directory
        if self.tls_directory is not None:
            self.args += ["--tls-dir", self.tls_directory]
            self.ca = os.path.join(self.tls_directory, "ca.pem")
        self.tls_url = None
        self.tls_port = None

    def start(self):
        super().start()
        harness.eventually(lambda: self._stdout.count(b"\n") >= 2, "the second URL on stdout")
        url, self.tls_url = self._stdout.decode("ascii").splitlines()
        parts = urllib.parse.urlsplit(self.tls_url)
        assert parts.scheme == "https" and parts.hostname == self.host, f"no URL for HTTPS: {self.tls_url!r}"
        self.tls_port = parts.port
        self._stdout = f"{url}\n".encode("ascii")  # what stop() expects of every server

    def tls_client(self, context=None, name="localhost", host="127.0.0.1", **options):
        """A new TlsClient for this server; closed with it."""
        client = TlsClient((host, self.tls_port), context or trusting(self.ca), name, **options)
        self.clients.append(client)
        return client


class TlsClient(harness.Client):
    """A Client over TLS that checks the server's certificate and the name in it."""

    def __init__(self, address, context, name="localhost", **options):
        super().__init__(address, **options)
        self.context = context
        self.name = name

    def connect(self):
        if self.socket is None:
            plain = super().connect()
            self.socket = None
            try:
                self.socket = self.context.wrap_socket(plain, server_hostname=self.name)
            except BaseException:
                plain.close()
                raise
        return self.socket


def trusting(ca):
    """What a careful client is set to: nothing but that CA, every rule of RFC 5280."""
    context = ssl.create_default_context(cafile=ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context
