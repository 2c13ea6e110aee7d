"""The ledger: a Merkle tree over commitments that nobody can rewrite unnoticed (RFC 6962, C2SP checkpoints)."""
