# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits change the bytes they are about and no others."""

from __future__ import annotations

import codecs

import pytest

from lab.engine_python import edit
from lab.engine_python.document import Document, Element
from lab.engine_python.edit import New
from lab.engine_python.errors import Refusal

TEXT = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- head -->
<root>
  <one  b='2'   a="1"/> <!-- beside -->
  <two>
    <add key="x" />
    <add key="y" />
  </two>
  <none></none>
  <only><!-- words --></only>
</root>
"""


def document(text: bytes = TEXT) -> Document:
    return Document(text, "C:\\x.config")


def place(found: Document, tag: str) -> tuple[int, ...]:
    return next(element for element in found.root.walk() if element.tag == tag).place


def test_a_document_that_nothing_changed_in_is_the_same() -> None:
    assert document().content() == TEXT


@pytest.mark.parametrize(
    ("mark", "codec"), [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_encoding_and_mark_are_kept(mark: bytes, codec: str) -> None:
    text = '<root>\r\n    <a name="ä" />\r\n</root>'
    found = document(mark + text.encode(codec))

    edit.set_attribute(found, (0,), "name", "ü")

    assert found.content() == mark + text.replace("ä", "ü").encode(codec)


def test_lines_are_those_of_the_start_tags() -> None:
    assert [(element.tag, element.line) for element in document().root.walk()][:4] == [("root", 3), ("one", 4), ("two", 5), ("add", 6)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("a", "5", b"""  <one  b='2'   a="5"/> <!-- beside -->"""),
        ("b", "5", b"""  <one  b="5"   a="1"/> <!-- beside -->"""),
        ("c", '<"&>\t', b"""  <one  b='2'   a="1" c="&lt;&quot;&amp;&gt;&#x9;"/> <!-- beside -->"""),
    ],
)
def test_set_attribute(name: str, value: str, expected: bytes) -> None:
    found = document()

    edit.set_attribute(found, place(found, "one"), name, value)

    assert found.content() == TEXT.replace(TEXT.splitlines()[3], expected)
    assert found.at(place(found, "one")).attributes[name] == value


def test_remove_attribute() -> None:
    found = document()

    edit.remove_attribute(found, place(found, "one"), "b")

    assert found.content() == TEXT.replace(b"  b='2'", b"")


def test_delete_takes_the_line() -> None:
    found = document()

    edit.delete(found, place(found, "add"))

    assert found.content() == TEXT.replace(b'    <add key="x" />\n', b"")


def test_delete_leaves_what_stands_on_the_same_line() -> None:
    found = document()

    edit.delete(found, place(found, "one"))

    assert found.content() == TEXT.replace(b"""<one  b='2'   a="1"/>""", b"")


@pytest.mark.parametrize(
    ("tag", "index", "old", "new"),
    [
        ("two", 2, b'<add key="y" />', b'<add key="y" />\n    <n k="v" />'),
        ("two", 0, b'<add key="x" />', b'<n k="v" />\n    <add key="x" />'),
        ("none", 0, b"<none></none>", b'<none>\n    <n k="v" />\n  </none>'),
        ("only", 0, b"<!-- words -->", b'<!-- words -->\n    <n k="v" />\n  '),
        ("one", 0, b"""a="1"/>""", b"""a="1">\n    <n k="v" />\n  </one>"""),
    ],
)
def test_insert_is_indented_like_its_neighbours(tag: str, index: int, old: bytes, new: bytes) -> None:
    found = document()

    inserted = edit.insert(found, place(found, tag), index, New("n", {"k": "v"}))

    assert found.content() == TEXT.replace(old, new)
    assert found.at(inserted).attributes == {"k": "v"}


def test_insert_with_children_and_the_files_own_line_ends() -> None:
    found = document(b"<r>\r\n\t<a />\r\n</r>")

    edit.insert(found, (), 1, New("b", {}, [New("c", {"k": "v"})]))

    assert found.content() == b'<r>\r\n\t<a />\r\n\t<b>\r\n\t\t<c k="v" />\r\n\t</b>\r\n</r>'


def test_greater_than_in_a_value_ends_no_tag() -> None:
    found = document(b"<r><a k='x>y/>' /><b/></r>")
    elements: list[Element] = found.root.children

    assert [(element.tag, element.attributes) for element in elements] == [("a", {"k": "x>y/>"}), ("b", {})]
    edit.set_attribute(found, (0,), "j", "1")
    assert found.content() == b"<r><a k='x>y/>' j=\"1\" /><b/></r>"


def test_text_that_is_no_xml() -> None:
    with pytest.raises(Refusal) as caught:
        document(b"<root>\n<a>\n</root>")

    assert caught.value.as_error()["kind"] == "malformed"
    assert caught.value.as_error()["line"] == 3
