"""Renders typed clients: a class a group version, with a method a resource, and the clientset that holds them.

Follows client-go's client-gen. What the calls do stands in the generic clients of `kubeclient._async.resource`; a resource with
calls of its own names the class that has them.
"""

from __future__ import annotations

from .description import ClientResource

__all__ = ["class_name", "render", "render_clientset"]

_COMMON = frozenset(("create", "update", "delete", "get", "list", "watch", "patch", "apply"))
_STATUS = frozenset(("update_status", "apply_status"))
_SCALE = frozenset(("get_scale", "update_scale", "apply_scale"))


def render(
    module: str,
    title: str,
    resources: list[ClientResource],
    *,
    banner: str = "",
    models: str = "kubeclient.api",
    scale: tuple[str, str, str] = ("autoscaling_v1", "autoscaling", "v1"),
) -> str:
    """The source of the clients of one group version.

    Args:
        module: the module with the models, below the package `models`; also the name of the clientset's attribute.
        title: what people call the group version.
        scale: the module below `models`, the group and the version of the Scale that its resources have.

    Raises:
        ValueError: a resource has calls that no client has.
    """
    return _Module(module, title, resources, banner, models, scale).source()


def class_name(module: str) -> str:
    """`core_v1` -> `AsyncCoreV1`."""
    return "Async" + "".join(part.capitalize() for part in module.split("_"))


class _Module:
    def __init__(
        self,
        module: str,
        title: str,
        resources: list[ClientResource],
        banner: str,
        models: str,
        scale: tuple[str, str, str],
    ) -> None:
        self.module = module
        self.title = title
        self.resources = resources
        self.banner = banner
        self.models = models
        self.scale = scale
        self.imports: dict[str, set[str]] = {
            "kubeclient.machines.codec": {"ResourceType"},
            "kubeclient._async.rest_client": {"AsyncRESTClient"},
        }

    def source(self) -> str:
        name = class_name(self.module)
        constants = "".join(self._constant(one) for one in self.resources)
        methods = "\n".join(self._method(one) for one in self.resources)
        scale = self._scale_constant()
        imports = "".join(
            f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(self.imports.items())
        )
        return (
            f'{self.banner}"""The typed clients of {self.title}."""\n\nfrom __future__ import annotations\n\n{imports}\n'
            f'__all__ = ["{name}"]\n\n{scale}{constants}\n\nclass {name}:\n'
            f'    """The resources of {self.title}; an empty namespace means all namespaces."""\n\n'
            '    __slots__ = ("_rest",)\n\n'
            "    def __init__(self, rest: AsyncRESTClient) -> None:\n        self._rest = rest\n\n"
            "    @property\n    def rest_client(self) -> AsyncRESTClient:\n"
            '        """The client that carries the requests of this group."""\n        return self._rest\n\n' + methods
        )

    def _use(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    def _constant(self, one: ClientResource) -> str:
        model = self._use(f"{self.models}.{self.module}", one.kind)
        listed = self._use(f"{self.models}.{self.module}", one.list_kind) if one.list_kind else "type(None)"
        return (
            f'_{one.method.upper()} = ResourceType("{one.group}", "{one.version}", "{one.plural}", "{one.kind}", '
            f"namespaced={one.namespaced}, type_={model}, list_type={listed})\n"
        )

    def _scale_constant(self) -> str:
        if not any("get_scale" in one.calls for one in self.resources):
            return ""
        module, group, version = self.scale
        self._use(f"{self.models}.{module}", "Scale")
        return (
            f'_SCALE = ResourceType("{group}", "{version}", "scales", "Scale", namespaced=True, type_=Scale, '
            "list_type=type(None))\n"
        )

    def _method(self, one: ClientResource) -> str:
        client, parameters = self._client(one)
        signature = "self, namespace: str" if one.namespaced else "self"
        arguments = ["self._rest", f"_{one.method.upper()}", *(["_SCALE"] if "get_scale" in one.calls else [])]
        arguments += ["namespace"] if one.namespaced else []
        returns = f"{client}[{parameters}]" if parameters else client
        what = f"{one.kind} objects of a namespace" if one.namespaced else f"{one.kind} objects"
        return (
            f'    def {one.method}({signature}) -> {returns}:\n        """{what}."""\n'
            f"        return {client}({', '.join(arguments)})\n"
        )

    def _client(self, one: ClientResource) -> tuple[str, str]:
        """The class of a resource's client, and its parameters."""
        if one.own_client is not None:
            return self._use(one.own_client.module, one.own_client.name), ", ".join(one.own_client.parameters)
        unknown = one.calls - _COMMON - _STATUS - _SCALE - {"delete_collection"}
        if unknown:
            raise ValueError(f"{self.module} {one.plural}: no client has {sorted(unknown)}")
        types = f"{one.kind}, {one.list_kind or 'None'}"
        if one.calls == {"create"}:
            return self._use("kubeclient._async.resource", "AsyncCreateClient"), types
        if not (_COMMON | {"delete_collection"}) <= one.calls:
            raise ValueError(f"{self.module} {one.plural}: no client has only {sorted(one.calls)}")
        if "get_scale" in one.calls:
            name = "AsyncScalableClient" if "apply_scale" in one.calls else "AsyncScaleReadClient"
            return self._use("kubeclient._async.resource", name), f"{types}, Scale"
        name = "AsyncStatusClient" if "update_status" in one.calls else "AsyncResourceClient"
        return self._use("kubeclient._async.resource", name), types


def render_clientset(modules: list[str], *, banner: str = "") -> str:
    """The source of the clientset: every group version, each loaded when it is first used."""
    imports = "".join(f"    from .typed.{module} import {class_name(module)}\n" for module in modules)
    groups = "\n".join(
        f"    @cached_property\n    def {module}(self) -> {class_name(module)}:\n"
        f"        from .typed.{module} import {class_name(module)}\n\n        return {class_name(module)}(self.rest_client)\n"
        for module in modules
    )
    return (
        f'{banner}"""The clientset: every group version with typed clients, each loaded when it is first used."""\n\n'
        "from __future__ import annotations\n\nfrom functools import cached_property\nfrom typing import TYPE_CHECKING\n\n"
        "from .client import AsyncClientBase\n\nif TYPE_CHECKING:\n" + imports + '\n__all__ = ["AsyncClientset"]\n\n\n'
        'class AsyncClientset(AsyncClientBase):\n    """Typed clients of all builtin resources, one attribute a group version."""\n\n'
        + groups
    )
