"""What is wrong with ingresses, ingress classes and network policies.

Follows pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

import ipaddress

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    immutable,
    ip_for_legacy_field,
    is_ip,
    label_selector,
    named,
    port_or_name,
)
from kubefake.resources.core.service_validation import cidr_for_legacy_field
from kubefake.resources.strategy import Context

__all__ = [
    "check_ingress",
    "check_ingress_class",
    "check_ingress_class_update",
    "check_ingress_status",
    "check_ingress_update",
    "check_network_policy",
]

_CLASS = "kubernetes.io/ingress.class"
_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_SUFFIXES = ("/..", "/.")


def check_ingress(obj: Object, context: Context) -> list[FieldError]:
    """A new ingress."""
    found = check_ingress_update(obj, obj, context)
    annotation = (obj["metadata"].get("annotations") or {}).get(_CLASS)
    wanted = (obj.get("spec") or {}).get("ingressClassName")
    if annotation is not None and wanted is not None and annotation != wanted:
        text = "must match `ingressClassName` when both are specified"
        found.append(field.invalid(f"annotations.{_CLASS}", annotation, text))
    return found


def check_ingress_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A changed ingress."""
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    rules, backend = spec.get("rules"), spec.get("defaultBackend")
    if not rules and backend is None:
        found.append(field.invalid("spec", rules, "either `defaultBackend` or `rules` must be specified"))
    if backend is not None:
        _backend(found, "spec.defaultBackend", backend)
    for index, rule in enumerate(rules or ()):
        _rule(found, f"spec.rules[{index}]", rule)
    for index, tls in enumerate(spec.get("tls") or ()):
        for number, host in enumerate(tls.get("hosts") or ()):
            _host(found, f"spec.tls[{index}].hosts[{number}]", host)
        if tls.get("secretName"):
            found += dns_subdomain(f"spec.tls[{index}].secretName", tls["secretName"])
    if spec.get("ingressClassName") is not None:
        found += dns_subdomain("spec.ingressClassName", spec["ingressClassName"])
    return found


def _host(found: list[FieldError], path: str, host: str) -> None:
    check = validation.is_wildcard_dns1123_subdomain if "*" in host else validation.is_dns1123_subdomain
    found += named(path, host, check)


def _rule(found: list[FieldError], path: str, rule: Object) -> None:
    host = rule.get("host", "")
    if host:
        if is_ip(host):
            found.append(field.invalid(f"{path}.host", host, "must be a DNS name, not an IP address"))
        _host(found, f"{path}.host", host)
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        found.append(field.required(f"{path}.http.paths"))
    for index, entry in enumerate(http.get("paths") or ()):
        _path(found, f"{path}.http.paths[{index}]", entry)


def _path(found: list[FieldError], path: str, entry: Object) -> None:
    kind, text = entry.get("pathType"), entry.get("path", "")
    here = f"{path}.path"
    if kind is None:
        found.append(field.required(f"{path}.pathType", "pathType must be specified"))
        return
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            found.append(field.invalid(here, text, "must be an absolute path"))
        found += [field.invalid(here, text, f"must not contain '{bad}'") for bad in _SEQUENCES if bad in text]
        found += [field.invalid(here, text, f"cannot end with '{bad}'") for bad in _SUFFIXES if text.endswith(bad)]
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            found.append(field.invalid(here, text, "must be an absolute path"))
    else:
        found.append(field.not_supported(f"{path}.pathType", kind, ["Exact", "ImplementationSpecific", "Prefix"]))
    _backend(found, f"{path}.backend", entry.get("backend") or {})


def _backend(found: list[FieldError], path: str, backend: Object) -> None:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        found.append(field.invalid(path, "", "cannot set both resource and service backends"))
    elif resource is not None:
        if resource.get("apiGroup"):
            found += dns_subdomain(f"{path}.resource.apiGroup", resource["apiGroup"])
        for key in ("kind", "name"):
            value = resource.get(key, "")
            here = f"{path}.resource.{key}"
            found += named(here, value, validation.is_path_segment_name) if value else [field.required(here)]
    elif service is not None:
        name, port = service.get("name", ""), service.get("port") or {}
        here = f"{path}.service.name"
        found += dns_label(here, name) if name else [field.required(here)]
        if port.get("name") and port.get("number"):
            found.append(field.invalid(path, "", "cannot set both port name & port number"))
        elif port.get("name"):
            found += port_or_name(f"{path}.service.port.name", port["name"])
        elif port.get("number"):
            found += port_or_name(f"{path}.service.port.number", port["number"])
        else:
            found.append(field.required(path, "port name or number is required"))
    else:
        found.append(field.invalid(path, "", "resource or service backend is required"))


def check_ingress_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of an ingress' status."""
    found: list[FieldError] = []
    balancer = (obj.get("status") or {}).get("loadBalancer") or {}
    known = [i.get("ip", "") for i in (((old.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ())]
    for index, ingress in enumerate(balancer.get("ingress") or ()):
        path = f"status.loadBalancer.ingress[{index}]"
        if ingress.get("ip"):
            found += ip_for_legacy_field(f"{path}.ip", ingress["ip"], known)
        if ingress.get("hostname"):
            found += dns_subdomain(f"{path}.hostname", ingress["hostname"])
            if is_ip(ingress["hostname"]):
                text = "must be a DNS name, not an IP address"
                found.append(field.invalid(f"{path}.hostname", ingress["hostname"], text))
    return found


def check_ingress_class(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """An ingress class."""
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    controller, path = spec.get("controller", ""), "spec.controller"
    if len(controller) > 250:
        found.append(field.too_long(path, 250))
    found += _domain_path(path, controller)
    parameters = spec.get("parameters")
    if parameters is not None:
        _parameters(found, "spec.parameters", parameters)
    return found


def _domain_path(path: str, value: str) -> list[FieldError]:
    if not value:
        return [field.required(path)]
    domain, slash, rest = value.partition("/")
    if not slash or not domain or not rest:
        return [field.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    return [field.invalid(path, domain, text) for text in validation.is_dns1123_subdomain(domain)]


def _parameters(found: list[FieldError], path: str, parameters: Object) -> None:
    if parameters.get("apiGroup"):
        found += dns_subdomain(f"{path}.apiGroup", parameters["apiGroup"])
    for key in ("kind", "name"):
        value = parameters.get(key, "")
        here = f"{path}.{key}"
        found += named(here, value, validation.is_path_segment_name) if value else [field.required(here)]
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    if scope is None:
        found.append(field.required(f"{path}.scope"))
        return
    if scope not in ("Cluster", "Namespace"):
        found.append(field.not_supported(f"{path}.scope", scope, ["Cluster", "Namespace"]))
        return
    if scope == "Namespace":
        if not namespace:
            text = "`parameters.scope` is set to 'Namespace'"
            found.append(field.required(f"{path}.namespace", text))
        else:
            found += dns_label(f"{path}.namespace", namespace)
    elif namespace is not None:
        text = "`parameters.scope` is set to 'Cluster'"
        found.append(field.forbidden(f"{path}.namespace", text))


def check_ingress_class_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of an ingress class: not of who serves it."""
    new, was = (one.get("spec") or {} for one in (obj, old))
    found = immutable("spec.controller", new.get("controller"), was.get("controller"))
    return found + check_ingress_class(obj, context)


def check_network_policy(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A network policy."""
    spec = obj.get("spec") or {}
    found = label_selector("spec.podSelector", spec.get("podSelector"))
    for key, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(key) or ()):
            path = f"spec.{key}[{index}]"
            for number, port in enumerate(rule.get("ports") or ()):
                _policy_port(found, f"{path}.ports[{number}]", port)
            for number, peer in enumerate(rule.get(side) or ()):
                _peer(found, f"{path}.{side}[{number}]", peer)
    types = spec.get("policyTypes") or []
    if len(types) > 2:
        found.append(field.invalid("spec.policyTypes", types, "may not specify more than two policyTypes"))
        return found
    for index, kind in enumerate(types):
        if kind not in ("Egress", "Ingress"):
            found.append(field.not_supported(f"spec.policyTypes[{index}]", kind, ["Ingress", "Egress"]))
    return found


def _policy_port(found: list[FieldError], path: str, port: Object) -> None:
    protocol = port.get("protocol")
    if protocol is not None and protocol not in ("TCP", "UDP", "SCTP"):
        found.append(field.not_supported(f"{path}.protocol", protocol, ["TCP", "UDP", "SCTP"]))
    number, end = port.get("port"), port.get("endPort")
    if number is not None:
        if isinstance(number, int):
            found += port_or_name(f"{path}.port", number)
            if end is not None:
                if end < number:
                    text = "must be greater than or equal to `port`"
                    found.append(field.invalid(f"{path}.endPort", number, text))  # which the server shows instead
                found += port_or_name(f"{path}.endPort", end)
        else:
            if end is not None:
                text = "may not be specified when `port` is non-numeric"
                found.append(field.invalid(f"{path}.endPort", end, text))
            found += port_or_name(f"{path}.port", number)
    elif end is not None:
        text = "may not be specified when `port` is not specified"
        found.append(field.invalid(f"{path}.endPort", end, text))


def _peer(found: list[FieldError], path: str, peer: Object) -> None:
    count = 0
    for key in ("podSelector", "namespaceSelector"):
        if peer.get(key) is not None:
            count += 1
            found += label_selector(f"{path}.{key}", peer[key])
    block = peer.get("ipBlock")
    if block is not None:
        count += 1
        _block(found, f"{path}.ipBlock", block)
    if not count:
        found.append(field.required(path, "must specify a peer"))
    elif count > 1 and block is not None:
        found.append(field.forbidden(path, "may not specify both ipBlock and another peer"))


def _block(found: list[FieldError], path: str, block: Object) -> None:
    cidr = block.get("cidr", "")
    if not cidr:
        found.append(field.required(f"{path}.cidr"))
        return
    wrong = cidr_for_legacy_field(f"{path}.cidr", cidr)
    found += wrong
    outer = None if wrong else ipaddress.ip_network(cidr, strict=False)
    for index, text in enumerate(block.get("except") or ()):
        here = f"{path}.except[{index}]"
        bad = cidr_for_legacy_field(here, text)
        found += bad
        if bad or outer is None:
            continue
        inner = ipaddress.ip_network(text, strict=False)
        if inner.version != outer.version or inner == outer or not inner.subnet_of(outer):  # type: ignore[arg-type]
            found.append(field.invalid(here, text, "must be a strict subset of `cidr`"))
