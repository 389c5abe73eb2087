"""What is wrong with jobs.

Follows pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import field, labels, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, at_least_zero, immutable, label_name, label_selector, one_of
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.pod_validation import check_template
from kubefake.resources.strategy import Context

__all__ = ["check_job", "check_job_spec", "check_job_update"]

_MODES = ["NonIndexed", "Indexed"]
_ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"]
_OWN = (
    ("controller-uid", "uid"),
    ("job-name", "name"),
    ("batch.kubernetes.io/controller-uid", "uid"),
    ("batch.kubernetes.io/job-name", "name"),
)


def check_job(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new job (ValidateJob)."""
    spec, meta = obj["spec"], obj["metadata"]
    found = _generated_selector(spec, meta)
    found += _spec_with_selector(spec)
    completions = spec.get("completions")
    if spec.get("completionMode") == "Indexed" and completions and completions > 0:
        name = f"{meta.get('name', '')}-{completions - 1}"
        if validation.is_dns1123_label(name):
            text = f"will not able to create pod with invalid DNS label: {name}"
            found.append(field.invalid("metadata.name", meta.get("name", ""), text))
    return found


def _generated_selector(spec: Object, meta: Object) -> list[FieldError]:
    if spec.get("manualSelector") or spec.get("selector") is None:
        return []
    found: list[FieldError] = []
    own = (spec["template"].get("metadata") or {}).get("labels") or {}
    for key, source in _OWN:
        path, expected = f"spec.template.metadata.labels[{key}]", meta.get(source, "")
        if key not in own:
            found.append(field.required(path, f"must be '{expected}'"))
        elif own[key] != expected:
            found.append(field.invalid(path, own, f"must be '{expected}'"))
    wanted = {key: meta.get(source, "") for key, source in _OWN}
    try:
        compiled = labels.from_label_selector(spec["selector"])
    except ValueError:
        return found
    if not compiled.matches(wanted):
        found.append(field.invalid("spec.selector", spec["selector"], "`selector` not auto-generated"))
    return found


def _spec_with_selector(spec: Object) -> list[FieldError]:
    found = check_job_spec("spec", spec)
    selector = spec.get("selector")
    if selector is None:
        found.append(field.required("spec.selector"))
    else:
        found += label_selector("spec.selector", selector)
    own = (spec["template"].get("metadata") or {}).get("labels")
    try:
        selected = selector is not None and labels.from_label_selector(selector).matches(own or {})
    except ValueError:
        return found
    if not selected:
        text = "`selector` does not match template `labels`"
        found.append(field.invalid("spec.template.metadata.labels", own, text))
    return found


_NUMBERS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)


def check_job_spec(path: str, spec: Object) -> list[FieldError]:
    """What a job is to do, its own or that of a cron job's template."""
    found: list[FieldError] = []
    for key in _NUMBERS:
        found += at_least_zero(f"{path}.{key}", spec.get(key))
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        found.append(field.required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    manager = spec.get("managedBy")
    if manager is not None:
        _domain_prefixed(found, f"{path}.managedBy", manager)
    _mode(found, path, spec)
    if spec.get("podFailurePolicy") is not None:
        _failure_policy(found, f"{path}.podFailurePolicy", spec)
    policy = spec.get("successPolicy")
    if policy is not None:
        if spec.get("completionMode") != "Indexed":
            shown = go_value("batch/v1.SuccessPolicy", policy)
            found.append(field.invalid(f"{path}.successPolicy", shown, "requires indexed completion mode"))
        else:
            _success_policy(found, f"{path}.successPolicy", spec)
    replacement = spec.get("podReplacementPolicy")
    if replacement is not None:
        known = ["Failed"] if spec.get("podFailurePolicy") is not None else ["Failed", "TerminatingOrFailed"]
        found += one_of(f"{path}.podReplacementPolicy", replacement, known)
    found += check_template(f"{path}.template", spec.get("template") or {})
    restart = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy", "")
    here = f"{path}.template.spec.restartPolicy"
    if restart in ("", "Always"):
        found.append(field.required(here, 'valid values: "OnFailure", "Never"'))
    elif restart not in ("OnFailure", "Never"):
        found.append(field.not_supported(here, restart, ["OnFailure", "Never"]))
    elif spec.get("podFailurePolicy") is not None and restart != "Never":
        text = 'only "Never" is supported when podFailurePolicy is specified'
        found.append(field.invalid(here, restart, text))
    return found


def _domain_prefixed(found: list[FieldError], path: str, value: str) -> None:
    """A path after a domain, as `example.com/controller` (IsDomainPrefixedPath)."""
    domain, slash, rest = value.partition("/")
    if not value:
        found.append(field.required(path))
    elif not slash or not domain or not rest:
        text = 'must be a domain-prefixed path (such as "acme.io/foo")'
        found.append(field.invalid(path, value, text))
    else:
        found += [field.invalid(path, domain, text) for text in validation.is_dns1123_subdomain(domain)]
    if len(value.encode()) > 63:
        found.append(field.too_long(path, 63))


def _mode(found: list[FieldError], path: str, spec: Object) -> None:
    mode, completions, parallelism = (spec.get(key) for key in ("completionMode", "completions", "parallelism"))
    failed, per_index = spec.get("maxFailedIndexes"), spec.get("backoffLimitPerIndex")
    if mode is not None and mode not in _MODES:
        found.append(field.not_supported(f"{path}.completionMode", mode, _MODES))
    if mode == "Indexed":
        if completions is None:
            found.append(field.required(f"{path}.completions", "when completion mode is Indexed"))
        if parallelism is not None and parallelism > 100000:
            text = "must be less than or equal to 100000 when completion mode is Indexed"
            found.append(field.invalid(f"{path}.parallelism", parallelism, text))
        if completions is not None and failed is not None and failed > completions:
            text = "must be less than or equal to completions"
            found.append(field.invalid(f"{path}.maxFailedIndexes", failed, text))
        if failed is not None and failed > 100000:
            found.append(field.invalid(f"{path}.maxFailedIndexes", failed, "must be less than or equal to 100000"))
        if completions is not None and completions > 100000 and per_index is not None:
            _many(found, path, parallelism, failed)
    if mode in (None, "NonIndexed"):
        text = "requires indexed completion mode"
        if per_index is not None:
            found.append(field.invalid(f"{path}.backoffLimitPerIndex", per_index, text))
        if failed is not None:
            found.append(field.invalid(f"{path}.maxFailedIndexes", failed, text))


def _many(found: list[FieldError], path: str, parallelism: int | None, failed: int | None) -> None:
    text = "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index"
    if failed is None:
        found.append(field.required(f"{path}.maxFailedIndexes", "must be specified when completions is above 100000"))
    if parallelism is not None and parallelism > 10000:
        found.append(field.invalid(f"{path}.parallelism", parallelism, text))
    if failed is not None and failed > 10000:
        found.append(field.invalid(f"{path}.maxFailedIndexes", failed, text))


def _quoted(values: list[str]) -> str:
    return "[" + " ".join(f'"{value}"' for value in values) + "]"


def _failure_policy(found: list[FieldError], path: str, spec: Object) -> None:
    rules = spec["podFailurePolicy"].get("rules") or []
    if len(rules) > 20:
        found.append(field.too_many(f"{path}.rules", len(rules), 20))
    pod = (spec.get("template") or {}).get("spec") or {}
    names = {c.get("name") for key in ("containers", "initContainers") for c in pod.get(key) or ()}
    for index, rule in enumerate(rules):
        here, action = f"{path}.rules[{index}]", rule.get("action", "")
        if not action:
            found.append(field.required(f"{here}.action", f"valid values: {_quoted(_ACTIONS)}"))
        elif action == "FailIndex":
            if spec.get("backoffLimitPerIndex") is None:
                text = "requires the backoffLimitPerIndex to be set"
                found.append(field.invalid(f"{here}.action", action, text))
        elif action not in _ACTIONS:
            found.append(field.not_supported(f"{here}.action", action, _ACTIONS))
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
        if codes is not None:
            _exit_codes(found, f"{here}.onExitCodes", codes, names)
        if len(conditions) > 20:
            found.append(field.too_many(f"{here}.onPodConditions", len(conditions), 20))
        for number, pattern in enumerate(conditions):
            where = f"{here}.onPodConditions[{number}]"
            found += label_name(f"{where}.type", pattern.get("type", ""))
            found += one_of(f"{where}.status", pattern.get("status", ""), ("False", "True", "Unknown"))
        if codes is not None and conditions:
            text = "specifying both OnExitCodes and OnPodConditions is not supported"
            found.append(field.invalid(here, field.OMIT_VALUE, text))
        if codes is None and not conditions:
            text = "specifying one of OnExitCodes and OnPodConditions is required"
            found.append(field.invalid(here, field.OMIT_VALUE, text))


def _exit_codes(found: list[FieldError], path: str, codes: Object, names: set[Any]) -> None:
    operator, values, container = codes.get("operator", ""), codes.get("values") or [], codes.get("containerName")
    if not operator:
        found.append(field.required(f"{path}.operator", f"valid values: {_quoted(['In', 'NotIn'])}"))
    else:
        found += one_of(f"{path}.operator", operator, ("In", "NotIn"))
    if container is not None and container not in names:
        text = "must be one of the container or initContainer names in the pod template"
        found.append(field.invalid(f"{path}.containerName", container, text))
    if not values:
        found.append(field.invalid(f"{path}.values", codes.get("values"), "at least one value is required"))
    elif len(values) > 255:
        found.append(field.too_many(f"{path}.values", len(values), 255))
    seen: set[int] = set()
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            found.append(field.invalid(f"{path}.values[{index}]", value, "must not be 0 for the In operator"))
        if value in seen:
            found.append(field.duplicate(f"{path}.values[{index}]", value))
        seen.add(value)
    if values != sorted(values):
        found.append(field.invalid(f"{path}.values", values, "must be ordered"))


def _success_policy(found: list[FieldError], path: str, spec: Object) -> None:
    rules, completions = spec["successPolicy"].get("rules") or [], spec.get("completions") or 0
    if not rules:
        text = "at least one rules must be specified when the successPolicy is specified"
        found.append(field.required(f"{path}.rules", text))
    if len(rules) > 20:
        found.append(field.too_many(f"{path}.rules", len(rules), 20))
    for index, rule in enumerate(rules):
        here, count, indexes = f"{path}.rules[{index}]", rule.get("succeededCount"), rule.get("succeededIndexes")
        if count is None and indexes is None:
            text = "at least one of succeededCount or succeededIndexes must be specified"
            found.append(field.required(here, text))
        total = 0
        if indexes is not None:
            total, problem = _indexes(indexes, completions)
            if problem:
                text = f"error parsing succeededIndexes: {problem}"
                found.append(field.invalid(f"{here}.succeededIndexes", indexes, text))
        if count is not None:
            where = f"{here}.succeededCount"
            found += at_least_zero(where, count)
            if count > completions:
                text = f"must be less than or equal to {completions} (the number of specified completions)"
                found.append(field.invalid(where, count, text))
            if indexes is not None and count > total:
                text = (
                    f"must be less than or equal to {total} "
                    "(the number of indexes in the specified succeededIndexes field)"
                )
                found.append(field.invalid(where, count, text))


def _indexes(text: str, completions: int) -> tuple[int, str]:
    """How many indexes a list of them and of ranges names, or what is wrong with it (validateIndexesFormat)."""
    if not text:
        return 0, ""
    total, last = 0, -1
    for part in text.split(","):
        ends = part.split("-")
        if len(ends) > 2:
            return (
                0,
                f"the fragment \"{part}\" violates the requirement that an index interval can have at most two parts separated by '-'",
            )
        for end in ends:
            if not end.isdigit():
                return 0, f'cannot convert string to integer for index: "{end}"'
            if int(end) >= completions:
                return 0, f'too large index: "{end}"'
        low, high = int(ends[0]), int(ends[-1])
        if low <= last:
            return 0, f"non-increasing order, previous: {last}, current: {low}"
        if len(ends) == 2 and high <= low:
            return 0, f"non-increasing order, previous: {low}, current: {high}"
        total += high - low + 1
        last = high
    return total, ""


def check_job_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a job: what is wrong with it as with a new one, and with what changed (ValidateJobUpdate)."""
    spec, before = obj["spec"], old["spec"]
    found = check_job(obj, context) + _spec_with_selector(spec)  # which the server asks twice
    new, was = spec.get("completions"), before.get("completions")
    indexed = spec.get("completionMode") == "Indexed"
    if new != was:
        if not indexed or new is None or was is None:
            found += immutable("spec.completions", new, was)
        elif new != spec.get("parallelism") or was != before.get("parallelism"):
            text = "can only be modified in tandem with spec.parallelism"
            found.append(field.invalid("spec.completions", new, text))
    found += immutable("spec.selector", spec.get("selector"), before.get("selector"))
    suspended = before.get("suspend") and (old.get("status") or {}).get("startTime") is None
    template = _allowed(spec["template"], before["template"]) if suspended else before["template"]
    if spec["template"] != template and suspended:
        shown = go_value("core/v1.PodSpec", spec["template"].get("spec") or {})
        found.append(field.invalid("spec.template.spec", shown, "field is immutable"))
    elif spec["template"] != template:
        shown = go_value("core/v1.PodTemplateSpec", spec["template"])
        found.append(field.invalid("spec.template", shown, "field is immutable"))
    for key in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        value, was = spec.get(key), before.get(key)
        if value is not None and key in _POLICIES and value != was:
            found.append(field.invalid(f"spec.{key}", go_value(_POLICIES[key], value), "field is immutable"))
        else:
            found += immutable(f"spec.{key}", value, was)
    return found


_POLICIES = {"podFailurePolicy": "batch/v1.PodFailurePolicy", "successPolicy": "batch/v1.SuccessPolicy"}


def _allowed(template: Object, before: Object) -> Object:
    """The old template with the changes that a suspended job may see."""
    pod = dict(before.get("spec") or {})
    wanted = template.get("spec") or {}
    for key in ("nodeSelector", "tolerations", "schedulingGates"):
        pod.pop(key, None)
        if key in wanted:
            pod[key] = wanted[key]
    affinity = {key: value for key, value in (pod.get("affinity") or {}).items() if key != "nodeAffinity"}
    if (wanted.get("affinity") or {}).get("nodeAffinity") is not None:
        affinity["nodeAffinity"] = wanted["affinity"]["nodeAffinity"]
    pod.pop("affinity", None)
    if affinity or "affinity" in wanted:
        pod["affinity"] = affinity
    for key in ("containers", "initContainers"):
        if len(pod.get(key) or ()) == len(wanted.get(key) or ()) and key in pod:
            pairs = zip(pod[key], wanted[key], strict=True)
            pod[key] = [{**c, "resources": w.get("resources", {})} if c["name"] == w["name"] else c for c, w in pairs]
    return {**before, "metadata": template.get("metadata", {}), "spec": pod}
