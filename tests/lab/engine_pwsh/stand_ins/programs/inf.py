# SPDX-License-Identifier: GPL-3.0-or-later
"""INF text: sections in order, each a table of keys. Keys and sections compare without case."""

from __future__ import annotations

Sections = dict[str, dict[str, str]]


def parse(text: str) -> Sections:
    sections: Sections = {}
    section: dict[str, str] = {}
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = table(sections, line[1:-1])
        elif line and not line.startswith(";"):
            key, _, value = line.partition("=")
            put(section, key.strip(), value.strip())
    return sections


def table(sections: Sections, name: str) -> dict[str, str]:
    """The section of this name, made where there is none."""
    return sections.setdefault(next((known for known in sections if known.lower() == name.lower()), name), {})


def get(section: dict[str, str], key: str) -> str | None:
    return next((value for known, value in section.items() if known.lower() == key.lower()), None)


def put(section: dict[str, str], key: str, value: str) -> None:
    section[next((known for known in section if known.lower() == key.lower()), key)] = value


def text_of(sections: Sections) -> str:
    """Lines as `Name = value`; in [Version] without blanks, as Windows writes it."""
    lines = []
    for name, section in sections.items():
        lines.append(f"[{name}]")
        between = "=" if name in ("Unicode", "Version") else " = "
        lines += [f"{key}{between}{value}".rstrip() for key, value in section.items()]
    return "".join(f"{line}\n" for line in lines)
