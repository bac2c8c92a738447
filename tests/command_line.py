"""Signs, seals and extends on the command line with an authority of another house (Certomancer: OCSP, lists and
time-stamps over HTTP), and lets pyHanko, poppler's pdfsig, OpenSSL and unzip judge the files.

    command_line.py VANTHU FOLDER

VANTHU is the program, FOLDER an empty folder. Each check is one function; the last line has the form that the summary
of `make test` reads.
"""

import asyncio
import io
import logging
import re
import struct
import subprocess
import sys
import zipfile
import zlib

from asn1crypto import cms, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography import x509 as certificates
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_detached_cms, validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

import standard_report
from authority import FOLDER, VANTHU, World, run

PIN = "12345678"
TABLE = b"so,ngay\n152,22/11/2026\n"


def paper():
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 4\n0000000000 65535 f \n{rows}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    return out + tail.encode()


def picture(width, height, red, green, blue):
    """A PNG: an ellipse of one colour on a transparent ground."""
    def pixel(x, y):
        inside = (2 * x / width - 1) ** 2 + (2 * y / height - 1) ** 2 < 1
        return bytes([red, green, blue, 255 if inside else 0])

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def key_file(name):
    key = serialization.load_pem_private_key((FOLDER / f"{name}.key.pem").read_bytes(), None)
    own, issuer = (certificates.load_der_x509_certificate((FOLDER / f"{it}.cer").read_bytes()) for it in (name, "interm"))
    protected = serialization.BestAvailableEncryption(PIN.encode())
    (FOLDER / f"{name}.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"key", key, own, [issuer], protected))


class Desk(World):
    def __init__(self):
        super().__init__()
        (FOLDER / "paper.pdf").write_bytes(paper())
        (FOLDER / "pin").write_text(PIN)
        (FOLDER / "bang.csv").write_bytes(TABLE)
        (FOLDER / "chu-ky.png").write_bytes(picture(150, 60, 20, 60, 160))
        (FOLDER / "dau.png").write_bytes(picture(120, 120, 200, 30, 30))
        for name in ("signer", "list-only", "revoked"):
            key_file(name)
        self.stamps = f"http://127.0.0.1:{self.server.server_port}/office/tsa/tsa"

    def run(self, command, file, *more, key=None):
        arguments = [VANTHU, command, str(FOLDER / file), "--anchors", str(FOLDER / "root.pem"),
                     "--status-network", "127.0.0.1/32", *more]
        if key:
            arguments += ["--key", str(FOLDER / f"{key}.p12"), "--pin-file", str(FOLDER / "pin")]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    def must(self, command, file, out, *more, key=None):
        done = self.run(command, file, "--tsa", self.stamps, "--out", str(FOLDER / out), *more, key=key)
        assert done.returncode == 0, done.stdout + done.stderr

    def root(self):
        return x509.Certificate.load((FOLDER / "root.cer").read_bytes())


def judged(desk, name, from_the_file_alone):
    """pyHanko's status of each signature, and the reader."""
    file = (FOLDER / name).open("rb")
    reader = PdfFileReader(file)
    found = []
    for signature in [it for it in reader.embedded_signatures if it.sig_object["/Type"] == "/Sig"]:
        def context():
            if from_the_file_alone:
                arguments = {"trust_roots": [desk.root()], "allow_fetching": False, "revocation_mode": "require"}
                return DocumentSecurityStore.read_dss(reader).as_validation_context(arguments)
            # The token leaves out the authority of the time-stamp service.
            others = [x509.Certificate.load((FOLDER / "interm.cer").read_bytes())]
            return ValidationContext(
                trust_roots=[desk.root()], other_certs=others, allow_fetching=False, revocation_mode="soft-fail"
            )
        found.append(validate_pdf_signature(signature, context(), context()))
    for status in found:
        assert status.intact and status.valid and status.trusted, status.pretty_print_details()
        assert status.docmdp_ok, "a change that is not permitted"
        assert status.timestamp_validity is not None and status.timestamp_validity.trusted
    return found


def poppler(name, signatures):
    """Poppler does not look at time-stamps of the document."""
    said = subprocess.run(["pdfsig", "-nocert", str(FOLDER / name)], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == signatures, said


def what_is_signed_with_a_time_stamp_is_accepted(desk):
    desk.must("sign", "paper.pdf", "b-t.pdf", "--level", "B-T", "--image", str(FOLDER / "chu-ky.png"),
              "--at", "110,200,60,24", key="signer")
    assert len(judged(desk, "b-t.pdf", False)) == 1
    poppler("b-t.pdf", 1)


def evidence_from_the_services_makes_it_provable_alone(desk):
    desk.must("sign", "paper.pdf", "b-lt.pdf", "--level", "B-LT", key="signer")
    judged(desk, "b-lt.pdf", True)
    desk.must("extend", "b-t.pdf", "extended.pdf", "--to", "B-LTA")
    [status] = judged(desk, "extended.pdf", True)
    assert status.modification_level <= ModificationLevel.LTA_UPDATES, status.modification_level
    poppler("extended.pdf", 1)


def the_seal_of_the_agency_is_accepted_behind_the_person(desk):
    desk.must("seal", "b-t.pdf", "sealed.pdf", "--level", "B-LTA", "--image", str(FOLDER / "dau.png"),
              "--diameter", "36", key="list-only")
    person, agency = judged(desk, "sealed.pdf", True)
    assert person.modification_level <= ModificationLevel.FORM_FILLING, person.modification_level
    assert agency.modification_level <= ModificationLevel.LTA_UPDATES, agency.modification_level
    poppler("sealed.pdf", 2)


def a_revoked_certificate_signs_nothing(desk):
    done = desk.run("sign", "paper.pdf", "--out", str(FOLDER / "never.pdf"), key="revoked")
    assert done.returncode == 1, done.stdout + done.stderr
    assert not (FOLDER / "never.pdf").exists()
    done = desk.run("sign", "bang.csv", "--out", str(FOLDER / "never.p7s"), key="revoked")
    assert done.returncode == 1, done.stdout + done.stderr
    assert not (FOLDER / "never.p7s").exists()


def detached(desk, p7s, content):
    """OpenSSL verifies, pyHanko trusts signer and time-stamp, and neither accepts another content."""
    signed = cms.ContentInfo.load(p7s, strict=True)["content"]
    others = [x509.Certificate.load((FOLDER / f"{it}.cer").read_bytes()) for it in ("interm", "root")]

    def context():
        return ValidationContext(
            trust_roots=[desk.root()], other_certs=others, allow_fetching=False, revocation_mode="soft-fail"
        )

    def status(of):
        return asyncio.run(async_validate_detached_cms(
            io.BytesIO(of), signed, signer_validation_context=context(), ts_validation_context=context()
        ))

    found = status(content)
    assert found.intact and found.valid and found.trusted, found.pretty_print_details()
    assert found.timestamp_validity is not None and found.timestamp_validity.trusted
    assert not status(content + b"x").intact, "another file is accepted"
    (FOLDER / "judged.p7s").write_bytes(p7s)
    for name, of, accepted in (("same", content, True), ("other", content + b"x", False)):
        (FOLDER / name).write_bytes(of)
        done = subprocess.run(
            ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", FOLDER / "judged.p7s", "-content", FOLDER / name,
             "-CAfile", FOLDER / "root.pem", "-purpose", "any", "-out", "/dev/null"],
            capture_output=True, text=True, check=False,
        )
        assert (done.returncode == 0) == accepted, done.stderr


def a_signature_beside_a_file_is_accepted_at_each_level(desk):
    for level in ("B-T", "B-LT", "B-LTA"):
        desk.must("sign", "bang.csv", f"{level}.p7s", "--level", level, key="signer")
        detached(desk, (FOLDER / f"{level}.p7s").read_bytes(), TABLE)
    desk.must("extend", "B-T.p7s", "extended.p7s", "--to", "B-LTA", "--content", str(FOLDER / "bang.csv"))
    detached(desk, (FOLDER / "extended.p7s").read_bytes(), TABLE)
    done = desk.run("verify", "extended.p7s", "--content", str(FOLDER / "bang.csv"))
    assert done.returncode == 0, done.stdout + done.stderr


def what_openssl_signs_is_judged_apart_inside_and_as_pem(desk):
    """OpenSSL writes no time-stamp; its signatures are CAdES with -cades."""
    table = FOLDER / "bang.csv"
    pems = []
    for name in ("signer", "interm"):
        pems.append(FOLDER / f"{name}.pem")
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", FOLDER / f"{name}.cer", "-out", pems[-1]], check=True)
    for name, more in (("apart.p7s", []), ("inside.p7m", ["-nodetach"]), ("pem.p7s", ["-nodetach", "-outform", "PEM"])):
        subprocess.run(
            ["openssl", "cms", "-sign", "-cades", "-binary", "-outform", "DER", *more, "-in", table, "-signer", pems[0],
             "-inkey", FOLDER / "signer.key.pem", "-certfile", pems[1], "-out", FOLDER / name],
            check=True, capture_output=True,
        )
        content = () if more else ("--content", str(table))
        done = desk.run("verify", name, *content)
        assert done.returncode == 0, name + done.stdout + done.stderr
        assert ("nằm trong tệp chữ ký" in done.stdout) == bool(more), done.stdout
        changed = (FOLDER / name).read_bytes().replace(b"152,22", b"153,22")
        if changed == (FOLDER / name).read_bytes():  # apart, or armoured: another content is handed in
            (FOLDER / "khac.csv").write_bytes(TABLE + b"x")
            done = desk.run("verify", name, "--content", str(FOLDER / "khac.csv"))
        else:
            (FOLDER / "changed.p7m").write_bytes(changed)
            done = desk.run("verify", "changed.p7m")
        assert done.returncode == 1 and "TOTAL-FAILED" in done.stdout, name + done.stdout + done.stderr


def a_container_and_each_signature_in_it_are_accepted(desk):
    first, both = FOLDER / "ho-so.asice", FOLDER / "both.asice"
    done = desk.run("sign", "bang.csv", str(FOLDER / "paper.pdf"), "--container", str(first), "--tsa", desk.stamps,
                    "--level", "B-T", key="signer")
    assert done.returncode == 0, done.stdout + done.stderr
    desk.must("sign", "ho-so.asice", both.name, "--level", "B-T", key="list-only")
    desk.must("extend", both.name, "kept.asice", "--to", "B-LTA")
    for name, signatures in ((first.name, 1), (both.name, 2), ("kept.asice", 2)):
        tested = subprocess.run(["unzip", "-t", FOLDER / name], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stdout
        with zipfile.ZipFile(FOLDER / name) as container:
            assert container.namelist()[0] == "mimetype"
            assert container.read("mimetype") == b"application/vnd.etsi.asic-e+zip"
            assert container.read("bang.csv") == TABLE
            for number in range(1, signatures + 1):
                p7s = container.read(f"META-INF/signature{number:03}.p7s")
                detached(desk, p7s, container.read(f"META-INF/ASiCManifest{number:03}.xml"))
        done = desk.run("verify", name)
        assert done.returncode == 0, done.stdout + done.stderr


def reports_have_the_shape_of_the_standard(desk):
    """After the other checks: their files are judged once more."""
    (FOLDER / "damaged.pdf").write_bytes((FOLDER / "b-t.pdf").read_bytes().replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[0 0 595 843]"))
    content = ("--content", str(FOLDER / "bang.csv"))
    for name, code, *more in (("b-t.pdf", 0), ("b-lt.pdf", 0), ("extended.pdf", 0), ("sealed.pdf", 0), ("kept.asice", 0),
                              ("damaged.pdf", 1), ("b-t.pdf", 1, "--offline"), ("b-lt.pdf", 0, "--offline"), ("extended.p7s", 0, *content)):
        done = desk.run("verify", name, "--xml", *more)
        assert done.returncode == code, f"{name}: {done.returncode} {done.stderr}"
        assert standard_report.check(done.stdout.encode()) > 50, f"{name}: hardly anything to look at"
        wrong = re.sub("<HashOnly>(true|false)</HashOnly>", "", done.stdout), done.stdout.replace("<HashOnly>false<", "<HashOnly>no<")
        for text in (*wrong, re.sub("(<HashOnly>.*?</HashOnly>)(<DocHashOnly>.*?</DocHashOnly>)", r"\2\1", done.stdout),
                     done.stdout.replace("</SignatureIdentifier>", "<Unknown/></SignatureIdentifier>")):
            assert text != done.stdout
            try:
                standard_report.check(text.encode())
            except Exception:  # whatever the parser says of it
                continue
            raise AssertionError(f"{name}: a report of another shape is accepted")


def without_the_services_no_evidence_is_claimed(desk):
    desk.silent = True
    try:
        done = desk.run("extend", "b-t.pdf", "--to", "B-LT", "--out", str(FOLDER / "never.pdf"))
    finally:
        desk.silent = False
    assert done.returncode == 3, done.stdout + done.stderr
    assert not (FOLDER / "never.pdf").exists()


CHECKS = [
    what_is_signed_with_a_time_stamp_is_accepted,
    evidence_from_the_services_makes_it_provable_alone,
    the_seal_of_the_agency_is_accepted_behind_the_person,
    a_revoked_certificate_signs_nothing,
    a_signature_beside_a_file_is_accepted_at_each_level,
    what_openssl_signs_is_judged_apart_inside_and_as_pem,
    a_container_and_each_signature_in_it_are_accepted,
    reports_have_the_shape_of_the_standard,
    without_the_services_no_evidence_is_claimed,
]


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(run(CHECKS, Desk()))
