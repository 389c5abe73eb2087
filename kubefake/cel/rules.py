"""The validation rules of a place in a schema, compiled.

Follows k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import types
from .ast import Ident, Node
from .checker import compile_checked
from .costs import estimate
from .declared import REQUEST_SIZE, Declared
from .evaluator import Program, compile_program, folding_error
from .literal_checks import children
from .source import CompileError
from .types import Type, optional_of

__all__ = ["CompiledRule", "compile_rules", "uses"]

_VARIABLES = ("self", "oldSelf")


class CompiledRule(NamedTuple):
    """A rule that can run, or why it cannot.

    Attributes:
        rule: as the schema says it.
        program: None when there is an error, or no rule.
        error, message_error: why the rule or its messageExpression does not compile, or "".
        uses_old: it reads oldSelf.
        cost, message_cost: what running it once may cost at most.
        cardinality: how often it can be in a request where the schema sets no limit.
        message: the program of the messageExpression, or None.
    """

    rule: Mapping[str, Any]
    program: Program | None = None
    error: str = ""
    uses_old: bool = False
    cost: int = 0
    cardinality: int = 0
    message: Program | None = None
    message_error: str = ""
    message_cost: int = 0


def compile_rules(rules: list[Mapping[str, Any]], declared: Declared) -> list[CompiledRule]:
    """The rules at a place whose type is `declared`."""
    return [_compile(rule, declared) for rule in rules]


def uses(node: Node, name: str) -> bool:
    """Whether an expression reads a variable."""
    if isinstance(node, Ident) and node.name == name and node.constant is None:
        return True
    return any(uses(child, name) for child in children(node))


def _compile(rule: Mapping[str, Any], declared: Declared) -> CompiledRule:
    text = rule.get("rule") or ""
    if not text.strip():
        return CompiledRule(rule)
    old = optional_of(declared.type) if rule.get("optionalOldSelf") else declared.type
    variables = {"self": declared.type, "oldSelf": old}
    node = _checked(text, variables, types.BOOL, "compilation failed: ", "cel expression must evaluate to a bool")
    if isinstance(node, str):
        return CompiledRule(rule, error=node)
    if problem := folding_error(node):
        return CompiledRule(rule, error=f"program instantiation failed: {problem}")
    compiled = CompiledRule(
        rule,
        program=compile_program(node, _VARIABLES),
        uses_old=uses(node, "oldSelf"),
        cost=estimate(node, declared.size),
        cardinality=REQUEST_SIZE // (declared.smallest + 1),
    )
    message = rule.get("messageExpression") or ""
    if not message:
        return compiled
    prefix, wrong = "messageExpression compilation failed: ", "messageExpression must evaluate to a string"
    node = _checked(message, variables, types.STRING, prefix, wrong)
    if isinstance(node, str):
        return compiled._replace(message_error=node)
    if problem := folding_error(node):
        return compiled._replace(message_error=f"messageExpression instantiation failed: {problem}")
    cost = estimate(node, declared.size)
    return compiled._replace(message=compile_program(node, _VARIABLES), message_cost=cost)


def _checked(text: str, variables: Mapping[str, Type], wanted: Type, prefix: str, wrong: str) -> Node | str:
    """The expression, or what is wrong with it."""
    try:
        node = compile_checked(text, variables)
    except CompileError as error:
        return f"{prefix}{error}"
    return node if node.type == wanted else wrong
