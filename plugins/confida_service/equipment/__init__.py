"""What somebody bought or had installed, its warranty, and when it is due for service."""
