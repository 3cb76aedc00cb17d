# SPDX-License-Identifier: GPL-3.0-or-later
"""Every resource there is. A new one is added here; the tests hold its module, action, documentation and action group against it."""

from __future__ import annotations

from ._core.resource import Resource
from ._iis.request_filtering import IisRequestFiltering

RESOURCES: dict[str, type[Resource]] = {resource.name: resource for resource in (IisRequestFiltering,)}
