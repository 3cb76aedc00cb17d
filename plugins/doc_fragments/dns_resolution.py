# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of dns_server_options about resolving names for others."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  recursion:
    description: Whether and how names of other servers are resolved for clients.
    type: dict
    suboptions:
      enabled:
        description:
          - Without recursion the server answers from its own zones only, and no forwarder of any kind works any more.
          - Switching it off is refused while the host itself resolves through this server, or one of O(play_resolvers) is its address, or
            while there are forwarders, conditional forwarders or recursion scopes with forwarders, unless O(allow_recursion_loss).
        type: bool
      timeout:
        description: Seconds until a query to other servers is given up, 1 to 15.
        type: int
      retry_interval:
        description: Seconds until a query to another server is sent again, 1 to 15.
        type: int
      additional_timeout:
        description: Seconds for the additional records of an answer, 1 to 15.
        type: int
      scopes:
        description:
          - Recursion scopes, by name. Policies choose among them.
          - V(.) is always there, and is what is used where no policy chooses. What it recurses and where it asks is O(recursion.enabled) and
            O(forwarders.addresses), so that each is given in one of the two places only.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the scope.
            type: str
            required: true
          enabled:
            description: Whether the scope recurses. A new one does unless told otherwise.
            type: bool
          forwarders:
            description: Addresses of its forwarders. To take all away from a scope that is there is refused, because no cmdlet does it.
            type: list
            elements: str
      scopes_mode:
        description: Whether scopes that are not listed stay, or are removed. The scope V(.) always stays.
        type: str
        choices: &modes
          - merge
          - replace
        default: merge
  forwarders:
    description: Where queries go that the server cannot answer itself.
    type: dict
    suboptions:
      addresses:
        description:
          - Their addresses; the order counts, and no other stays. An empty list removes all.
          - Removing all is refused where the server recurses and has no root hints to use.
        type: list
        elements: str
      use_root_hints:
        description: Whether the root hints are asked where no forwarder answers.
        type: bool
      timeout:
        description: Seconds to wait for a forwarder, 1 to 15.
        type: int
      reordering:
        description: Whether the server prefers forwarders that answer sooner.
        type: bool
  cache:
    description: What is remembered of other servers' answers.
    type: dict
    suboptions:
      pollution_protection:
        description: Whether records that the asked server has no say in are left out. It is the same value as the secure responses of recursion.
        type: bool
      locking_percent:
        description: For how much of its time to live a cached record cannot be overwritten, 0 to 100.
        type: int
      max_ttl:
        description: The longest time in seconds that a record is cached, 0 to 2592000.
        type: int
      max_negative_ttl:
        description: The same for names that do not exist, 0 to 2592000.
        type: int
      max_size:
        description: The most memory for the cache in kB, at least 500; V(0) is no limit.
        type: int
  socket_pool:
    description: The ports that queries to other servers are sent from. It restarts DNS.
    type: dict
    suboptions:
      size:
        description: How many of them there are, 0 to 10000.
        type: int
      excluded_ports:
        description: Ranges that are never used, such as V(5000-5010). No other stays; an empty list excludes none.
        type: list
        elements: str
  edns:
    description: Extension mechanisms for DNS.
    type: dict
    suboptions:
      reception:
        description: Whether queries with EDNS are understood.
        type: bool
      probes:
        description: Whether other servers are asked with EDNS.
        type: bool
      cache_timeout:
        description: Seconds that it is remembered whether another server knows EDNS, 10 to 86400.
        type: int
  dnssec:
    description: Whether answers of other servers are validated.
    type: dict
    suboptions:
      validation:
        description:
          - Whether signatures are asked for and checked, where there is a trust anchor.
          - A name that is signed is not resolved any more where a forwarder leaves the signatures out, or a trust anchor is not the right one.
            Of the two, only the digests of the keys of the Internet's root are looked at beforehand.
        type: bool
      trust_anchors:
        description:
          - Trust anchors as delegation signers. One whose key the server has learned from it since counts as there.
          - On a domain controller they live in the directory, see O(directory_writer).
        type: list
        elements: dict
        suboptions:
          name:
            description: The zone whose key it is.
            type: str
            default: .
          key_tag:
            description: Tag of the key, 0 to 65535.
            type: int
            required: true
          algorithm:
            description: Algorithm of the key.
            type: str
            choices:
              - RsaSha1
              - RsaSha1NSec3
              - RsaSha256
              - RsaSha512
              - ECDsaP256Sha256
              - ECDsaP384Sha384
            default: RsaSha256
          digest_type:
            description: Algorithm of the digest.
            type: str
            choices:
              - Sha1
              - Sha256
              - Sha384
            default: Sha256
          digest:
            description: The digest in hexadecimal digits.
            type: str
            required: true
      trust_anchors_mode:
        description: Whether other anchors of the zones that the list names stay, or are removed.
        type: str
        choices: *modes
        default: merge
  allow_recursion_loss:
    description: Whether recursion may be switched off, or taken from the host by a policy or a scope, although somebody needs it.
    type: bool
    default: false
"""
