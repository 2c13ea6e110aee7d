"""The rights of the person: requests, their clock, the answer, erasure, retention, restriction, registers."""
