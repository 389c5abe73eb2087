"""Growing waits with jitter: how long to wait before the next try. Knows neither clocks nor randomness of its own.

Ported from k8s.io/apimachinery/pkg/util/wait/backoff.go. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["DEFAULT_BACKOFF", "DEFAULT_RETRY", "Backoff", "BackoffManager", "Steps", "jittered"]

_ALWAYS = 2**31 - 1


def jittered(duration: float, factor: float, random: Callable[[], float]) -> float:
    """The duration, longer by a random share of up to `factor`; a factor of zero or less means 1.0."""
    return duration + random() * (factor if factor > 0 else 1.0) * duration


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often to try and how long to wait between tries.

    Attributes:
        steps: how many tries there are.
        duration: seconds before the second try.
        factor: what the wait is multiplied by after each try; 0 leaves it as it is.
        jitter: the largest share of a wait that randomness adds to it; 0 adds none.
        cap: the longest wait before jitter, in seconds; when it is reached, no further try follows. 0: no cap.
    """

    steps: int
    duration: float
    factor: float = 0.0
    jitter: float = 0.0
    cap: float = 0.0

    def delays(self, random: Callable[[], float]) -> Iterator[float]:
        """The waits between tries; there is one try more than waits."""
        duration, steps = self.duration, self.steps
        while steps > 1:
            steps -= 1
            wait = duration
            if self.factor:
                duration *= self.factor
                if 0 < self.cap < duration:
                    duration, steps = self.cap, 0
            yield jittered(wait, self.jitter, random) if self.jitter > 0 else wait


class Steps:
    """A backoff that is being used up, one wait after another. It never ends by itself: `left` says when to give up."""

    __slots__ = ("_backoff", "_random", "duration", "left")

    def __init__(self, backoff: Backoff, random: Callable[[], float]) -> None:
        self._backoff = backoff
        self._random = random
        self.duration = backoff.duration
        self.left = backoff.steps

    def step(self) -> float:
        """The next wait, in seconds. When no step is left, the wait stays what it was."""
        given, wait = self._backoff, self.duration
        if self.left >= 1:
            self.left -= 1
            if given.factor:
                self.duration *= given.factor
                if 0 < given.cap < self.duration:
                    self.duration, self.left = given.cap, 0
        else:
            self.left = 0
        return jittered(wait, given.jitter, self._random) if given.jitter > 0 else wait


class BackoffManager:
    """Waits between rounds of something that goes on for ever: growing ones, which begin anew after a calm time.

    Args:
        initial: seconds before the second round.
        maximum: the longest wait before jitter.
        reset: seconds without a round after which waits begin anew; 0: never.
        factor: what a wait is multiplied by after each round.
        jitter: the largest share of a wait that randomness adds to it.

    With a factor of 1 and no reset it is client-go's jittered manager, whose waits do not grow.
    """

    __slots__ = ("_backoff", "_last_ns", "_random", "_reset_ns", "_steps")

    def __init__(
        self,
        initial: float,
        maximum: float = 0.0,
        *,
        reset: float = 0.0,
        factor: float = 1.0,
        jitter: float = 0.0,
        random: Callable[[], float],
    ) -> None:
        self._backoff = Backoff(_ALWAYS, initial, factor, jitter, maximum)
        self._random = random
        self._reset_ns = int(reset * 1_000_000_000)
        self._steps = Steps(self._backoff, random)
        self._last_ns: int | None = None

    def next(self, now_ns: int) -> float:
        """The wait of the round that is now, in seconds."""
        if self._last_ns is not None and 0 < self._reset_ns < now_ns - self._last_ns:
            self._steps = Steps(self._backoff, self._random)
        self._last_ns = now_ns
        return self._steps.step()


DEFAULT_RETRY = Backoff(steps=5, duration=0.01, factor=1.0, jitter=0.1)
DEFAULT_BACKOFF = Backoff(steps=4, duration=0.01, factor=5.0, jitter=0.1)
