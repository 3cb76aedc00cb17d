# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of converge: a list of resources, each validated by its own spec."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .errors import HardeningError
from .resource import Resource, without_absent

CONVERGE_SPEC: dict[str, t.Any] = {
    "resources": {"type": "list", "elements": "dict", "required": True},
    "only": {"type": "list", "elements": "str"},
    "skip": {"type": "list", "elements": "str"},
}


def build_resources(options: t.Mapping[str, t.Any], known: t.Mapping[str, type[Resource]]) -> list[Resource]:
    """The resources of a converge task, in order. Raises HardeningError that names the item which is wrong."""
    items = options["resources"]
    if not items:
        raise HardeningError("Nothing was changed: resources is empty, so there is nothing to converge.")
    return [_build(number, item, options, known) for number, item in enumerate(items, start=1)]


def _build(number: int, item: t.Any, options: t.Mapping[str, t.Any], known: t.Mapping[str, type[Resource]]) -> Resource:
    if len(item) != 1:
        raise HardeningError(
            f"Nothing was changed: item {number} of resources has {len(item)} keys; it is one resource's name with its options below it."
        )
    ((name, given),) = item.items()
    resource = known.get(str(name).removeprefix("hardening.windows."))
    if resource is None:
        raise HardeningError(f"Nothing was changed: item {number} of resources is {name}; the resources are {', '.join(sorted(known))}.")
    if not isinstance(given or {}, t.Mapping):
        raise HardeningError(f"Nothing was changed: item {number} of resources ({resource.name}) has no options, but {given!r}.")
    validated = _validated(number, resource, without_absent(given or {}))
    return resource(_with_selection(validated, options))


def _validated(number: int, resource: type[Resource], given: dict[str, t.Any]) -> dict[str, t.Any]:
    validator = ArgumentSpecValidator(
        resource.argument_spec, required_if=resource.required_if, mutually_exclusive=resource.mutually_exclusive
    )
    result = validator.validate(given)
    if result.error_messages:
        raise HardeningError(f"Nothing was changed: item {number} of resources ({resource.name}): {_problem(result.errors)}")
    return t.cast("dict[str, t.Any]", result.validated_parameters)


def _problem(errors: t.Any) -> str:
    """Ansible's words; for an option that does not exist they begin with its bare name."""
    unknown = isinstance(errors.errors[0], UnsupportedError)
    return f"unsupported options: {errors.msg}" if unknown else str(errors.msg)


def _with_selection(own: dict[str, t.Any], options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The item's options with the task's selection of controls added to its own."""
    joined = {name: [*(own.get(name) or []), *(options.get(name) or [])] for name in ("only", "skip")}
    return own | {name: ids or None for name, ids in joined.items()}
