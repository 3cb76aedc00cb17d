# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger on the network can see of a host: messages as bytes in and out, what they prove, and one file with sockets."""
