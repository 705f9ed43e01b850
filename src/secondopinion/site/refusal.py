"""What the operator asked for cannot be done."""


class Refusal(Exception):
    """The sentence says what happened, why, and what to do instead; the command line prints it and stops."""
