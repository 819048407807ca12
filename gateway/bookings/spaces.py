"""Of which spaces a room is made: of its own, or of those of the rooms that make it up."""

from collections.abc import Mapping, Sequence


def find_spaces(
    room_id: str, made_of: Sequence[str], spaces: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the spaces of a room, in order, and the ids among ``made_of`` that name no room.

    Args:
        room_id: the room; one by itself is a space of the same name.
        made_of: the ids of the rooms that make it up; none where it is one by itself.
        spaces: those of the rooms that there are, by room. A room is not made of itself.
    """
    if not made_of:
        return (room_id,), ()
    unknown = tuple(id_ for id_ in made_of if id_ == room_id or id_ not in spaces)
    return tuple(sorted({space for id_ in made_of for space in spaces.get(id_, ()) if id_ != room_id})), unknown
