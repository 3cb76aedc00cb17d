# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger on the network can see of a DNS server: messages, what they prove, and one file with sockets."""
