"""What a child answered, as a result: trusted for nothing but its form, and not even for that before it is checked."""

from __future__ import annotations

import logging

from archive import wire
from archive.models import ParseResult, Unreadable
from archive.sandbox.worker import Reply

_log = logging.getLogger(__name__)


def result_of(reply: Reply) -> ParseResult:
    """The result in an answer; `Unreadable` where it is none. The reply must have one."""
    assert reply.answer is not None
    try:
        return wire.decode(reply.answer)
    except ValueError as error:
        _log.error("the %s reader gave no result but %r: %s", reply.stage, reply.answer[:200], error)
        return Unreadable(f"the {reply.stage} reader gave no valid result: {error}")
