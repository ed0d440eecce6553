"""The supply chain: what we install, under which licences, and whether anything in it is known to be unsafe."""
