# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: redirection.config points elsewhere, and the default ServerManager follows it."""

from __future__ import annotations

from lab.behaviour.expectation import Bytes, Level, Part, ReadError, Steps
from lab.behaviour.iis_changes import max_url
from lab.behaviour.requests import SERVER, apply, reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import APPLICATION_HOST, Situation

FOLDER = "D:\\farm"
SHARED = Situation("shared_configuration", options={"path": FOLDER})
SOURCE = "kudu 1438; shared configuration, learn.microsoft.com"

ROWS = (
    Row(
        "shared: the configuration stands where redirection.config says",
        SHARED,
        reads(SERVER),
        (Part("configuration", FOLDER + "\\applicationHost.config"), Part("shared_configuration", {"enabled": True, "path": FOLDER})),
        SOURCE,
        "C",
    ),
    Row(
        "shared: a write goes to the shared file",
        SHARED,
        apply(max_url(9), read=(section(),)),
        (
            Steps(("done",)),
            Bytes('maxUrl="9"', file=FOLDER + "\\applicationHost.config"),
            Bytes('maxUrl="9"', present=False, file=APPLICATION_HOST),
            Level("", "requestLimits/@maxUrl", 9),
        ),
        SOURCE,
        "C",
    ),
    Row(
        "shared: a share that is not there",
        Situation("shared_configuration"),
        reads(SERVER),
        (ReadError("not_found"),),
        "an unreachable share, as a missing file",
        "I",
        ((ReadError("location_unknown"),), (ReadError("section_unknown"),), (ReadError("internal"),)),
    ),
)
