"""Figures for Prometheus: what the database says of the work, and what this site's web answered.

What is counted of requests lies in files that all processes of one web server write; another host
has its own. The gauges come from the database, so that every host says the same of them.
"""

import hmac
import os
import time
from collections import Counter as Counts
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from migrator.models import Archive, Delivery, Run, RunState, ServedModel, Step

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the library's name for where the processes count together

REQUESTS = Counter(
    "migrator_http_requests",
    "Answers of the web, by the name of the page.",
    ["view", "method", "status"],
    registry=None,
)
SECONDS = Histogram(
    "migrator_http_request_seconds",
    "Seconds until an answer began; what is streamed goes on after that.",
    ["view", "method"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=None,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Count each answer under its page's name: an address of nobody's counts as `none`."""

    def answer(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view, method).observe(time.perf_counter() - begun)
        return response

    return answer


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, to whoever brings METRICS_TOKEN; without one set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(OfTheDatabase())
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class OfTheDatabase(Collector):
    """Gauges in eight queries, however much there is."""

    def collect(self) -> Iterator[Metric]:
        """What Prometheus gets."""
        yield from _steps()
        yield from _runs()
        yield from _archives()
        yield from _models()
        yield from _messages()

    def describe(self) -> Iterator[Metric]:
        """Nothing: to register it must not cost queries."""
        return iter(())


def _gauge(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"migrator_{name}", words, value=value or 0)


def _by_state(name: str, words: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"migrator_{name}", words, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _steps() -> Iterator[Metric]:
    counted = Step.objects.current().order_by().values_list("status").annotate(n=Count("pk"))
    counts = {**dict.fromkeys(Step.Status.values, 0), **dict(counted)}
    yield _by_state("steps", "Steps by state; waiting ones need a person.", counts)
    # Since a step was made, or since the pause before its next try was over.
    since = Greatest("created_at", Coalesce("not_before", "created_at"))
    oldest = Step.objects.ready().aggregate(at=Min(since))["at"]
    yield _gauge("oldest_ready_step_seconds", "Age of the oldest step that is ready.", _age(oldest))


def _runs() -> Iterator[Metric]:
    open_states = [RunState.RUNNING, RunState.WAITING, RunState.PAUSED]
    counts: Counts[str] = Counts({state.value: 0 for state in open_states})
    counts.update(run.state.value for run in Run.objects.open().with_state().order_by())
    yield _by_state("runs_open", "Runs that are not over, by state.", counts)
    finished = Run.objects.exclude(finished_at=None).count()
    yield _gauge("runs_finished", "Runs that are over.", finished)


def _archives() -> Iterator[Metric]:
    found = Archive.objects.aggregate(
        n=Count("pk"),
        size=Sum("size"),
        damaged=Count("pk", filter=~Q(verify_problem="")),
        oldest=Min("verified_at"),
    )
    yield _gauge("archives", "Archives.", found["n"])
    yield _gauge("archives_bytes", "Bytes of all archives.", found["size"])
    words = "Archives that were not whole when they were read last."
    yield _gauge("archives_damaged", words, found["damaged"])
    words = "Since the archive was read that was not read for longest."
    yield _gauge("archives_oldest_verification_seconds", words, _age(found["oldest"]))


def _models() -> Iterator[Metric]:
    standing = ServedModel.objects.with_standing().open()
    left = sum(model.standing in {"at_risk", "orphan"} for model in standing)
    words = "Deployed models that charge and that no workspace to be kept needs."
    yield _gauge("models_to_undeploy", words, left)


def _messages() -> Iterator[Metric]:
    counted = Delivery.objects.order_by().values_list("state").annotate(n=Count("pk"))
    counts = {**dict.fromkeys(Delivery.State.values, 0), **dict(counted)}
    yield _by_state("messages", "Messages of the last 30 days, by state.", counts)


def _age(moment: datetime | None) -> float:
    return max((timezone.now() - moment).total_seconds(), 0) if moment else 0


def forget_the_dead() -> None:
    """Remove what processes that are gone had counted: a restart begins at nothing."""
    folder = os.environ.get(SHARED)
    for file in Path(folder).glob("*_*.db") if folder else ():
        if not _lives(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
