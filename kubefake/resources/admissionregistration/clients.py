"""What is wrong with how a webhook is reached: by an address, or as a service.

Follows k8s.io/apiserver/pkg/util/webhook/validation.go.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object

__all__ = ["check_client"]

_FORM = "; desired format: https://host[/path]"


def check_client(path: str, client: Object | None) -> list[FieldError]:
    """A client configuration, which has either an address or a service."""
    config: Object = client or {}
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        return [field.required(path, "exactly one of url or service is required")]
    return _check_service(f"{path}.service", service) if service is not None else _check_url(f"{path}.url", str(url))


def _check_url(path: str, text: str) -> list[FieldError]:
    try:
        url = urlsplit(text)
    except ValueError as error:
        return [field.required(path, f"url must be a valid URL: {error}{_FORM}")]
    user, at, host = url.netloc.rpartition("@")
    found: list[FieldError] = []
    if url.scheme != "https":
        found.append(field.invalid(path, url.scheme, f"'https' is the only allowed URL scheme{_FORM}"))
    if not host:
        found.append(field.invalid(path, host, f"host must be specified{_FORM}"))
    if at:
        found.append(field.invalid(path, user, "user information is not permitted in the URL"))
    if url.fragment:
        found.append(field.invalid(path, url.fragment, "fragments are not permitted in the URL"))
    if url.query:
        found.append(field.invalid(path, url.query, "query parameters are not permitted in the URL"))
    return found


def _check_service(path: str, service: Object) -> list[FieldError]:
    found = [field.required(f"{path}.{key}") for key in ("name", "namespace") if not service.get(key)]
    port = service.get("port", 443)
    found += [
        field.invalid(f"{path}.port", port, f"port is not valid: {text}") for text in validation.is_valid_port_num(port)
    ]
    return found + _check_path(f"{path}.path", service.get("path"))


def _check_path(path: str, value: str | None) -> list[FieldError]:
    if not value or value == "/":
        return []
    if value == "//":
        return [field.invalid(path, value, "segment[0] may not be empty")]
    found = [] if value.startswith("/") else [field.invalid(path, value, "must start with a '/'")]
    for index, step in enumerate(value[1:].removesuffix("/").split("/")):
        if not step:
            found.append(field.invalid(path, value, f"segment[{index}] may not be empty"))
            continue
        texts = validation.is_dns1123_subdomain(step)
        found += [field.invalid(path, value, f"segment[{index}]: {text}") for text in texts]
    return found
