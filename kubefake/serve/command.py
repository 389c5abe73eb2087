"""`kubefake serve`: a cluster in memory for every client that speaks HTTP."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubefake.faults.door import Door
    from kubefake.serve.server import HttpServer
    from kubefake.serve.tls import CertificateAuthority

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `kubefake serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--token", help="ask clients for this bearer token; without it everybody is an administrator")
    parser.add_argument("--kubeconfig", metavar="FILE", help="write a kubeconfig for this server")
    parser.add_argument("--seed", type=int, default=0, help="what uids and name suffixes are drawn from (default: 0)")
    parser.add_argument("--legacy", action="store_true", help="serve API versions too that older servers had")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS, with an authority made for the occasion")


def run(arguments: argparse.Namespace, beside: Callable[[Door], None] | None = None) -> int:
    """Serves until SIGINT or SIGTERM. Prints one line, the URL, when clients may come.

    `beside` is called on the loop, before that line, with the door that clients come through: what else is to run.
    """
    import asyncio
    import sys

    try:
        asyncio.run(_serve(arguments, beside))
    except KeyboardInterrupt:  # where the loop cannot handle signals itself
        return 0
    except OSError as error:
        sys.stderr.write(f"kubefake serve: cannot listen on {arguments.host}:{arguments.port}: {error.strerror}\n")
        return 1
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "cryptography":
            raise
        sys.stderr.write("kubefake serve: --tls needs an extra: pip install 'kubefake[tls]'\n")
        return 1
    return 0


async def _serve(arguments: argparse.Namespace, beside: Callable[[Door], None] | None) -> None:
    import asyncio
    import contextlib
    import signal
    import sys

    server, authority = _server(arguments)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
    await server.start()
    if beside is not None:
        beside(server.door)
    if arguments.kubeconfig is not None:
        from pathlib import Path

        from kubefake.serve.kubeconfig import kubeconfig, write_kubeconfig

        trusted = None if authority is None else authority.certificate
        config = kubeconfig(server.url, token=arguments.token, certificate_authority=trusted)
        if authority is not None and arguments.token is None:
            # kubectl asks for a password where it has nothing to show over HTTPS.
            pair = authority.client("admin", ["system:masters"])
            config = kubeconfig(
                server.url,
                certificate_authority=trusted,
                client_certificate=pair.certificate,
                client_key=pair.key,
            )
        write_kubeconfig(Path(arguments.kubeconfig), config)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()


def _server(arguments: argparse.Namespace) -> tuple[HttpServer, CertificateAuthority | None]:
    """A fresh cluster behind an HTTP server, and the authority that its clients must trust."""
    import gc
    import threading

    from kubeclient.runtime.clock import RealClock
    from kubefake.faults.door import Door
    from kubefake.keys import fresh_signer
    from kubefake.pipeline.caller import ADMIN, Caller
    from kubefake.realtime import SeededIds, SeededRandom
    from kubefake.serve.server import HttpServer
    from kubefake.server import ApiServer

    clock = RealClock()
    caller, tokens = ADMIN, {}
    if arguments.token is not None:
        assert ADMIN.user is not None
        caller, tokens = Caller(), {arguments.token: ADMIN.user}
    server = ApiServer(
        clock=clock,
        ids=SeededIds(arguments.seed),
        tokens=tokens,
        signer=fresh_signer(),
        random=SeededRandom(arguments.seed, "watches"),
        legacy=arguments.legacy,
    )
    # Whatever runs in threads of its own beside the server takes turns with it.
    door = Door(server, lock=threading.RLock() if getattr(arguments, "threads", False) else None)
    # What exists now lives as long as the process: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    if not arguments.tls:
        return HttpServer(door, arguments.host, arguments.port, caller=caller), None
    from kubefake.serve.tls import CertificateAuthority

    authority = CertificateAuthority(clock)
    context = authority.server_context(list(dict.fromkeys([arguments.host, "127.0.0.1", "::1", "localhost"])))
    return HttpServer(door, arguments.host, arguments.port, caller=caller, tls=context), authority
