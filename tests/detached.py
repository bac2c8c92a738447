"""Judges detached signatures and containers of every level and key with tools that are not ours: OpenSSL, pyHanko,
Python's zipfile, unzip.

    detached.py FOLDER

FOLDER is what `cargo run -p vanthu-signing --example make_detached -- FOLDER` leaves. The last line has the form that
the summary of `make test` reads.
"""

import asyncio
import base64
import datetime
import hashlib
import io
import logging
import pathlib
import shutil
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree
import zipfile

from asn1crypto import algos, cms, core, ocsp, pem, tsp, x509
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

FOLDER = pathlib.Path(sys.argv[1])
CONTENT = FOLDER / "content.csv"
OCSP_FORM = "1.3.6.1.5.5.7.16.2"
HASH_INDEX = "0.4.0.19122.1.5"
ARCHIVE_STAMP = "0.4.0.1733.2.4"
DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": hashlib.sha256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashlib.sha384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashlib.sha512,
}
ASIC = "{http://uri.etsi.org/02918/v1.2.1#}"
XMLDSIG = "{http://www.w3.org/2000/09/xmldsig#}"


class HashIndex(core.Sequence):
    """ATSHashIndexV3 of ETSI EN 319 122-1, annex D."""

    _fields = [
        ("algorithm", algos.DigestAlgorithm),
        ("certificates", core.SequenceOf, {"spec": core.OctetString}),
        ("revocation", core.SequenceOf, {"spec": core.OctetString}),
        ("attributes", core.SequenceOf, {"spec": core.OctetString}),
    ]


class Made:
    """One line of detached.txt."""

    def __init__(self, line):
        self.name, self.level, moment = line.split()
        self.moment = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.timezone.utc)
        self.p7s = FOLDER / f"{self.name}.p7s"
        self.container = FOLDER / f"{self.name}.asice"
        self.anchor = FOLDER / f"{self.name}.pem"

    def root(self):
        _, _, der = pem.unarmor(self.anchor.read_bytes())
        return x509.Certificate.load(der)

    def signed(self):
        return signed_data(self.p7s.read_bytes())


MADE = [Made(line) for line in (FOLDER / "detached.txt").read_text().splitlines()]


def signed_data(der):
    return cms.ContentInfo.load(der, strict=True)["content"]


def openssl(made, p7s, content):
    """The time is that of the making: certificates of practice do not last."""
    return subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", p7s, "-content", content, "-CAfile", made.anchor,
         "-purpose", "any", "-attime", str(int(made.moment.timestamp())), "-out", "/dev/null"],
        capture_output=True, text=True, check=False,
    )


def openssl_verifies_the_signature_and_its_path(made):
    done = openssl(made, made.p7s, CONTENT)
    assert done.returncode == 0, done.stderr
    other = FOLDER / "other.csv"
    other.write_bytes(CONTENT.read_bytes() + b"x")
    assert openssl(made, made.p7s, other).returncode != 0, "another file is accepted"


def openssl_knows_ed25519():
    """CMS with Ed25519 came with OpenSSL 3.2."""
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return tuple(int(part) for part in version.split(".")[:2]) >= (3, 2)


def openssl_verifies_the_signature_in_the_container(made):
    with zipfile.ZipFile(made.container) as container:
        p7s, manifest = FOLDER / "inside.p7s", FOLDER / "inside.xml"
        p7s.write_bytes(container.read("META-INF/signature001.p7s"))
        manifest.write_bytes(container.read("META-INF/ASiCManifest001.xml"))
    done = openssl(made, p7s, manifest)
    assert done.returncode == 0, done.stderr


def status_of(made, signed, content):
    def context():
        return ValidationContext(
            trust_roots=[made.root()], allow_fetching=False, revocation_mode="soft-fail", moment=made.moment
        )

    return asyncio.run(async_validate_detached_cms(
        io.BytesIO(content), signed, signer_validation_context=context(), ts_validation_context=context()
    ))


def pyhanko_finds_the_signature_intact_valid_and_trusted(made):
    status = status_of(made, made.signed(), CONTENT.read_bytes())
    assert status.intact and status.valid and status.trusted, status.pretty_print_details()
    assert (status.timestamp_validity is not None) == (made.level != "b-b"), "the time-stamp"
    if status.timestamp_validity is not None:
        assert status.timestamp_validity.trusted, status.pretty_print_details()
    changed = status_of(made, made.signed(), CONTENT.read_bytes() + b"x")
    assert not changed.intact, "another file is accepted"


def pyhanko_finds_the_signature_in_the_container_trusted(made):
    with zipfile.ZipFile(made.container) as container:
        signed = signed_data(container.read("META-INF/signature001.p7s"))
        manifest = container.read("META-INF/ASiCManifest001.xml")
    status = status_of(made, signed, manifest)
    assert status.intact and status.valid and status.trusted, status.pretty_print_details()


def asn1crypto_reads_the_signed_attributes_of_a_baseline_signature(made):
    attributes = made.signed()["signer_infos"][0]["signed_attrs"]
    pkcs9 = "1.2.840.113549.1.9"
    # content-type, message-digest, signing-time, signing-certificate-v2, mime-type
    wanted = {f"{pkcs9}.3", f"{pkcs9}.4", f"{pkcs9}.5", f"{pkcs9}.16.2.47", "0.4.0.1733.2.1"}
    kinds = [it["type"].dotted for it in attributes]
    assert len(kinds) == len(wanted) and set(kinds) == wanted, kinds


def asn1crypto_reads_the_evidence(made):
    signed = made.signed()
    choices = signed["crls"] if made.level in ("b-lt", "b-lta") else []
    lists = [it.chosen for it in choices if it.name == "crl" or it.name == ""]
    others = [it.chosen for it in choices if it.name == "other"]
    if made.level in ("b-b", "b-t"):
        assert signed["version"].native == "v1", signed["version"].native
        return
    assert signed["version"].native == "v5", signed["version"].native
    assert lists, "no revocation list"
    assert len(others) >= 2, "the answers about signer and time-stamp service"
    for other in others:
        assert other["other_rev_info_format"].dotted == OCSP_FORM, other["other_rev_info_format"].dotted
        response = ocsp.OCSPResponse.load(other["other_rev_info"].dump(), strict=True)
        assert response["response_status"].native == "successful"


# Worked out from the standard's text alone, piece by piece, with another ASN.1 library.
def the_archive_time_stamp_covers_what_the_standard_says(made):
    if made.level != "b-lta":
        return
    signed = made.signed()
    signer = signed["signer_infos"][0]
    stamps = [it for it in signer["unsigned_attrs"] if it["type"].dotted == ARCHIVE_STAMP]
    assert len(stamps) == 1, "one archive time-stamp"
    token = cms.ContentInfo.load(stamps[0]["values"][0].dump())["content"]
    index = next(it for it in token["signer_infos"][0]["unsigned_attrs"] if it["type"].dotted == HASH_INDEX)
    index_der = index["values"][0].dump()
    index = HashIndex.load(index_der, strict=True)
    name = index["algorithm"]["algorithm"].native
    hashed = lambda data: hashlib.new(name, data).digest()
    certificates = {hashed(it.dump()) for it in signed["certificates"]}
    assert set(index["certificates"].native) == certificates, "the certificates"
    assert set(index["revocation"].native) == {hashed(it.dump()) for it in signed["crls"]}, "the lists and answers"
    values = {
        hashed(attribute["type"].dump() + value.dump())
        for attribute in signer["unsigned_attrs"] if attribute["type"].dotted != ARCHIVE_STAMP
        for value in attribute["values"]
    }
    assert set(index["attributes"].native) == values, "the unsigned attributes"
    info = tsp.TSTInfo.load(token["encap_content_info"]["content"].parsed.dump())
    imprint = info["message_imprint"]
    assert imprint["hash_algorithm"]["algorithm"].native == name, "one digest for both"
    parts = [signed["encap_content_info"]["content_type"].dump(), hashed(CONTENT.read_bytes())]
    fields = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
    parts += [signer[field].dump() for field in fields] + [index_der]
    assert imprint["hashed_message"].native == hashed(b"".join(parts)), "the imprint"


def zipfile_reads_the_container(made):
    with zipfile.ZipFile(made.container) as container:
        assert container.testzip() is None
        first = container.infolist()[0]
        assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and not first.extra
        assert container.read("mimetype") == b"application/vnd.etsi.asic-e+zip"
        assert container.read("bảng kê.csv") == CONTENT.read_bytes()
    assert made.container.read_bytes()[30:38] == b"mimetype"


def zipfile_and_hashlib_confirm_every_manifest(made):
    with zipfile.ZipFile(made.container) as container:
        names = container.namelist()
        manifests = [it for it in names if it.startswith("META-INF/ASiC")]
        assert len(manifests) == (2 if made.level == "b-lta" else 1), manifests
        for manifest in manifests:
            root = xml.etree.ElementTree.fromstring(container.read(manifest))
            assert root.tag == f"{ASIC}ASiCManifest"
            assert urllib.parse.unquote(root.find(f"{ASIC}SigReference").get("URI")) in names
            covered = set()
            for reference in root.findall(f"{ASIC}DataObjectReference"):
                name = urllib.parse.unquote(reference.get("URI"))
                digest = DIGESTS[reference.find(f"{XMLDSIG}DigestMethod").get("Algorithm")]
                value = base64.b64decode(reference.find(f"{XMLDSIG}DigestValue").text)
                assert digest(container.read(name)).digest() == value, name
                covered.add(name)
            if "Archive" in manifest:
                left = {"mimetype", manifest, "META-INF/timestamp001.tst"}
                assert covered == set(names) - left, covered
                token = signed_data(container.read("META-INF/timestamp001.tst"))
                imprint = tsp.TSTInfo.load(token["encap_content_info"]["content"].parsed.dump())["message_imprint"]
                name = imprint["hash_algorithm"]["algorithm"].native
                hashed = hashlib.new(name, container.read(manifest)).digest()
                assert imprint["hashed_message"].native == hashed, "the archive time-stamp"
            else:
                assert covered == {"bảng kê.csv", "phu-luc/so-do.txt"}, covered


def unzip_finds_no_fault(made):
    done = subprocess.run(["unzip", "-tqq", str(made.container)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def main():
    # What a check misses stands in its own message; pyHanko would log the same with a trace.
    logging.disable(logging.CRITICAL)
    passed = failed = 0
    prefixes = ("openssl_verifies_", "pyhanko_", "asn1crypto_", "the_", "zipfile_", "unzip_")
    checks = {name: check for name, check in globals().items() if name.startswith(prefixes)}
    knows_ed25519 = openssl_knows_ed25519()
    if not knows_ed25519:
        print("skipped: this OpenSSL verifies no CMS with Ed25519")
    for name, check in checks.items():
        if name.startswith("unzip_") and shutil.which("unzip") is None:
            print("skipped: unzip is not installed")
            continue
        for made in MADE:
            if name.startswith("openssl_") and "ed25519" in made.name and not knows_ed25519:
                continue
            try:
                check(made)
            except Exception as problem:  # any trouble of a foreign tool is a failed check, and the next one still runs
                failed += 1
                print(f"FAILED {name} {made.name}: {type(problem).__name__}: {problem}")
            else:
                passed += 1
    print(f"{len(MADE)} signatures and {len(MADE)} containers judged")
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {passed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
