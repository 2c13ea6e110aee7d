"""The drill: somebody invented is erased for good, and the oldest backup is put back, to prove that nothing comes back (RT-11)."""
