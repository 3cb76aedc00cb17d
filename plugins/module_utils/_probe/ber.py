# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of ASN.1 BER (ITU-T X.690) that T.125 and CredSSP need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """tag: its identifier bytes as a number, so that `7f 66` is 0x7f66. end: where the next element begins."""

    tag: int
    content: bytes
    end: int


def element(tag: int, content: bytes, application: bool = False) -> bytes:
    """application: a constructed application tag above 30, which takes two bytes."""
    return (b"\x7f" if application else b"") + bytes((tag,)) + _length(len(content)) + content


def integer(value: int) -> bytes:
    """A number that is not negative, in the fewest bytes that keep its sign."""
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")


def _header(data: bytes) -> tuple[int, int, int] | None:
    """Tag, where the content begins, and its length; None where the data ends before that is known or the form is not allowed."""
    if len(data) < 2:
        return None
    tag, at = data[0], 1
    if tag & 0x1F == 0x1F:
        tag, at = tag << 8 | data[1], 2
    if len(data) <= at:
        return None
    first, at = data[at], at + 1
    if first < 0x80:
        return tag, at, first
    size = first & 0x7F
    if not 1 <= size <= 4 or len(data) < at + size:
        return None
    return tag, at + size, int.from_bytes(data[at : at + size], "big")


def read_element(data: bytes) -> Element | None:
    """The first element, or None where it is not whole."""
    header = _header(data)
    if header is None or header[1] + header[2] > len(data):
        return None
    tag, begin, length = header
    return Element(tag, data[begin : begin + length], begin + length)


def read_elements(data: bytes) -> list[Element]:
    """The elements one after the other, as far as they are whole."""
    found = []
    while (one := read_element(data)) is not None:
        found.append(one)
        data = data[one.end :]
    return found


def missing(received: bytes, longest: int) -> int:
    """How many bytes are still to come before the first element is whole; 0 also for what is none or would be longer than `longest`."""
    header = _header(received)
    if header is None:
        return 1 if len(received) < 6 else 0
    whole = header[1] + header[2]
    return max(0, whole - len(received)) if whole <= longest else 0
