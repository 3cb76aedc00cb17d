# SPDX-License-Identifier: GPL-3.0-or-later
"""Small stored changes of the project, each of which must turn a test red. `python -m mutants` runs them."""
