"""The audit trail's seal: what it is made of, and how anybody checks it. Pure: no AWS, no clock, no network.

Each tenant's events are the leaves of one Merkle tree (RFC 9162, which keeps RFC 6962's hashes), appended in batches.
After each batch the tree's head is signed, and names the head before it.

| module        | what it is                                                                            |
|---------------|---------------------------------------------------------------------------------------|
| `merkle`      | hashes, the parts that a proof is made of, and how a proof is verified                |
| `tiles`       | the tree as it is stored: 256 hashes a tile, so that a proof reads a few of them      |
| `leaves`      | an event's canonical bytes, and so its leaf                                           |
| `heads`       | what is signed: heads and anchors, and how a signature is verified                    |
| `trail`       | an exported trail: its form, and the pieces that it is written from                   |
| `verify`      | whether an exported trail is what was sealed, and what is not                         |
| `matching`    | of that, its events: which was changed, inserted, removed or moved                    |
| `verdict`     | what was found, for programs and for people                                           |
| `examination` | reading a trail as somebody was handed it: an export, the bucket's documents, a proof |
"""
