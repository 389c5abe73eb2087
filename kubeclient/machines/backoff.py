"""Growing waits with jitter: how long to wait before the next try. Knows neither clocks nor randomness of its own.

Ported from k8s.io/apimachinery/pkg/util/wait/backoff.go. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["DEFAULT_BACKOFF", "DEFAULT_RETRY", "Backoff", "jittered"]


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


DEFAULT_RETRY = Backoff(steps=5, duration=0.01, factor=1.0, jitter=0.1)
DEFAULT_BACKOFF = Backoff(steps=4, duration=0.01, factor=5.0, jitter=0.1)
