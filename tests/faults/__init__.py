"""Faults: what must hold when parts are killed, frozen, cut off and lied to; a short set here, the matrix beside it."""
