"""Judges the document of the demonstration with tools that are not ours: poppler's pdfsig and pyHanko.

    validators.py FOLDER

FOLDER holds issued.pdf and anchors.pem (the practice roots), as `vanthu demo --out FOLDER` leaves them.
Each check is one function; the last line has the form that the summary of `make test` reads.
"""

import logging
import pathlib
import subprocess
import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FOLDER = pathlib.Path(sys.argv[1])
ISSUED = FOLDER / "issued.pdf"


def anchors():
    """The roots that the practice installation trusts."""
    blocks = pem.unarmor((FOLDER / "anchors.pem").read_bytes(), multiple=True)
    return [x509.Certificate.load(der) for _, _, der in blocks]


def judged():
    """pyHanko's status of each signature, in the order in which they were made."""
    with ISSUED.open("rb") as file:
        reader = PdfFileReader(file)
        signatures = [s for s in reader.embedded_signatures if s.sig_object.get("/Type") != "/DocTimeStamp"]
        result = []
        for signature in signatures:
            # A context of its own for each: pyHanko keeps what it has met. Status lists of the practice
            # authority are not on the network, so only what the file itself carries is used.
            context = ValidationContext(trust_roots=anchors(), allow_fetching=False, revocation_mode="soft-fail")
            result.append(validate_pdf_signature(signature, context, context))
        return result


def pyhanko_finds_both_signatures_intact_and_trusted():
    statuses = judged()
    assert len(statuses) == 2, f"{len(statuses)} signatures instead of 2"
    for status in statuses:
        assert status.intact and status.valid, status.summary()
        assert status.trusted, status.pretty_print_details()


# Proves: AG-13.2
def pyhanko_finds_only_form_filling_between_them_and_evidence_behind():
    first, second = judged()
    level = first.modification_level
    assert level is not None and level <= ModificationLevel.FORM_FILLING, level
    assert first.docmdp_ok, "the first signature does not permit what followed"
    # The certificates and their states (B-LT), in a revision of their own.
    assert second.modification_level == ModificationLevel.LTA_UPDATES, second.modification_level
    assert second.docmdp_ok


def pyhanko_finds_a_time_stamp_in_the_first_signature():
    first = judged()[0]
    assert first.timestamp_validity is not None, "no time-stamp"
    assert first.timestamp_validity.intact and first.timestamp_validity.valid


def poppler_says_that_both_signatures_are_valid():
    said = subprocess.run(["pdfsig", str(ISSUED)], capture_output=True, text=True, check=False).stdout
    valid = said.count("Signature Validation: Signature is Valid.")
    assert valid == 2, f"{valid} valid signatures instead of 2:\n{said}"


def poppler_draws_every_page():
    subprocess.run(["pdftoppm", "-png", "-r", "60", str(ISSUED), str(FOLDER / "page")], check=True)
    pages = sorted(FOLDER.glob("page-*.png"))
    assert pages, "no page was drawn"
    assert all(page.stat().st_size > 2000 for page in pages), "a page is empty"


def poppler_reads_the_text_in_vietnamese():
    text = subprocess.run(["pdftotext", "-layout", str(ISSUED), "-"], capture_output=True, text=True, check=True).stdout
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Kính gửi", "Nơi nhận"):
        assert words in text, f"“{words}” is not in the text"


def main():
    # What a check misses stands in its own message; pyHanko would log the same with a trace.
    logging.disable(logging.CRITICAL)
    checks = [check for name, check in globals().items() if name.startswith(("pyhanko_", "poppler_"))]
    failed = 0
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            check()
        except Exception as problem:  # any trouble of a foreign tool is a failed check, and the next one still runs
            failed += 1
            print(f"FAILED {name}: {type(problem).__name__}: {problem}")
        else:
            print(f"ok {name}")
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {len(checks) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
