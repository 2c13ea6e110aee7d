"""Staff's pages of consent: what may be done with whom, the proof, and what an administrator keeps."""
