"""Whether a report has the shape of ETSI TS 119 102-2, by classes that pyHanko generated from the standard's schema:
no element or attribute that it does not know, none missing that it requires, in its order, with its types.
"""

import dataclasses
import typing

from lxml import etree
from pyhanko.generated.etsi.ts_11910202 import ValidationReport
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

STRICT = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True)


def check(xml):
    """Raises what is wrong; gives how many elements were looked at."""
    report = XmlParser(config=STRICT).from_bytes(xml, ValidationReport)
    return walk(etree.fromstring(xml), report)


def walk(element, found):
    """An element beside what the classes made of it."""
    place = element.getroottree().getpath(element)
    fields = {field.name: field for field in dataclasses.fields(found)}
    order = {field.metadata.get("name", name): number for number, (name, field) in enumerate(fields.items())}
    for name, field in fields.items():
        value, kind = getattr(found, name), field.metadata
        if kind.get("required"):
            assert value is not None, f"{place} lacks {kind.get('name', name)}"
        if isinstance(value, list) and kind.get("type") == "Element":
            assert len(value) >= kind.get("min_occurs", 0), f"{place} has too few {kind.get('name', name)}"
    children = [child for child in element if isinstance(child.tag, str)]
    if all(field.metadata.get("type") != "Elements" for field in fields.values()):
        names = [etree.QName(child).localname for child in children]
        places = [order[name] for name in names if name in order]
        assert places == sorted(places), f"{place} has another order: {names}"
    return 1 + sum(walk(*pair) for pair in pairs(children, found, fields))


def pairs(children, found, fields):
    """Each child beside its object; what is plain text or of a foreign schema has none."""
    objects = {}
    for name, field in fields.items():
        value = getattr(found, name)
        held = value if isinstance(value, (list, tuple)) else [value]
        objects[field.metadata.get("name", name)] = iter([it for it in held if dataclasses.is_dataclass(it)])
    none: typing.Iterator = iter(())
    for child in children:
        of = next(objects.get(etree.QName(child).localname, none), None)
        if of is not None:
            yield child, of
