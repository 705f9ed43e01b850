"""Stand-in until the letters are drawn."""


def __getattr__(name):
    def builder(*args, **kwargs):
        raise NotImplementedError(name)

    return builder
