"""Two servers are asked the same at random, and have to say the same: kubefake in process, and the real apiserver.

With KUBEFAKE_ORACLE_URL the server there is asked; otherwise one is started, where its binaries are. How many sessions there are
follows from the hypothesis profile; KUBEFAKE_DIFFERENTIAL_SESSIONS overrides it. `soak.py` asks for longer and goes on after
differences.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from oracle.asked import Drawn
from oracle.comparing import Real, Session, prepare
from oracle.known import known
from oracle.requests_at_random import Requests
from support.oracle import Oracle, missing

from kubefake.server import ApiServer

URL = os.environ.get("KUBEFAKE_ORACLE_URL", "")
SESSIONS = int(os.environ.get("KUBEFAKE_DIFFERENTIAL_SESSIONS", str(settings().max_examples)))
STEPS = int(os.environ.get("KUBEFAKE_DIFFERENTIAL_STEPS", "30"))

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(0),
    pytest.mark.skipif(not URL and missing() != "", reason=missing()),
]

_sessions = itertools.count()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    if URL:
        asked = Real(URL)
        yield asked
        asked.close()
        return
    folder: Path = tmp_path_factory.mktemp("oracle")
    with Oracle(folder) as oracle:
        asked = Real(oracle.url)
        yield asked
        asked.close()


def _machine(real: Real, template: ApiServer) -> type[RuleBasedStateMachine]:
    """A machine whose examples are sessions: names of namespaces differ from run to run, their lengths do not."""
    started = f"{int(time.time()) % 10**7:07d}"  # noqa: TID251  a server that goes on from run to run knows the older names

    class Differential(RuleBasedStateMachine):
        @initialize(data=st.data())
        def begin(self, data: st.DataObject) -> None:
            self.session = Session(real, template, f"d{started}-{next(_sessions):06d}")
            self.requests = Requests(Drawn(data.draw), self.session.namespace)
            self.asked = 0
            self.apart = False  # by a known difference: what follows from it is none

        @rule(data=st.data())
        def ask(self, data: st.DataObject) -> None:
            asked = self.requests.draw(Drawn(data.draw))
            if self.apart:
                return
            note(str(asked))
            differing = self.session.ask(asked, self.asked)
            self.asked += 1
            if differing and known(asked, differing):
                self.apart = self.session.apart(asked, differing)
            else:
                assert not differing, "\n".join([str(asked), *differing])

        def teardown(self) -> None:
            if hasattr(self, "session"):
                self.session.close()

    return Differential


def test_both_say_the_same(real: Real) -> None:
    run_state_machine_as_test(
        _machine(real, prepare(real)),
        settings=settings(
            max_examples=SESSIONS,
            stateful_step_count=STEPS,
            derandomize=os.environ.get("HYPOTHESIS_PROFILE") not in ("nightly", "thorough"),
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
