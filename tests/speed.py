"""Signs and validates the same files with pyHanko and with ours, and prints a table of both beside the raw cryptography.

    speed.py FOLDER PROGRAM      PROGRAM is the example `speed` of vanthu-signing, built with --release

Everything runs on this machine in one go, one core unless said otherwise; only the ratios are worth comparing.
"""

import datetime
import io
import json
import logging
import os
import pathlib
import subprocess
import sys
import time

from cryptography import x509 as cx509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

LEAST = 2.0


def identity(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = cx509.Name([cx509.NameAttribute(cx509.NameOID.COMMON_NAME, "Speed")])
    certificate = (
        cx509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(cx509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(cx509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(cx509.KeyUsage(True, True, False, False, False, True, True, False, False), critical=True)
        .add_extension(cx509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(10000).key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).build(b"practice")
    )
    (folder / "key.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"speed", key, certificate, None, encryption))
    return signers.SimpleSigner.load_pkcs12(str(folder / "key.p12"), passphrase=b"practice")


def document(pages, picture=0):
    writer = PdfFileWriter(stream_xrefs=False)
    for number in range(pages):
        lines = " ".join(f"0 -14 Td (Line {line} of page {number}) Tj" for line in range(45))
        content = generic.StreamObject(stream_data=f"BT /F1 11 Tf 72 800 Td {lines} ET".encode())
        font = generic.DictionaryObject({name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Times-Roman")})
        resources = {name("/Font"): generic.DictionaryObject({name("/F1"): writer.add_object(font)})}
        if picture:
            width = 1000
            scan = generic.StreamObject(
                {
                    name("/Type"): name("/XObject"), name("/Subtype"): name("/Image"), name("/ColorSpace"): name("/DeviceGray"),
                    name("/BitsPerComponent"): generic.NumberObject(8), name("/Width"): generic.NumberObject(width),
                    name("/Height"): generic.NumberObject(picture // width),
                },
                stream_data=os.urandom(picture // width * width),
            )
            resources[name("/XObject")] = generic.DictionaryObject({name("/I"): writer.add_object(scan)})
        writer.insert_page(generic.DictionaryObject({
            name("/Type"): name("/Page"), name("/MediaBox"): generic.ArrayObject([generic.NumberObject(v) for v in (0, 0, 595, 842)]),
            name("/Resources"): generic.DictionaryObject(resources), name("/Contents"): writer.add_object(content),
        }))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def sign(data, signer, field="Signature"):
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    return signers.sign_pdf(writer, meta, signer).getvalue()


def validate(data, anchor):
    reader = PdfFileReader(io.BytesIO(data))
    for signature in reader.embedded_signatures:
        context = ValidationContext(trust_roots=[anchor], allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(signature, context)
        assert status.bottom_line, status.pretty_print_details()


def measure(work):
    work()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < LEAST:
        work()
        count += 1
    return (time.perf_counter() - start) / count


def main():
    logging.disable(logging.CRITICAL)
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    signer = identity(folder)
    files = {"one-page": document(1), "fifty-pages": document(50), "50-MB": document(200, 250_000)}
    for one, data in files.items():
        (folder / f"{one}.pdf").write_bytes(data)
    signed = {one: sign(data, signer) for one, data in files.items()}
    signed["two-signatures"] = sign(signed["one-page"], signer, "Second")
    for one, data in signed.items():
        (folder / f"{one}-signed.pdf").write_bytes(data)
    ours = {}
    for line in subprocess.run([program, str(folder)], check=True, capture_output=True, text=True).stdout.splitlines():
        one = json.loads(line)
        ours[one["what"], one["file"]] = one["seconds"]
    theirs = {("sign", one): measure(lambda data=data: sign(data, signer)) for one, data in files.items()}
    for one, data in signed.items():
        theirs["validate", one] = measure(lambda data=data: validate(data, signer.signing_cert))
    bare = {}
    for what, one in theirs:
        signatures = 2 if one == "two-signatures" else 1
        bare[what, one] = signatures * (ours[what, "raw"] + ours["digest", one])
    print("| what | file | the digest | digest and signature alone | ours | pyHanko | ours, of the bare rate | pyHanko / ours |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for (what, one), their in theirs.items():
        our, least = ours[what, one], bare[what, one]
        print(f"| {what} | {one} | {ours['digest', one] * 1e3:.3f} ms | {least * 1e3:.3f} ms | {our * 1e3:.3f} ms | {their * 1e3:.1f} ms "
              f"| {least / our:.0%} | {their / our:.0f} |")
    size = len(files["50-MB"])
    print(f"\n50 MB: SHA-256 alone {size / ours['digest', '50-MB'] / 1e9:.2f} GB/s, signing {size / ours['sign', '50-MB'] / 1e9:.2f} GB/s, "
          f"validating {size / ours['validate', '50-MB'] / 1e9:.2f} GB/s")
    def together(name):
        return ours["validate many on two threads", name] / ours["validate many", name]

    print(f"Twice as many documents on two threads take {together('two-signatures'):.2f} of the time of one thread; "
          f"bare signatures {together('raw'):.2f} (1.00 is perfect scaling).")


if __name__ == "__main__":
    main()
