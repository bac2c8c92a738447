"""Has an authority that is not ours (Certomancer) answer over HTTP, and compares what our program says about its
certificates with what the authority was told to say.

    authority.py VANTHU FOLDER

VANTHU is the program, FOLDER an empty folder for keys and certificates. Each check is one function; the last line has
the form that the summary of `make test` reads.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

VANTHU = sys.argv[1]
FOLDER = pathlib.Path(sys.argv[2])
NAMES = ["root", "interm", "interm-ocsp", "signer", "revoked", "list-only", "list-revoked", "tsa", "stranger"]
NOW = datetime.datetime.now(tz=datetime.timezone.utc).replace(microsecond=0)


def day(days):
    return (NOW + datetime.timedelta(days=days)).isoformat()


def write_keys():
    """A key for each name; the intermediate one is RSA, the others P-256."""
    for name in NAMES:
        key = rsa.generate_private_key(65537, 2048) if name == "interm" else ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (FOLDER / f"{name}.key.pem").write_bytes(pem)


def configuration(base):
    """The authority: a root, one authority under it with OCSP and lists, people, and a time-stamp service."""
    ocsp = {"id": "authority_information_access", "smart-value": {"schema": "aia-urls", "params": {
        "ocsp-responder-names": ["interm"], "ca-issuer-links": [{"repo": "interm"}]}}}
    crl = {"id": "crl_distribution_points", "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["interm"]}}}
    root_crl = {"id": "crl_distribution_points", "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["root"]}}}
    issuer = {"id": "authority_information_access", "smart-value": {"schema": "aia-urls", "params": {
        "ca-issuer-links": [{"repo": "interm"}]}}}
    ca = {"id": "basic_constraints", "critical": True, "value": {"ca": True}}
    usage = lambda *bits: {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(bits)}}
    signing = usage("digital_signature", "non_repudiation")
    certs = usage("key_cert_sign", "crl_sign")

    def certificate(subject, by, *extensions, revoked=False):
        spec = {"subject": subject, "subject-key": subject, "issuer": by, "authority-key": by,
                "validity": {"valid-from": day(-50), "valid-to": day(300)}, "extensions": list(extensions)}
        if by == "interm":
            spec["issuer-cert"] = "interm"
        if revoked:
            spec["revocation"] = {"revoked-since": day(-40), "reason": "key_compromise"}
        return spec

    return {
        "external-url-prefix": base,
        "keysets": {"keys": {"path-prefix": ".", "keys": {name: {"path": f"{name}.key.pem"} for name in NAMES}}},
        "pki-architectures": {"office": {
            "keyset": "keys",
            "entity-defaults": {"country-name": "VN", "organization-name": "Authority of another house"},
            "entities": {name: {"common-name": f"Test {name}"} for name in NAMES},
            "certs": {
                "root": certificate("root", "root", ca, certs),
                "interm": certificate("interm", "root", ca, certs, root_crl),
                "interm-ocsp": certificate("interm-ocsp", "interm", usage("digital_signature"), {
                    "id": "extended_key_usage", "value": ["ocsp_signing"]}, {"id": "ocsp_no_check"}),
                "signer": certificate("signer", "interm", signing, ocsp, crl),
                "revoked": certificate("revoked", "interm", signing, ocsp, revoked=True),
                "list-only": certificate("list-only", "interm", signing, issuer, crl),
                "list-revoked": certificate("list-revoked", "interm", signing, issuer, crl, revoked=True),
                "tsa": certificate("tsa", "interm", usage("digital_signature"), ocsp, crl, {
                    "id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}),
                "stranger": certificate("stranger", "stranger", ca, certs),
            },
            "services": {
                "ocsp": {"interm": {"for-issuer": "interm", "responder-cert": "interm-ocsp",
                                    "signing-key": "interm-ocsp"}},
                "crl-repo": {
                    "root": {"for-issuer": "root", "signing-key": "root",
                             "simulated-update-schedule": "P30D"},
                    "interm": {"for-issuer": "interm", "signing-key": "interm",
                               "issuer-cert": "interm", "simulated-update-schedule": "P30D"},
                },
                "cert-repo": {"interm": {"for-issuer": "interm", "issuer-cert": "interm"}},
                "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
            },
        }},
    }


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class World:
    """The authority, its services on the loopback address, and its certificates as files."""

    def __init__(self):
        write_keys()
        self.silent = False
        self.server = make_server("127.0.0.1", 0, self.answer, handler_class=Quiet)
        base = f"http://127.0.0.1:{self.server.server_port}"
        loaded = CertomancerConfig(configuration(base), key_search_dir=str(FOLDER))
        self.arch = loaded.get_pki_arch(ArchLabel("office"))
        self.animator = Animator(AnimatorArchStore({ArchLabel("office"): self.arch}), with_web_ui=False)
        for name in NAMES:
            (FOLDER / f"{name}.cer").write_bytes(self.arch.get_cert(CertLabel(name)).dump())
        pem = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", str(FOLDER / "root.cer")],
                             capture_output=True, check=True).stdout
        (FOLDER / "root.pem").write_bytes(pem)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, environ, start_response):
        if self.silent:
            start_response("503 Service Unavailable", [])
            return [b""]
        return self.animator(environ, start_response)

    def status(self, name, *more):
        """What our program says about a certificate, and with which exit code."""
        said = subprocess.run(
            [VANTHU, "status", str(FOLDER / f"{name}.cer"), "--anchors", str(FOLDER / "root.pem"), "--json",
             "--status-network", "127.0.0.1/32", *more], capture_output=True, text=True, check=False)
        assert said.returncode in (0, 1), said.stderr
        return json.loads(said.stdout), said.returncode


def of(report, name):
    found = [it["status"] for it in report["statuses"] if f"CN=Test {name}," in it["subject"] + ","]
    assert len(found) == 1, report
    return found[0]


def another_authoritys_certificate_is_good_by_ocsp(world):
    report, code = world.status("signer")
    assert code == 0 and report["valid"], report
    assert of(report, "signer")["source"] == "ocsp", report
    assert of(report, "interm")["source"] == "crl", report
    assert report["troubles"] == [], report


def its_lists_say_the_same(world):
    for prefer in ("crl", "both"):
        report, code = world.status("signer", "--prefer", prefer)
        assert code == 0 and report["troubles"] == [], report
    report, code = world.status("list-only")
    assert code == 0 and of(report, "list-only")["source"] == "crl", report


def revoked_certificates_are_revoked_by_either(world):
    for name, source in (("revoked", "ocsp"), ("list-revoked", "crl")):
        report, code = world.status(name)
        assert code == 1 and not report["valid"], report
        status = of(report, name)
        assert status["state"] == "revoked" and status["source"] == source, report
        assert status["reason"] == 1, report


def its_time_stamp_service_is_good(world):
    report, code = world.status("tsa")
    assert code == 0 and of(report, "tsa")["state"] == "good", report


def a_certificate_of_nobody_known_stays_undetermined(world):
    report, code = world.status("stranger")
    assert code == 1 and not report["valid"], report


def a_silent_authority_leaves_the_status_undetermined(world):
    world.silent = True
    try:
        report, code = world.status("signer", "--chain", str(FOLDER / "interm.cer"))
    finally:
        world.silent = False
    assert code == 1 and of(report, "signer")["state"] == "unknown", report
    assert {"kind": "http-status", "detail": 503} in [it["why"] for it in report["troubles"]], report


def without_permission_loopback_is_not_asked(world):
    said = subprocess.run([VANTHU, "status", str(FOLDER / "signer.cer"), "--anchors", str(FOLDER / "root.pem"), "--json"],
                          capture_output=True, text=True, check=False)
    report = json.loads(said.stdout)
    assert said.returncode == 1 and report["requests"] == 0, report


CHECKS = [
    another_authoritys_certificate_is_good_by_ocsp,
    its_lists_say_the_same,
    revoked_certificates_are_revoked_by_either,
    its_time_stamp_service_is_good,
    a_certificate_of_nobody_known_stays_undetermined,
    a_silent_authority_leaves_the_status_undetermined,
    without_permission_loopback_is_not_asked,
]


def run(checks, world):
    """Runs each check in the world; the last line has the form that the summary of `make test` reads."""
    failed = 0
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            check(world)
        except Exception as problem:  # a trouble of one check leaves the others to run
            failed += 1
            print(f"FAILED {name}: {type(problem).__name__}: {problem}")
        else:
            print(f"ok {name}")
    world.server.shutdown()
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {len(checks) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(CHECKS, World()))
