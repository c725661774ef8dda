# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the report: python3 -m unittest, or python3 -m tests for KTAP."""
