"""What an application asks for, read from the bytes that were submitted and from no others."""

from contract.request_content import hash_content, read_content
from domain.attendance.requests import Request, RequestKind
from gateway.requests.refusals import BrokenContentError
from store.applications import Filed


def read_request(filed: Filed) -> Request:
    """Give what an application asks for.

    Raises:
        BrokenContentError: the stored content is not what was submitted.
    """
    if hash_content(filed.matter.content) != filed.application.content_hash:
        raise BrokenContentError(filed.application.id)
    return read_content(RequestKind(filed.application.kind), filed.matter.content)
