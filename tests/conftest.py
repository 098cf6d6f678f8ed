"""How hypothesis draws: in the suite always the same examples, so that a commit passes or fails for what it changes.

`pytest --hypothesis-profile=search` draws anew, for whoever hunts for examples that nobody has seen.
"""

from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("suite")
