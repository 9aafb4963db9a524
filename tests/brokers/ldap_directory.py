"""An LDAP directory: a private slapd with a database and a certificate authority of its own, in a temporary folder."""

import os
import shutil
import socket
import subprocess
import urllib.parse

import pytest

import harness

# Debian has it outside of the PATH of most users.
SLAPD = shutil.which("slapd", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
SCHEMAS = "/etc/ldap/schema"
# Amazon MQ reaches directories by ldaps:// and its port only. This address is the machine's, and nothing else has the port.
ADDRESS = "127.0.0.2"
PORT = 636
# Here nothing listens.
DEAD_ADDRESS = "127.0.0.3"

SUFFIX = "dc=example,dc=test"
MANAGER, MANAGER_PASSWORD = f"cn=manager,{SUFFIX}", "manager-password-1"

# Only the account that is named here may search, and nobody may read a password.
CONFIGURATION = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {directory}/pid
TLSCACertificateFile {directory}/ca.pem
TLSCertificateFile {directory}/server.pem
TLSCertificateKeyFile {directory}/server-key.pem
database mdb
suffix {suffix}
rootdn {manager}
rootpw {manager_password}
directory {directory}/data
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact={reader} read by * none
"""


def need_directory():
    """Skips the test where there is no directory."""
    for tool, path in (("slapd", SLAPD), ("ldapmodify", shutil.which("ldapmodify")), ("openssl", shutil.which("openssl"))):
        if not path:
            pytest.skip(f"no {tool} here: tests/setup brokers installs it")


def may_listen():
    """Whether the port of ldaps:// is this user's to take."""
    try:
        with socket.create_server((ADDRESS, PORT)):
            return True
    except PermissionError:
        return False


class Directory:
    """entries: LDIF below SUFFIX; reader: the name of the entry that may search."""

    def __init__(self, path, reader, entries):
        self.path = str(path)
        self.socket = f"ldapi://{urllib.parse.quote(self.path, safe='')}%2Fsocket"
        self.plain, self.has_tls = None, False
        self.process = None
        os.mkdir(os.path.join(self.path, "data"), 0o700)
        self.write("slapd.conf", CONFIGURATION.format(schemas=SCHEMAS, directory=self.path, suffix=SUFFIX, manager=MANAGER,
                                                      manager_password=MANAGER_PASSWORD, reader=reader))
        self.write("entries.ldif", entries)
        self.make_certificates()
        # AppArmor's profile of the system's slapd, which goes by the path, keeps that from these files.
        self.program = shutil.copy(SLAPD, os.path.join(self.path, "slapd"))
        self.run(self.program, "-T", "add", "-f", "slapd.conf", "-l", "entries.ldif")

    def __enter__(self):
        with socket.create_server((ADDRESS, 0)) as free:
            self.plain = f"ldap://{ADDRESS}:{free.getsockname()[1]}"
        self.has_tls = may_listen()
        urls = [self.socket, self.plain] + [f"ldaps://{ADDRESS}:{PORT}"] * self.has_tls
        with open(os.path.join(self.path, "log"), "wb") as log:
            self.process = subprocess.Popen([self.program, "-d", "stats", "-f", "slapd.conf", "-h", " ".join(urls)],
                                            cwd=self.path, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            harness.eventually(self.answers, "the directory")
        except BaseException as error:
            self.__exit__(type(error))
            raise
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        self.process.wait(harness.DEADLINE_S)
        if kind is not None:
            print(self.log()[-5000:])

    def log(self):
        with open(os.path.join(self.path, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def need_tls(self):
        """Skips the test where the port of ldaps:// cannot be had."""
        if not self.has_tls:
            pytest.skip(f"no right to port {PORT} here, the only one for ldaps://: root has it")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *command, text=""):
        done = subprocess.run(command, cwd=self.path, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=harness.DEADLINE_S)
        assert done.returncode == 0, f"{command[0]}: {done.stdout}"

    def make_certificates(self):
        """A certificate authority in ca.pem, and what Java trusts in trusted.p12."""
        new = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
        self.run(*new, "-subj", "/CN=authority", "-keyout", "ca-key.pem", "-out", "ca.pem")
        self.run(*new, "-subj", "/CN=directory", "-keyout", "server-key.pem", "-out", "server.pem", "-CA", "ca.pem", "-CAkey",
                 "ca-key.pem", "-addext", f"subjectAltName=IP:{ADDRESS}", "-addext", "basicConstraints=critical,CA:FALSE")
        self.run("keytool", "-importcert", "-noprompt", "-alias", "authority", "-file", "ca.pem", "-keystore", "trusted.p12",
                 "-storetype", "PKCS12", "-storepass", "changeit")

    @property
    def java_options(self):
        """Makes a Java program trust the directory."""
        return f"-Djavax.net.ssl.trustStore={self.path}/trusted.p12 -Djavax.net.ssl.trustStorePassword=changeit"

    def answers(self):
        assert self.process.poll() is None, "the directory has ended"
        return subprocess.run(["ldapwhoami", "-x", "-H", self.socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False, timeout=harness.DEADLINE_S).returncode == 0

    def modify(self, name, change):
        """change: the lines of LDIF behind changetype."""
        self.run("ldapmodify", "-x", "-H", self.socket, "-D", MANAGER, "-w", MANAGER_PASSWORD,
                 text=f"dn: {name}\nchangetype: modify\n{change}\n")

    def set_password(self, name, password):
        self.modify(name, f"replace: userPassword\nuserPassword: {password}")
