"""What takes devices' words in one gateway process, put together once: both transports hand over to the same."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.context import GatewayContext
from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.policy.heard_editions import HeardEditions
from gateway.policy.names import DeviceNames
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_post import PolicyPost
from gateway.rollouts.revisions import RolledRevisions, open_revisions
from gateway.site.keys import ensure_names_key


@dataclass(frozen=True, slots=True)
class Reception:
    """Journals go to ``ingest``, births and wills to ``desk``, questions about policies to ``policies``.

    They share one book of keys, the context's shelf of editions and the revisions of the site that are alive. ``heard``
    are editions that devices hold and the database never issued.
    """

    keys: KeyBook
    ingest: Ingest
    desk: StatusDesk
    policies: PolicyPost
    revisions: RolledRevisions
    heard: HeardEditions


def open_reception(context: GatewayContext, committed: Callable[[], None] = lambda: None) -> Reception:
    """Give the reception of a gateway; ``committed`` is called after each commit.

    Raises:
        KeyFileError: the key of names is none.
        SiteError: the site's description is wrong.
    """
    keys, shelf, heard = KeyBook(context.store), context.shelf, HeardEditions()
    revisions = open_revisions(context.settings.site_file)
    names = DeviceNames(ensure_names_key(context.settings.names_key_file))
    return Reception(
        keys,
        Ingest(
            context.store,
            context.signing_key,
            context.now,
            shelf=shelf,
            names=names,
            desk_readers=[reader.id for reader in context.site.readers if reader.desk],
            keys=keys,
            committed=committed,
        ),
        StatusDesk(context.store, context.signing_key, context.now, keys=keys, heard=heard, committed=committed),
        PolicyPost(context.store, PolicyParts(shelf, revisions, names, context.signing_key), keys, context.now),
        revisions,
        heard,
    )
