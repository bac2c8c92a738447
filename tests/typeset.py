"""Judges what the typesetter writes with tools that are not ours: qpdf, poppler, pyHanko's reader, lxml.

    typeset.py FOLDER

FOLDER is what the example `forms` of vanthu-layout leaves, twice: FOLDER/once and FOLDER/again. No validator of PDF/A can
be had from Debian or a package registry, so the rules of ISO 19005-2 that can be told from the objects are asked here, by
other hands and another reader than `vanthu_layout::archive_faults`. The last line has the form that the summary of
`make test` reads.
"""

import pathlib
import re
import shutil
import subprocess
import sys

from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

FOLDER = pathlib.Path(sys.argv[1])
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
# Table 1 of 6.5.1: what a file for archives may not do.
ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans",
    "/GoTo3DView", "/JavaScript",
}
# 6.3.1
ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie"}
# What may be drawn without being a part of the structure: nothing but what is marked as an artifact.
DRAWS = re.compile(rb"(?<![^\s\]>)])(Tj|TJ|'|\"|f\*?|F|S|s|B\*?|b\*?|Do|sh|EI)(?=\s|$)")
MARKS = re.compile(rb"(/\w+)\s*(<<.*?>>|/\w+)?\s*(BDC|BMC)|\bEMC\b", re.S)
STRINGS = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>(?!>)", re.S)


def get(dictionary, key, default=None):
    """The value itself, where the dictionary names it by number."""
    return dictionary[key] if key in dictionary else default


def each(array):
    """The values themselves."""
    return [array[index] for index in range(len(array))]


def objects(reader):
    """Every object of the file, with its number."""
    for number in range(1, int(reader.trailer["/Size"])):
        try:
            yield number, reader.get_object(generic.IndirectObject(number, 0, reader))
        except Exception:  # a free entry; qpdf tells of broken ones
            continue


def dictionaries(value, seen):
    """A dictionary and the direct ones in it."""
    if isinstance(value, generic.DictionaryObject):
        yield value
        for key in value:
            direct = value.raw_get(key)
            if not isinstance(direct, generic.IndirectObject):
                yield from dictionaries(direct, seen)
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            direct = value.raw_get(index)
            if not isinstance(direct, generic.IndirectObject):
                yield from dictionaries(direct, seen)


def metadata(reader):
    """6.6: the metadata say what the file is, and the same as its dictionary."""
    stream = get(reader.root, "/Metadata")
    if stream is None:
        yield "no metadata"
        return
    if "/Filter" in stream:
        yield "metadata are compressed"
    tree = etree.fromstring(stream.data, etree.XMLParser(resolve_entities=False))

    def said(name):
        for described in tree.iter(f"{RDF}Description"):
            if name in described.attrib:
                return described.attrib[name]
        found = tree.find(f".//{name}")
        if found is None:
            return None
        return "".join(found.itertext()).strip()

    if (said(f"{PDFAID}part"), said(f"{PDFAID}conformance")) != ("2", "A"):
        yield f"metadata name PDF/A-{said(f'{PDFAID}part')}{said(f'{PDFAID}conformance')}"
    title = said(f"{DC}title")
    info = get(reader.trailer, "/Info")
    if not title:
        yield "no title"
    elif info is not None and "/Title" in info and str(info["/Title"]) != title:
        yield "title differs between metadata and dictionary"
    if not said(f"{DC}language") and "/Lang" not in reader.root:
        yield "no language"


def catalogue(reader):
    """6.1.3, 6.2.3, 6.7: what the root holds."""
    root = reader.root
    if "/Encrypt" in reader.trailer:
        yield "encrypted"
    if "/ID" not in reader.trailer:
        yield "no identifier"
    intents = [it for it in each(get(root, "/OutputIntents", [])) if it["/S"] == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield f"{len(intents)} output intents"
    for intent in intents:
        profile = intent["/DestOutputProfile"]
        # An ICC profile says who it is at byte 36.
        if profile.data[36:40] != b"acsp" or profile["/N"] not in (1, 3, 4):
            yield "the output intent holds no ICC profile"
    if not get(get(root, "/MarkInfo", {}), "/Marked"):
        yield "not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "no structure"
    if not re.fullmatch(r"vi(-VN)?", str(get(root, "/Lang", ""))):
        yield f"language {get(root, '/Lang')}"
    for name in ("/AA", "/OpenAction", "/XFA", "/Perms", "/Collection"):
        if name in root:
            yield f"{name} in the root"
    form = get(root, "/AcroForm", {})
    if get(form, "/NeedAppearances") or "/XFA" in form:
        yield "a form that is drawn by its reader"


def anything(reader):
    """6.1, 6.2, 6.3, 6.5: rules that hold for each object."""
    for number, value in objects(reader):
        if isinstance(value, generic.StreamObject):
            filters = get(value, "/Filter", [])
            for name in [filters] if isinstance(filters, generic.NameObject) else filters:
                if name in ("/LZWDecode", "/Crypt"):
                    yield f"{number}: {name}"
            if "/F" in value and "/Type" in value and value["/Type"] != "/Annot":
                yield f"{number}: a stream kept elsewhere"
        for one in dictionaries(value, set()):
            if get(one, "/S") in ACTIONS and "/Type" in one and one["/Type"] == "/Action":
                yield f"{number}: action {one['/S']}"
            if get(one, "/Type") == "/Annot" or "/Subtype" in one and "/Rect" in one:
                yield from annotation(number, one)
            if get(one, "/Subtype") == "/Image":
                if get(one, "/Interpolate") or "/Alternates" in one or "/OPI" in one:
                    yield f"{number}: a picture with what is not allowed"
            if get(one, "/Type") == "/ExtGState":
                if "/TR" in one or get(one, "/TR2", "/Default") != "/Default" or "/HTP" in one:
                    yield f"{number}: a transfer function"
            if get(one, "/Subtype") in ("/PS",):
                yield f"{number}: PostScript"


def annotation(number, one):
    if one["/Subtype"] in ANNOTATIONS:
        yield f"{number}: annotation {one['/Subtype']}"
    if one["/Subtype"] == "/Popup":
        return
    flags = int(get(one, "/F", 0))
    if not flags & 4 or flags & (1 | 2 | 32 | 256):
        yield f"{number}: an annotation that is not printed, or hidden (flags {flags})"
    rect = [float(it) for it in each(one["/Rect"])]
    empty = rect[0] == rect[2] and rect[1] == rect[3]
    if "/AP" not in one and one["/Subtype"] != "/Link" and not empty:
        yield f"{number}: an annotation without appearance"
    if "/AP" in one and set(one["/AP"]) - {"/N"}:
        yield f"{number}: more than one appearance"


def fonts(file):
    """6.2.11.4, 6.2.11.7: programs of fonts are in the file, and letters have a meaning. Poppler says it."""
    said = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in said[2:]:
        embedded, _, unicode = re.search(r"(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$", line).groups()
        if (embedded, unicode) != ("yes", "yes"):
            yield f"font: {line}"


def structure(reader):
    """6.7.3: each piece of a page belongs to the structure or is an artifact; each mark is known to the structure."""
    parents = {}
    if "/StructTreeRoot" not in reader.root:
        return
    tree = get(reader.root["/StructTreeRoot"], "/ParentTree")
    collect(tree, parents)
    for index, page in enumerate(pages(reader.root["/Pages"]), 1):
        contents = page["/Contents"]
        streams = each(contents) if isinstance(contents, generic.ArrayObject) else [contents]
        data = b"\n".join(it.data for it in streams)
        ids, bare = marked(data)
        if bare:
            yield f"page {index}: {bare} outside of structure and artifacts"
        if ids:
            known = parents.get(get(page, "/StructParents"))
            if known is None or max(ids) >= len(known):
                yield f"page {index}: marks that the structure does not know"
        if get(page, "/Tabs") != "/S" and "/Annots" in page:
            yield f"page {index}: the order of fields is not that of the structure"


def marked(data):
    """The identifiers of marked content, and the first operator that draws outside of any mark."""
    plain = STRINGS.sub(lambda it: b"()", data)
    ids, depth, at, bare = [], 0, 0, None
    for mark in MARKS.finditer(plain):
        if depth == 0 and bare is None:
            drawn = DRAWS.search(plain, at, mark.start())
            bare = drawn and drawn.group(1).decode()
        at = mark.end()
        if mark.group(0) == b"EMC":
            depth -= 1
            continue
        depth += 1
        number = re.search(rb"/MCID\s+(\d+)", mark.group(2) or b"")
        if number:
            ids.append(int(number.group(1)))
    if bare is None and DRAWS.search(plain, at):
        bare = "the end of the page"
    if depth:
        bare = "marks that are not closed"
    return ids, bare


def collect(node, parents):
    if node is None:
        return
    numbers = each(get(node, "/Nums", []))
    for at in range(0, len(numbers), 2):
        parents[int(numbers[at])] = numbers[at + 1]
    for kid in each(get(node, "/Kids", [])):
        collect(kid, parents)


def pages(node):
    for kid in each(node["/Kids"]):
        if kid["/Type"] == "/Pages":
            yield from pages(kid)
        else:
            yield kid


def written(file):
    """What qpdf finds wrong with how the file is written."""
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True)
    if done.returncode:
        yield f"qpdf: {done.stdout[-300:]} {done.stderr[-300:]}"


def judged(file):
    with open(file, "rb") as opened:
        reader = PdfFileReader(opened, strict=True)
        for rule in (catalogue, metadata, anything, structure):
            yield from rule(reader)
    yield from fonts(file)
    if shutil.which("qpdf"):
        yield from written(file)


def main():
    passed = failed = 0
    files = sorted((FOLDER / "once").glob("*.pdf"))
    for file in files:
        faults = list(judged(file))
        if file.read_bytes() != (FOLDER / "again" / file.name).read_bytes():
            faults.append("the same text gave other bytes the second time")
        for fault in faults:
            print(f"{file.name}: {fault}")
        passed, failed = passed + (not faults), failed + bool(faults)
    if not files:
        print("no file was made")
        failed += 1
    if not shutil.which("qpdf"):
        print("skipped: qpdf is not installed")
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed; 0 ignored")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
