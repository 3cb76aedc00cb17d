# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: services and their restart."""

from __future__ import annotations

from lab.behaviour.expectation import InAnswer, Part, Steps
from lab.behaviour.registry import ABSENT, KEY
from lab.behaviour.requests import apply, reads, registry_delete, registry_set
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

DOCS = "System.ServiceProcess.ServiceController, learn.microsoft.com"
PROTOCOL = "docs/protocol.md"
SET = registry_set(KEY, "On", "DWord", 1, ABSENT)
STOPPED = Situation(services={"W3SVC": {"state": "Stopped", "start_type": "Automatic", "dependents": []}})


def service(name: str) -> dict[str, object]:
    return {"provider": "service", "read": "service", "name": name}


ROWS = (
    Row(
        "service: what is known of one",
        Situation(),
        reads(service("W3SVC")),
        (Part("", {"exists": True, "state": "Running", "start_type": "Automatic", "dependents": []}),),
        DOCS,
        "D",
    ),
    Row("service: names compare without case", Situation(), reads(service("w3svc")), (Part("state", "Running"),), DOCS, "D"),
    Row(
        "service: the running dependents",
        Situation(services={"UmRdpService": {"state": "Stopped", "start_type": "Manual", "dependents": []}}),
        reads(service("TermService"), service("WAS")),
        (Part("dependents", []), Part("dependents", ["W3SVC"], number=1)),
        PROTOCOL,
        "P",
    ),
    Row("service: one that is not there", Situation(), reads(service("Nothing")), (Part("", {"exists": False}),), PROTOCOL, "P"),
    Row(
        "service: restarted after the writes",
        Situation(),
        apply(SET, restarts=["W3SVC"], read=(service("W3SVC"),)),
        (Steps(("done",)), InAnswer("restarts", [{"service": "W3SVC", "error": None}]), Part("state", "Running")),
        PROTOCOL,
        "P",
    ),
    Row(
        "service: one that does not stop in time",
        Situation(services={"W3SVC": {"state": "Running", "start_type": "Automatic", "dependents": [], "stuck": True}}),
        apply(SET, restarts=["W3SVC"]),
        (Steps(("done",)), InAnswer("restarts/0/error/kind", "service_timeout")),
        PROTOCOL,
        "P",
    ),
    Row(
        "service: one that this account may not stop",
        Situation(services={"W3SVC": {"state": "Running", "start_type": "Automatic", "dependents": [], "denied": True}}),
        apply(SET, restarts=["W3SVC"], read=(service("W3SVC"),)),
        (
            Steps(("done",)),
            InAnswer("restarts/0/error", {"kind": "access_denied", "hresult": "0x80070005"}),
            Part("state", "Running"),
        ),
        DOCS + ": Stop throws InvalidOperationException, with the reason as the Win32Exception inside it",
        "D",
    ),
    Row(
        "service: one that stops too late is started again, and what depends on it",
        Situation(
            services={
                "WAS": {"state": "Running", "start_type": "Manual", "dependents": ["W3SVC"], "slow": 1},
                "W3SVC": {"state": "Running", "start_type": "Automatic", "dependents": []},
            }
        ),
        apply(SET, restarts=["WAS"], read=(service("WAS"), service("W3SVC"))),
        (
            Steps(("done",)),
            InAnswer("restarts/0/error/kind", "service_timeout"),
            Part("", {"state": "Running", "dependents": ["W3SVC"]}),
            Part("state", "Running", number=1),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "service: a stopped one is not started",
        STOPPED,
        apply(SET, restarts=["W3SVC"], read=(service("W3SVC"),)),
        (InAnswer("restarts", [{"service": "W3SVC", "error": None}]), Part("state", "Stopped")),
        PROTOCOL,
        "P",
    ),
    Row(
        "service: the restart of one that is not there",
        Situation(),
        apply(SET, restarts=["Nothing", "W3SVC"]),
        (
            Steps(("done",)),
            InAnswer("restarts", [{"service": "Nothing", "error": {"kind": "service_missing"}}, {"service": "W3SVC", "error": None}]),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "service: nothing is restarted after a failure",
        Situation(),
        apply(registry_delete(KEY, "On", {"exists": True, "kind": "DWord", "value": 1}), restarts=["W3SVC"]),
        (Steps(("failed:changed_meanwhile",)), InAnswer("restarts", [])),
        PROTOCOL,
        "I",
    ),
)
