"""Judges signatures of every level, key and form of file with tools that are not ours: pyHanko, poppler's pdfsig, qpdf.

    levels.py FOLDER

FOLDER is what `cargo run -p vanthu-signing --example make_levels -- FOLDER [BASE.pdf …]` leaves: files, the root
that each rests on, and levels.txt. The last line has the form that the summary of `make test` reads.
"""

import asyncio
import datetime
import logging
import pathlib
import shutil
import subprocess
import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

FOLDER = pathlib.Path(sys.argv[1])


class Made:
    """One file of levels.txt."""

    def __init__(self, line):
        self.name, self.level, signatures, moment = line.split()
        self.signatures = int(signatures)
        self.moment = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.timezone.utc)
        self.file = FOLDER / f"{self.name}.pdf"

    def reader(self, file):
        """pyHanko judges hybrid files only when it is told not to be strict."""
        return PdfFileReader(file, strict=not self.name.startswith("hybrid"))

    def root(self):
        _, _, der = pem.unarmor((FOLDER / f"{self.name}.pem").read_bytes())
        return x509.Certificate.load(der)

    def context(self):
        return ValidationContext(
            trust_roots=[self.root()], allow_fetching=False, revocation_mode="soft-fail", moment=self.moment
        )

    def context_of_the_store(self, reader):
        """Only the root is trusted; every certificate's state must be shown by what the file carries."""
        arguments = {
            "trust_roots": [self.root()], "allow_fetching": False, "revocation_mode": "require", "moment": self.moment
        }
        return DocumentSecurityStore.read_dss(reader).as_validation_context(arguments)

    def spec(self):
        """Only the root is trusted, nothing is fetched, and every certificate's state must be shown by the file."""
        policy = CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=[self.root()]),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        )
        gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
        return PdfSignatureValidationSpec(
            SignatureValidationSpec(cert_validation_policy=policy, revinfo_gathering_policy=gathering)
        )


MADE = [Made(line) for line in (FOLDER / "levels.txt").read_text().splitlines()]


def regular(reader):
    return [it for it in reader.embedded_signatures if it.sig_object["/Type"] == "/Sig"]


def pyhanko_finds_every_signature_intact_valid_and_trusted(made):
    with made.file.open("rb") as file:
        for signature in regular(made.reader(file)):
            context = made.context()
            status = validate_pdf_signature(signature, context, context)
            assert status.intact and status.valid, status.summary()
            if made.level in ("b-b", "b-t"):
                assert status.trusted, status.pretty_print_details()
            assert status.docmdp_ok, "a change that is not permitted"
            expected = made.level != "b-b"
            assert (status.timestamp_validity is not None) == expected, "the time-stamp"


def pyhanko_finds_nothing_but_evidence_added_to_the_last_signature(made):
    with made.file.open("rb") as file:
        signature = regular(made.reader(file))[-1]
        signature.compute_integrity_info()
        level = signature.diff_result.modification_level if signature.diff_result else ModificationLevel.NONE
        assert level <= ModificationLevel.LTA_UPDATES, level


def pyhanko_trusts_with_the_evidence_of_the_file_alone(made):
    if made.level not in ("b-lt", "b-lta") or made.name.startswith("renewed"):
        return  # Renewed after the signer's certificate ended: only the long-term validation below can see that.
    with made.file.open("rb") as file:
        reader = made.reader(file)
        for signature in regular(reader):
            contexts = [made.context_of_the_store(reader) for _ in range(2)]
            status = validate_pdf_signature(signature, *contexts)
            assert status.trusted, status.pretty_print_details()
            assert status.timestamp_validity.trusted, status.pretty_print_details()


# Without a time-stamp over the evidence, EN 319 102-1 only takes it for as old as the validation: B-LTA alone.
def pyhanko_passes_the_long_term_validation(made):
    if made.level != "b-lta":
        return
    with made.file.open("rb") as file:
        for signature in regular(made.reader(file)):
            timing = ValidationTimingInfo(
                validation_time=made.moment, best_signature_time=made.moment, point_in_time_validation=True
            )
            result = asyncio.run(ades_lta_validation(signature, made.spec(), timing_info=timing))
            assert result.ades_subindic == AdESPassed.OK, result.ades_subindic
            assert result.signature_timestamp_status is not None
            assert result.oldest_evidence_record_timestamp is not None


def pyhanko_reads_the_evidence_store(made):
    if made.level not in ("b-lt", "b-lta"):
        return
    with made.file.open("rb") as file:
        reader = made.reader(file)
        store = DocumentSecurityStore.read_dss(reader)
        assert store.certs and store.crls and store.ocsps, "the store is empty"
        for signature in regular(reader):
            key = DocumentSecurityStore.sig_content_identifier(signature.pkcs7_content)
            assert key in store.vri_entries, "the signature has no entry"


def poppler_finds_every_signature_valid(made):
    if "ed25519" in made.name:
        return  # The NSS library behind poppler knows no Ed25519.
    said = subprocess.run(["pdfsig", "-nocert", str(made.file)], capture_output=True, text=True, check=False).stdout
    valid = said.count("Signature Validation: Signature is Valid.")
    with made.file.open("rb") as file:
        wanted = len(regular(made.reader(file)))
    assert valid == wanted, f"{valid} valid signatures instead of {wanted}:\n{said}"


def qpdf_finds_the_structure_sound(made):
    done = subprocess.run(["qpdf", "--check", str(made.file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def poppler_draws_every_appearance():
    for file in sorted(FOLDER.glob("look-*.pdf")):
        subprocess.run(
            ["pdftoppm", "-png", "-r", "50", "-cropbox", "-singlefile", str(file), str(file.with_suffix(""))], check=True
        )
        assert file.with_suffix(".png").stat().st_size > 800, f"{file} is empty"


def main():
    # What a check misses stands in its own message; pyHanko would log the same with a trace.
    logging.disable(logging.CRITICAL)
    passed = failed = 0

    def run(name, check, *arguments):
        nonlocal passed, failed
        try:
            check(*arguments)
        except Exception as problem:  # any trouble of a foreign tool is a failed check, and the next one still runs
            failed += 1
            print(f"FAILED {name}: {type(problem).__name__}: {problem}")
        else:
            passed += 1

    checks = {name: check for name, check in globals().items() if name.startswith(("pyhanko_", "poppler_", "qpdf_"))}
    for name, check in checks.items():
        if name.startswith("qpdf_") and shutil.which("qpdf") is None:
            print("skipped: qpdf is not installed")
            continue
        if check.__code__.co_argcount == 0:
            run(name, check)
            continue
        for made in MADE:
            run(f"{name} {made.name}", check, made)
    print(f"{len(MADE)} files judged")
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {passed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
