"""vCard 2.1, 3.0 and 4.0: a tolerant reader and a strict writer (RFC 2425, RFC 2426, RFC 6350)."""
