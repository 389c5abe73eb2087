"""The composition root: puts the rooms of one cluster together, and gives it what exists from the first moment."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.transport.protocol import Request, Response
from kubefake.containers.scripts import Scripts
from kubefake.data import load
from kubefake.discovery.service import Discovery
from kubefake.pipeline.access import AccessLog
from kubefake.pipeline.admit import NamespaceLifecycle
from kubefake.pipeline.attributes import Authorizer
from kubefake.pipeline.caller import Caller, UserInfo
from kubefake.pipeline.clusterplugins import ClaimResize, DefaultClasses, StorageInUse, TaintNodes
from kubefake.pipeline.connect_right import ConnectRight
from kubefake.pipeline.create_right import CreateRight
from kubefake.pipeline.escalation import EscalationCheck
from kubefake.pipeline.identify import Authenticator
from kubefake.pipeline.limitranger import LimitRanger
from kubefake.pipeline.podplugins import DefaultTolerationSeconds, Priority
from kubefake.pipeline.podsecurity import PodSecurity
from kubefake.pipeline.quotas import ResourceQuotas
from kubefake.pipeline.rbac import MASTERS, Rbac
from kubefake.pipeline.respond import Responder
from kubefake.pipeline.reviews import Reviews
from kubefake.pipeline.run import Pipeline
from kubefake.pipeline.runtimeclasses import RuntimeClasses
from kubefake.pipeline.signers import SignerRights, SubjectRestriction
from kubefake.pipeline.token_requests import TokenRequests
from kubefake.pipeline.tokens import Tokens
from kubefake.pipeline.webhooks import ConfiguredAdmission
from kubefake.pipeline.writes import Writes
from kubefake.ports import Clock, Ids, Random, Signer
from kubefake.resources.registry import Registry
from kubefake.store import Snapshot, Store
from kubefake.verbs.bootstrap import bootstrap
from kubefake.verbs.call import Core
from kubefake.verbs.definitions import Definitions
from kubefake.verbs.ownership import Ownership
from kubefake.watch.fanout import Fanout
from kubefake.watch.stream import WatchStream

__all__ = ["HISTORY_LIMIT", "ApiServer"]

HISTORY_LIMIT = 100_000
"""How many events a server holds at least before it compacts older ones."""

_TOKENS: Mapping[str, UserInfo] = {"admin-token": UserInfo("admin", (MASTERS,), "admin")}


class ApiServer:
    """A kube-apiserver in memory.

    Not safe for use by several threads at once: doors hold a lock.

    Args:
        clock, ids: where time and identifiers come from.
        tokens: bearer tokens and whose they are; by default `admin-token` of a cluster administrator.
        authorizer: decides who may do what; by default roles and bindings do (RBAC).
        signer: the key of service account tokens; without one, requests for tokens are answered with 501.
        history_limit: see HISTORY_LIMIT; None keeps all history.
        random: how long watches last that ask for no timeout, from 30 minutes to an hour; without one, 30 minutes.
        legacy: serve API versions too that older servers had: extensions/v1beta1, apps/v1beta1 and many more.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        tokens: Mapping[str, UserInfo] | None = None,
        authorizer: Authorizer | None = None,
        signer: Signer | None = None,
        history_limit: int | None = HISTORY_LIMIT,
        random: Random | None = None,
        legacy: bool = False,
        _of: tuple[Snapshot, Registry, Rbac] | None = None,
    ) -> None:
        if _of is None:
            self.store = Store(history_limit=history_limit)
            self.registry = Registry.builtin(legacy=legacy)
        else:
            self.store = Store.of(_of[0], history_limit=history_limit)
            self.registry = _of[1].copy()
        self.clock = clock
        self.ids = ids
        self._random = random
        self.scripts = Scripts(clock)
        self._options = (tokens, authorizer, signer, history_limit)
        self.rbac = Rbac(self.store, _of[2] if _of is not None else None)
        self.access = AccessLog()
        self.fanout = Fanout(self.store, clock)
        self.store.on_commit = self.fanout.committed
        decides = authorizer or self.rbac
        escalation = EscalationCheck(self.rbac, decides)
        self.core = Core(
            store=self.store,
            fanout=self.fanout,
            registry=self.registry,
            clock=clock,
            ids=ids,
            ownership=Ownership(self.registry),
            definitions=Definitions(self.store, self.registry, self.fanout),
            random=random,
            scripts=self.scripts,
            check_connect=ConnectRight(decides).check,
            admission=(
                NamespaceLifecycle(self.store),
                CreateRight(decides),
                LimitRanger(self.store),
                TaintNodes(),
                PodSecurity(self.store),
                Priority(self.store),
                DefaultTolerationSeconds(),
                DefaultClasses(self.store),
                StorageInUse(),
                ClaimResize(self.store),
                RuntimeClasses(self.store),
                SignerRights(decides),
                SubjectRestriction(),
                ConfiguredAdmission(self.store),
                escalation,
                ResourceQuotas(lambda: self.core),
            ),
        )
        account_tokens = Tokens(signer, self.store, clock, ids)
        authenticator = Authenticator(_TOKENS if tokens is None else tokens, account_tokens)
        resolver = self.rbac if authorizer is None else None
        reviews = Reviews(self.core, authenticator, decides, resolver)
        discovery = Discovery(self.registry, signer=signer)
        self._pipeline = Pipeline(
            self.core,
            authenticator=authenticator,
            authorizer=decides,
            nonresource=discovery,
            responder=Responder(),
            writes=Writes(self.core, reviews, TokenRequests(self.core, account_tokens)),
            access=self.access,
            counts=discovery.metrics,
        )
        if _of is None:
            bootstrap(self.core, load("bootstrap.json"))

    def handle(self, request: Request, caller: Caller) -> Response | WatchStream:
        """Answers one request."""
        return self._pipeline.handle(request, caller)

    def fork(self, *, clock: Clock | None = None, ids: Ids | None = None, random: Random | None = None) -> ApiServer:
        """An independent server that continues from this one's state; open watches stay behind."""
        tokens, authorizer, signer, history_limit = self._options
        self.rbac.warm()
        server = ApiServer(
            clock=clock or self.clock,
            ids=ids or self.ids,
            tokens=tokens,
            authorizer=authorizer,
            signer=signer,
            history_limit=history_limit,
            random=random or self._random,
            _of=(self.store.snapshot(), self.registry, self.rbac),
        )
        server.scripts.take(self.scripts)
        return server

    def snapshot(self) -> tuple[Snapshot, Registry]:
        """This moment, for `restore`."""
        return self.store.snapshot(), self.registry.copy()

    def restore(self, snapshot: tuple[Snapshot, Registry], *, bump_revision: int = 0) -> None:
        """Returns to a moment of this server; open watches end, because revisions will be given out anew.

        With `bump_revision` that many are left out, and what was before them counts as compacted.
        """
        state, registry = snapshot
        self.store.restore(state)
        if bump_revision:
            self.store.skip(bump_revision)
        self.registry.become(registry)
        self.core.definitions.reread()
        self.fanout.reset()

    def __repr__(self) -> str:
        return f"<ApiServer {self.store!r}>"
