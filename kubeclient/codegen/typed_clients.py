"""Renders typed clients: a class a group version, with a method a resource, and the clientset that holds them.

Follows client-go's client-gen. What the calls do stands in the generic clients of `kubeclient._async.resource`; a resource with
calls of its own names the class that has them.
"""

from __future__ import annotations

from .description import ASYNC, ClientResource, Colour

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
    scale_models: str = "kubeclient.api",
    colour: Colour = ASYNC,
) -> str:
    """The source of the clients of one group version.

    Args:
        module: the module with the models, below the package `models`; also the name of the clientset's attribute.
        title: what people call the group version.
        scale: the module below `scale_models`, the group and the version of the Scale that its resources have.

    Raises:
        ValueError: a resource has calls that no client has.
    """
    return _Module(module, title, resources, banner, models, scale, scale_models, colour).source()


def class_name(module: str, colour: Colour = ASYNC) -> str:
    """`core_v1` -> `AsyncCoreV1`."""
    return colour.prefix + "".join(part.capitalize() for part in module.split("_"))


class _Module:
    def __init__(
        self,
        module: str,
        title: str,
        resources: list[ClientResource],
        banner: str,
        models: str,
        scale: tuple[str, str, str],
        scale_models: str,
        colour: Colour,
    ) -> None:
        self.module = module
        self.title = title
        self.resources = resources
        self.banner = banner
        self.models = models
        self.scale = scale
        self.scale_models = scale_models
        self.colour = colour
        self.imports: dict[str, set[str]] = {"kubeclient.machines.codec": {"ResourceType"}}
        self.rest = self._use(f"{colour.room}.rest_client", f"{colour.prefix}RESTClient")

    def source(self) -> str:
        name = class_name(self.module, self.colour)
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
            f"    def __init__(self, rest: {self.rest}) -> None:\n        self._rest = rest\n\n"
            f"    @property\n    def rest_client(self) -> {self.rest}:\n"
            '        """The client that carries the requests of this group."""\n        return self._rest\n\n' + methods
        )

    def _use(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    def _constant(self, one: ClientResource) -> str:
        model = self._use(f"{self.models}.{self.module}", one.model or one.kind)
        list_model = one.list_model or one.list_kind
        listed = self._use(f"{self.models}.{self.module}", list_model) if list_model else "type(None)"
        return (
            f'_{one.method.upper()} = ResourceType("{one.group}", "{one.version}", "{one.plural}", "{one.kind}", '
            f"namespaced={one.namespaced}, type_={model}, list_type={listed})\n"
        )

    def _scale_constant(self) -> str:
        if not any("get_scale" in one.calls for one in self.resources):
            return ""
        module, group, version = self.scale
        self._use(f"{self.scale_models}.{module}", "Scale")
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
        types = f"{one.model or one.kind}, {one.list_model or one.list_kind or 'None'}"
        if one.calls == {"create"}:
            return self._generic("CreateClient"), types
        if not (_COMMON | {"delete_collection"}) <= one.calls:
            raise ValueError(f"{self.module} {one.plural}: no client has only {sorted(one.calls)}")
        if "get_scale" in one.calls:
            name = "ScalableClient" if "apply_scale" in one.calls else "ScaleReadClient"
            return self._generic(name), f"{types}, Scale"
        return self._generic("StatusClient" if "update_status" in one.calls else "ResourceClient"), types

    def _generic(self, name: str) -> str:
        return self._use(f"{self.colour.room}.resource", f"{self.colour.prefix}{name}")


def render_clientset(
    modules: list[str],
    *,
    banner: str = "",
    base: str = ".client",
    doc: str = "Typed clients of all builtin resources, one attribute a group version.",
    colour: Colour = ASYNC,
) -> str:
    """The source of the clientset: every group version, each loaded when it is first used. `base` is the module of its base."""
    prefix = colour.prefix
    names = {module: class_name(module, colour) for module in modules}
    imports = "".join(f"    from .typed.{module} import {name}\n" for module, name in names.items())
    groups = "\n".join(
        f"    @cached_property\n    def {module}(self) -> {name}:\n"
        f"        from .typed.{module} import {name}\n\n        return {name}(self.rest_client)\n"
        for module, name in names.items()
    )
    return (
        f'{banner}"""The clientset: every group version with typed clients, each loaded when it is first used."""\n\n'
        "from __future__ import annotations\n\nfrom functools import cached_property\nfrom typing import TYPE_CHECKING\n\n"
        f"from {base} import {prefix}ClientBase\n\nif TYPE_CHECKING:\n{imports}"
        f'\n__all__ = ["{prefix}Clientset"]\n\n\nclass {prefix}Clientset({prefix}ClientBase):\n    """{doc}"""\n\n{groups}'
    )
