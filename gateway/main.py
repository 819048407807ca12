"""The gateway as one process: consumer and relay in threads, pages, citizens' door and device API on listeners.

Crash-only: whatever ends by a fault of ours ends the process with a code other than 0, and whoever started it starts
it again. Nothing is lost by that, for nothing was acknowledged that was not committed.
"""

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import uvicorn
from fastapi import FastAPI

from gateway.citizens.app import create_citizens
from gateway.context import GatewayContext
from gateway.devices.device_gate import DeviceGate
from gateway.faults import describe_fault
from gateway.home_assistant.speaker import Speaker
from gateway.home_assistant.topics import HomeTopics
from gateway.intake.reception import Reception, open_reception
from gateway.listeners import (
    SHUTDOWN_SECONDS,
    serve_citizens,
    serve_devices,
    serve_enrolment,
    serve_pages,
    serve_radius,
)
from gateway.live import Broadcast
from gateway.mqtt.commander import Commander
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.orders.command_post import CommandPost, open_command_post
from gateway.pages.app import create_pages
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.repair import hear_repair
from gateway.radius.app import create_radius
from gateway.radius.cutter import Cutter
from gateway.radius.decision_writer import DecisionWriter
from gateway.relay import Relay
from gateway.rollouts.rollout_keeper import RolloutKeeper
from gateway.settings import GatewaySettings
from gateway.site.description import Site, load_site
from gateway.site.keys import ensure_signing_key
from gateway.timed_tasks import list_timed_tasks
from gateway.zones.tier_keeper import TierKeeper
from store.migrate import require_schema
from store.outbox import Notice
from store.tx import Store

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Give the instant: the clock of every part of a running gateway."""
    return datetime.now(UTC)


def open_context(settings: GatewaySettings, now: Callable[[], datetime] = utc_now) -> GatewayContext:
    """Put together what the gateway's parts share.

    Raises:
        SiteError: the site's description is wrong.
        KeyFileError: the signing key is none.
        SchemaError: the database is not of this version's schema.
    """
    site = load_site(settings.site_file)
    signing_key = ensure_signing_key(settings.signing_key_file)
    store = Store(settings.database_url)
    with store.reading(now()) as tx:
        require_schema(tx)
    return GatewayContext(settings, store, site, signing_key, now, Broadcast())


def run_gateway(settings: GatewaySettings, *, make_pages: Callable[[GatewayContext], FastAPI] = create_pages) -> int:
    """Run until SIGTERM or SIGINT; gives the exit code, 0 only for a stop that was asked for."""
    context = open_context(settings)
    post = open_command_post(context)
    reception = open_reception(context, committed=context.committed.set)
    speaker = Speaker(context, HomeTopics(settings.home_assistant.prefix, context.site.id))

    gate = DeviceGate(context, settings.certificates) if settings.certificates else None
    tier_keeper = TierKeeper(context)
    cutter = Cutter(context)
    tier_keeper.on_renewed(cutter.renewed)

    def hear(notice: Notice) -> None:
        tier_keeper.hear(notice)
        cutter.hear(notice)
        post.hear(notice)
        speaker.note(notice)
        hear_repair(notice, reception.policies.push)
        if gate is not None:
            gate.hear(notice)

    relay = Relay(context.store, context.live, context.now, committed=context.committed, hear=hear)
    keeper = PolicyKeeper(context.store, reception.revisions, context.now, shelf=context.shelf, heard=reception.heard)
    hold = partial(_hold, context, post)
    first = reception.revisions.first
    rollouts = RolloutKeeper(context.store, first, context.now, committed=relay.wake, settled=hold)
    tasks: dict[str, Callable[[threading.Event], None]] = {
        "relay": relay.run,
        "policy": keeper.run,
        "policy-post": reception.policies.run,
        "rollouts": rollouts.run,
        "tier-keeper": tier_keeper.run,
        **list_timed_tasks(context, committed=relay.wake),
    }
    if gate is not None:
        tasks["device-gate"] = gate.run
    if settings.mqtt is not None:
        tasks["consumer"] = _consumer(context, reception, post, speaker).run
        tasks["home-assistant"] = speaker.run
    servers = [serve_pages(context, make_pages(context)), serve_devices(context, reception, post)]
    if settings.citizens is not None:
        servers.append(serve_citizens(settings.citizens, create_citizens(context, settings.citizens)))
    if settings.enrolment is not None:
        servers.append(serve_enrolment(context, settings.enrolment))
    if settings.radius is not None:
        writer = DecisionWriter(context.store, context.now, committed=relay.wake)
        tasks["tier-decisions"] = writer.run
        tasks["cutter"] = cutter.run
        servers.append(serve_radius(settings.radius, create_radius(context, settings.radius, writer)))
    tier_keeper.renew_all()  # whoever asks first is not refused for want of a first reading
    gc.collect()
    gc.freeze()  # else sweeping all that stands would stop every tap and page for a sixth of a second, again and again
    try:
        return asyncio.run(_run(tasks, servers))
    finally:
        context.store.close()


def _hold(context: GatewayContext, post: CommandPost, site: Site) -> None:
    """Let the pages and the post of places go by the description that holds now."""
    context.site = post.places.site = site


def _consumer(context: GatewayContext, reception: Reception, post: CommandPost, speaker: Speaker) -> Consumer:
    assert context.settings.mqtt is not None  # noqa: S101 (the caller asked)
    return Consumer(
        context.settings.mqtt,
        context.signing_key,
        context.now,
        ingest=reception.ingest,
        desk=reception.desk,
        herald=Herald(
            context.store,
            reception.revisions,
            context.signing_key,
            context.now,
            context.settings.mqtt.shards,
            push=reception.policies.push,
        ),
        policies=reception.policies,
        commander=Commander(post, context.settings.mqtt.shards),
        speaker=speaker,
    )


async def _run(tasks: dict[str, Callable[[threading.Event], None]], servers: Sequence[uvicorn.Server]) -> int:
    """Run threads and servers side by side until a signal or the first end of any of them."""
    loop = asyncio.get_running_loop()
    stop, ended = threading.Event(), asyncio.Event()
    failed: list[str] = []

    def run(name: str, task: Callable[[threading.Event], None]) -> None:
        try:
            task(stop)
        except BaseException as error:  # noqa: BLE001 (whatever it is, the process ends)
            log.critical("%s ended by a fault; the process ends: %s", name, describe_fault(error))
        if not stop.is_set():
            failed.append(name)
        loop.call_soon_threadsafe(ended.set)

    threads = [threading.Thread(target=run, args=(name, task), name=name, daemon=True) for name, task in tasks.items()]
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    serving = [asyncio.create_task(server.serve()) for server in servers]
    for thread in threads:
        thread.start()
    asked = asyncio.create_task(ended.wait())
    await asyncio.wait([asked, *serving], return_when=asyncio.FIRST_COMPLETED)
    failed += [str(task.exception() or "a listener") for task in serving if task.done()]
    stop.set()
    for server in servers:
        server.should_exit = True
    await asyncio.wait([*serving, asyncio.create_task(asyncio.to_thread(_join, threads))], timeout=4 * SHUTDOWN_SECONDS)
    if failed:
        log.critical("stopped because %s ended", ", ".join(failed))
    return 1 if failed else 0


def _join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(SHUTDOWN_SECONDS)
