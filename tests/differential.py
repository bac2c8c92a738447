"""Generated documents, judged by pyHanko and by us: the same class, or a written reason.

    differential.py FOLDER COUNT [SEED]        makes the documents and pyHanko's verdicts
    differential.py FOLDER --compare OURS      compares with our verdicts (JSON lines of the example `judge`)

Each document has a random structure (pages, form, annotations, classic or compressed cross-references), one or two
signatures, and up to three later revisions with random changes, from harmless to hostile. Number N of a seed is
always the same document but for its keys and times.

Classes, for the first signature: broken (the signed bytes or their coverage), refused (a change that the signature
does not permit), permitted. Known differences stand in REASONS with their reason; anything else is a failure.
"""

import collections
import datetime
import io
import json
import logging
import pathlib
import random
import sys

from asn1crypto import keys, x509
from cryptography import x509 as cx509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.metadata.xmp_xml import XmpXmlProcessingError
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

# What pyHanko and we judge differently, by the change that was made, and why ours stands.
REASONS = {
    "trailing-bytes": "bytes behind the last revision are no part of any document; pyHanko ignores them",
    "form_entry /NeedAppearances": "tells readers to draw the fields anew, so that what was signed is no longer what is shown"
    " (ISO 32000-2, 12.7.3); pyHanko lets it pass",
}


# What a certification with P = 3 permits and pyHanko's default rules do not know.
WIDER = (
    "annotations come, change and go under P = 3 (ISO 32000-2, table 257); pyHanko's default rules refuse every annotation"
)


# An attacker signs where it is forbidden, so the generator may too.
signers.PdfSigner._enforce_certification_constraints = staticmethod(lambda reader: None)


def authority():
    """A signer of its own, an anchor at the same time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = cx509.Name([cx509.NameAttribute(cx509.NameOID.COMMON_NAME, "Differential")])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
        False,
    )
    made = (
        cx509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(cx509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=30))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(cx509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            cx509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        .add_extension(cx509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    der = made.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return x509.Certificate.load(der), keys.PrivateKeyInfo.load(private)


CERTIFICATE, KEY = authority()


def signer():
    return signers.SimpleSigner(signing_cert=CERTIFICATE, signing_key=KEY, cert_registry=SimpleCertificateStore())


def stream(text, **entries):
    dictionary = {name("/" + key): value for key, value in entries.items()}
    return generic.StreamObject(dictionary, stream_data=text.encode())


def numbers(*values):
    return generic.ArrayObject([generic.FloatObject(value) for value in values])


def dictionary(**entries):
    return generic.DictionaryObject({name("/" + key): value for key, value in entries.items()})


def text(value):
    return generic.TextStringObject(value)


# --- documents ---


def document(chance):
    """An unsigned document of random structure."""
    writer = PdfFileWriter(stream_xrefs=chance.random() < 0.5)
    font = writer.add_object(dictionary(Type=name("/Font"), Subtype=name("/Type1"), BaseFont=name("/Helvetica")))
    pages = []
    for number in range(chance.randint(1, 4)):
        content = writer.add_object(stream(f"BT /F1 12 Tf 72 {700 - number} Td (Page {number}) Tj ET"))
        resources = dictionary(Font=dictionary(F1=font))
        page = dictionary(
            Type=name("/Page"),
            MediaBox=numbers(0, 0, 595, 842),
            Resources=resources if chance.random() < 0.5 else writer.add_object(resources),
            Contents=content if chance.random() < 0.7 else generic.ArrayObject([content]),
        )
        pages.append(writer.insert_page(page))
    if chance.random() < 0.5:
        for page in chance.sample(pages, chance.randint(1, len(pages))):
            note = dictionary(
                Type=name("/Annot"), Subtype=name("/Text"), Rect=numbers(20, 20, 40, 40), Contents=text("old"),
                F=generic.NumberObject(4), P=page,
            )
            page.get_object()[name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    if chance.random() < 0.8:
        form(writer, chance, pages, font)
    if chance.random() < 0.4:
        writer.root[name("/Metadata")] = writer.add_object(
            stream("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", Type=name("/Metadata"), Subtype=name("/XML"))
        )
    if chance.random() < 0.3:
        writer.set_info(writer.add_object(dictionary(Title=text("old"))))
    if chance.random() < 0.3:
        writer.root[name("/Lang")] = text("vi-VN")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def form(writer, chance, pages, font):
    listed = generic.ArrayObject()
    for number in range(chance.randint(1, 3)):
        page = chance.choice(pages)
        box = dictionary(
            Type=name("/Annot"), Subtype=name("/Widget"), Rect=numbers(100, 100 + 40 * number, 300, 120 + 40 * number),
            F=generic.NumberObject(4), P=page, FT=name("/Tx"), T=text(f"text{number}"), DA=text("/F1 10 Tf 0 g"),
        )
        if chance.random() < 0.5:
            box[name("/AP")] = dictionary(N=writer.add_object(stream("", Subtype=name("/Form"), BBox=numbers(0, 0, 200, 20))))
        reference = writer.add_object(box)
        if chance.random() < 0.3:
            parent = dictionary(T=text(f"group{number}"), Kids=generic.ArrayObject([reference]))
            above = writer.add_object(parent)
            box[name("/Parent")] = above
            listed.append(above)
        else:
            listed.append(reference)
        page = page.get_object()
        page.setdefault(name("/Annots"), generic.ArrayObject())
        page.raw_get("/Annots").append(reference)
    resources = dictionary(Font=dictionary(F1=font))
    writer.root[name("/AcroForm")] = dictionary(Fields=listed, DR=resources, DA=text("/F1 10 Tf 0 g"))


def sign(data, chance, field, certify=None, visible=None):
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    meta = signers.PdfSignatureMetadata(
        field_name=field, certify=certify is not None,
        docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS, md_algorithm="sha256",
        subfilter=chance.choice([fields.SigSeedSubFilter.PADES, fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED]),
    )
    spec = fields.SigFieldSpec(field, on_page=0, box=(50, 50, 150, 90) if visible else None)
    return signers.sign_pdf(writer, meta, signer(), new_field_spec=spec).getvalue()


# --- changes: each takes the writer of a new revision and says what it did, or None where it does not apply ---


def text_fields(writer):
    found = []

    def walk(listed):
        for reference in listed:
            field = reference.get_object()
            if "/Kids" in field and "/FT" not in field:
                walk(field["/Kids"])
            elif field.get("/FT") == "/Tx":
                found.append(reference)

    if "/AcroForm" in writer.root:
        walk(writer.root["/AcroForm"]["/Fields"])
    return found


def some_field(writer, chance):
    found = text_fields(writer)
    return chance.choice(found) if found else None


def page_of(writer, chance):
    count = int(writer.root["/Pages"]["/Count"])
    reference, _ = writer.find_page_for_modification(chance.randrange(count))
    return reference


def fill(writer, chance):
    reference = some_field(writer, chance)
    if reference is None:
        return False
    field = reference.get_object()
    field[name("/V")] = text(f"value {chance.random()}")
    if chance.random() < 0.7:
        field[name("/AP")] = dictionary(
            N=writer.add_object(stream("BT (v) Tj ET", Subtype=name("/Form"), BBox=numbers(0, 0, 200, 20)))
        )
    if chance.random() < 0.3:
        field[name("/Ff")] = generic.NumberObject(1)
    writer.mark_update(reference)
    return True


def change_field(writer, chance):
    reference = some_field(writer, chance)
    if reference is None:
        return False
    field = reference.get_object()
    key, value = chance.choice([
        ("/Rect", numbers(1, 1, 200, 30)), ("/FT", name("/Btn")), ("/T", text("renamed")), ("/MaxLen", generic.NumberObject(3)),
        ("/AA", dictionary(K=dictionary(S=name("/JavaScript"), JS=text("1")))), ("/TU", text("tip")), ("/F", generic.NumberObject(2)),
        ("/DA", text("/F1 30 Tf 1 g")), ("/DV", text("x")), ("/Q", generic.NumberObject(2)),
    ])
    field[name(key)] = value
    writer.mark_update(reference)
    return key


def add_field(writer, chance):
    if "/AcroForm" not in writer.root:
        return False
    page = page_of(writer, chance)
    box = dictionary(
        Type=name("/Annot"), Subtype=name("/Widget"), Rect=numbers(10, 300, 100, 320), F=generic.NumberObject(4),
        P=page, FT=name("/Tx"), T=text("added"), DA=text("/F1 10 Tf 0 g"), V=text("new"),
    )
    reference = writer.add_object(box)
    writer.root["/AcroForm"]["/Fields"].append(reference)
    writer.update_container(writer.root["/AcroForm"]["/Fields"])
    leaf = page.get_object()
    leaf.setdefault(name("/Annots"), generic.ArrayObject()).append(reference)
    writer.mark_update(page)
    return True


def remove_field(writer, chance):
    listed = writer.root["/AcroForm"]["/Fields"] if "/AcroForm" in writer.root else []
    places = [index for index, one in enumerate(listed) if one.get_object().get("/FT") == "/Tx"]
    if not places:
        return False
    del listed[chance.choice(places)]
    writer.update_container(listed)
    return True


def form_entry(writer, chance):
    if "/AcroForm" not in writer.root:
        return False
    whole = writer.root["/AcroForm"]
    key, value = chance.choice([
        ("/NeedAppearances", generic.BooleanObject(True)), ("/DA", text("/F1 99 Tf 0 g")),
        ("/XFA", text("<x/>")), ("/Q", generic.NumberObject(1)), ("/CO", generic.ArrayObject()),
    ])
    whole[name(key)] = value
    writer.update_container(whole)
    return key


def annotate(writer, chance):
    page = page_of(writer, chance)
    kind = chance.choice(["/Text", "/FreeText", "/Link", "/Stamp", "/Highlight"])
    note = dictionary(
        Type=name("/Annot"), Subtype=name(kind), Rect=numbers(200, 200, 300, 300), Contents=text("new"),
        F=generic.NumberObject(4), P=page,
    )
    leaf = page.get_object()
    leaf.setdefault(name("/Annots"), generic.ArrayObject()).append(writer.add_object(note))
    writer.mark_update(page)
    return kind


def edit_annotation(writer, chance):
    page = page_of(writer, chance)
    for reference in page.get_object().get("/Annots", ()):
        note = reference.get_object()
        if note.get("/Subtype") == "/Text":
            note[name("/Contents")] = text("changed")
            writer.mark_update(reference)
            return True
    return False


def remove_annotations(writer, chance):
    page = page_of(writer, chance)
    if "/Annots" not in page.get_object():
        return False
    del page.get_object()[name("/Annots")]
    writer.mark_update(page)
    return True


def page_entry(writer, chance):
    page = page_of(writer, chance)
    key, value = chance.choice([
        ("/Rotate", generic.NumberObject(90)), ("/MediaBox", numbers(0, 0, 300, 300)), ("/CropBox", numbers(0, 0, 100, 100)),
        ("/Contents", None), ("/AA", dictionary(O=dictionary(S=name("/JavaScript"), JS=text("1")))),
        ("/Resources", dictionary()), ("/UserUnit", generic.NumberObject(2)), ("/Tabs", name("/S")), ("/StructParents", generic.NumberObject(3)),
    ])
    page.get_object()[name(key)] = writer.add_object(stream("BT ET")) if value is None else value
    writer.mark_update(page)
    return key


def edit_content(writer, chance):
    page = page_of(writer, chance)
    content = page.get_object().raw_get("/Contents")
    content = content[0] if isinstance(content, generic.ArrayObject) else content
    if isinstance(content, generic.ArrayObject):
        content = content.raw_get(0)
    reference = page.get_object().raw_get("/Contents")
    if not isinstance(reference, generic.IndirectObject):
        reference = reference.raw_get(0)
    writer.objects[(reference.generation, reference.idnum)] = stream("BT /F1 12 Tf (forged) Tj ET")
    return True


def add_page(writer, chance):
    content = writer.add_object(stream("BT ET"))
    writer.insert_page(dictionary(Type=name("/Page"), MediaBox=numbers(0, 0, 9, 9), Resources=dictionary(), Contents=content))
    return True


def remove_page(writer, chance):
    whole = writer.root["/Pages"]
    if int(whole["/Count"]) < 2:
        return False
    whole["/Kids"].pop()
    whole[name("/Count")] = generic.NumberObject(int(whole["/Count"]) - 1)
    writer.update_container(whole)
    return True


def catalogue_entry(writer, chance):
    script = dictionary(S=name("/JavaScript"), JS=text("app.alert(1)"))
    key, value = chance.choice([
        ("/OpenAction", script), ("/Names", dictionary(JavaScript=dictionary(Names=generic.ArrayObject([text("a"), script])))),
        ("/AA", dictionary(WC=script)), ("/Lang", text("en-US")), ("/PageMode", name("/UseOutlines")), ("/ViewerPreferences", dictionary()),
        ("/PageLabels", dictionary(Nums=generic.ArrayObject())), ("/Outlines", dictionary(Type=name("/Outlines"))),
        ("/OCProperties", dictionary(OCGs=generic.ArrayObject(), D=dictionary())), ("/Version", name("/1.7")),
        ("/Extensions", dictionary(ESIC=dictionary(BaseVersion=name("/1.7"), ExtensionLevel=generic.NumberObject(1)))),
        ("/Perms", dictionary()), ("/Collection", dictionary()), ("/Unknown", text("x")), ("/MarkInfo", dictionary(Marked=generic.BooleanObject(True))),
    ])
    writer.root[name(key)] = value
    writer.update_root()
    return key


def metadata(writer, chance):
    writer.root[name("/Metadata")] = writer.add_object(
        stream("<x:xmpmeta xmlns:x='adobe:ns:meta/'>new</x:xmpmeta>", Type=name("/Metadata"), Subtype=name("/XML"))
    )
    writer.update_root()
    return True


def info(writer, chance):
    writer.set_info(writer.add_object(dictionary(Title=text("new"))))
    return True


def evidence(writer, chance):
    store = writer.add_object(stream(""))
    store.get_object()._data = CERTIFICATE.dump()
    writer.root[name("/DSS")] = writer.add_object(dictionary(Certs=generic.ArrayObject([store])))
    writer.update_root()
    return True


def loose_object(writer, chance):
    writer.add_object(dictionary(Note=text("nobody refers to this")))
    return True


def rewrite_same(writer, chance):
    writer.mark_update(page_of(writer, chance))
    return True


def change_font(writer, chance):
    page = page_of(writer, chance).get_object()
    fonts = page["/Resources"].get("/Font") if "/Resources" in page else None
    if not fonts or "/F1" not in fonts:
        return False
    reference = fonts.raw_get("/F1")
    reference.get_object()[name("/BaseFont")] = name("/Courier")
    writer.mark_update(reference)
    return True


def change_signature(writer, chance):
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field.get("/FT") == "/Sig" and "/V" in field:
            value = field.raw_get("/V")
            value.get_object()[name("/Reason")] = text("another")
            writer.mark_update(value)
            return True
    return False


def move_signature(writer, chance):
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field.get("/FT") == "/Sig":
            field[name("/Rect")] = numbers(0, 0, 500, 500)
            writer.mark_update(reference)
            return True
    return False


CHANGES = [
    fill, fill, fill, change_field, add_field, remove_field, form_entry, annotate, annotate, edit_annotation,
    remove_annotations, page_entry, edit_content, add_page, remove_page, catalogue_entry, catalogue_entry, metadata,
    info, evidence, loose_object, rewrite_same, change_font, change_signature, move_signature,
]


def revise(data, chance):
    """One more revision: the document and what was done, or nothing where the dice found nothing to do."""
    kind = chance.random()
    if kind < 0.15:
        return sign(data, chance, f"more{len(data)}", visible=chance.random() < 0.5), ["sign"]
    if kind < 0.22:
        output = io.BytesIO(data)
        writer = IncrementalPdfFileWriter(output, strict=False)
        stamper = signers.PdfTimeStamper(DummyTimeStamper(tsa_cert=CERTIFICATE, tsa_key=KEY))
        return stamper.timestamp_pdf(writer, "sha256", validation_context=None).getvalue(), ["document-timestamp"]
    if kind < 0.26:
        return data + chance.choice([b"\n", b"   \n", b"%comment\n", b"garbage", b"\0" * 20]), ["trailing-bytes"]
    if kind < 0.29:
        place = chance.randrange(100, len(data) // 2)
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], ["flipped-byte"]
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    done = []
    for change in chance.sample(CHANGES, chance.choice([1, 1, 1, 2])):
        outcome = change(writer, chance)
        if outcome:
            done.append(change.__name__ if outcome is True else f"{change.__name__} {outcome}")
    output = io.BytesIO()
    try:
        writer.write(output)
    except XmpXmlProcessingError:  # it will not build on metadata that an earlier change broke
        return data, ["no-revision"]
    return output.getvalue(), done


def generate(seed):
    chance = random.Random(seed)
    data = document(chance)
    certify = chance.choice([None, None, fields.MDPPerm.NO_CHANGES, fields.MDPPerm.FILL_FORMS, fields.MDPPerm.FILL_FORMS, fields.MDPPerm.ANNOTATE])
    data = sign(data, chance, "first", certify, visible=chance.random() < 0.5)
    done = [f"certify {certify.name}" if certify else "approval"]
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        data, what = revise(data, chance)
        done += what
    return data, done


# --- verdicts ---


def pyhanko(data):
    """The class of the first signature under pyHanko."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        first = next(one for one in reader.embedded_signatures if one.field_name == "first")
        context = ValidationContext(trust_roots=[CERTIFICATE], allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(first, context, context)
    except Exception as error:  # whatever it cannot read it does not accept
        return {"class": "broken", "why": f"{type(error).__name__}: {error}"[:200]}
    level = status.modification_level
    if not (status.intact and status.valid) or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return {"class": "broken", "why": f"intact {status.intact}, valid {status.valid}, {status.coverage}"}
    permitted = bool(status.docmdp_ok) and level != ModificationLevel.OTHER
    return {"class": "permitted" if permitted else "refused", "level": level.name if level else None}


def make(folder, count, seed):
    logging.disable(logging.CRITICAL)
    folder.mkdir(parents=True, exist_ok=True)
    from asn1crypto import pem

    (folder / "anchors.pem").write_bytes(pem.armor("CERTIFICATE", CERTIFICATE.dump()))
    with (folder / "pyhanko.jsonl").open("w") as verdicts:
        for number in range(count):
            data, done = generate(f"{seed}/{number}")
            file = folder / f"{number:05}.pdf"
            file.write_bytes(data)
            verdicts.write(json.dumps({"file": file.name, "done": done, **pyhanko(data)}) + "\n")
    print(f"{count} documents in {folder}")


def compare(folder, ours):
    """Prints what differs; the last line has the form that the summary of `make test` reads."""
    theirs = {one["file"]: one for one in map(json.loads, (folder / "pyhanko.jsonl").read_text().splitlines())}
    mine = {one["file"]: one for one in map(json.loads, pathlib.Path(ours).read_text().splitlines())}
    assert theirs.keys() == mine.keys(), "not the same documents"
    known, failed = collections.Counter(), 0
    table = collections.Counter()
    for file, their in sorted(theirs.items()):
        my = mine[file]
        table[their["class"], my["class"]] += 1
        if their["class"] == my["class"]:
            continue
        reason = next((why for what, why in REASONS.items() if any(one.startswith(what) for one in their["done"])), None)
        stricter = their["class"] == "permitted" or (their["class"], my["class"]) == ("refused", "broken")
        if reason and stricter:
            known[reason] += 1
            continue
        marked = my["class"] == "permitted" and my["why"][0] == "annotations"
        if marked and their["class"] == "refused" and "certify ANNOTATE" in their["done"]:
            known[WIDER] += 1
            continue
        failed += 1
        print(f"{file}: {their['class']} {their.get('level') or their.get('why')} / {my['class']} {my.get('why')}: {their['done']}")
    for (their, my), number in sorted(table.items()):
        print(f"pyHanko {their:<10} ours {my:<10} {number:>5}")
    for reason, number in known.items():
        print(f"{number:>5} differ: {reason}")
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(theirs) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    FOLDER = pathlib.Path(sys.argv[1])
    if sys.argv[2] == "--compare":
        sys.exit(compare(FOLDER, sys.argv[3]))
    make(FOLDER, int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "1")
