"""A file as it leaves by a page: its name tells its class of information and the tier it is for."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Leaving:
    """Leave to give a file out; ``mark`` is what its name says of it, empty in a city that has not classified files.

    Only ``gateway.pages.information.let_out`` makes one, so no file leaves unasked.
    """

    mark: str

    def disposition(self, name: str) -> str:
        """Give the ``Content-Disposition`` under which a browser keeps a file (RFC 6266, RFC 8187)."""
        marked = f"【{self.mark}】{name}" if self.mark else name
        return f"attachment; filename*=UTF-8''{quote(marked)}"


def send_file(leaving: Leaving, content: bytes, name: str, media_type: str) -> Response:
    """Answer with a file to keep."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": leaving.disposition(name)})
