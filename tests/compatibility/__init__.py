# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of the payload against what Windows PowerShell 5.1, C# 5 and .NET Framework 4.6.2 have."""
