"""Which functions write protected tables, and which of them leave an entry in the proof log: read from the source.

A function writes when it, or anything it calls, changes rows of a protected table through Django or in SQL. It records
when it, or anything it calls, appends to the ledger. Calls are followed through imports, aliases, classes of ours and
methods by name. A method's name that only one class has means that method; one that several have means, for writing,
all those of the caller's own room, and for recording none, so that nothing passes by accident. What a name cannot
tell (a port served by another room) is watched while the tests of the rooms run (`tests/rooms/conftest.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ORM_WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update", "delete", "save"}
RECORDS = {"record", "record_batch", "record_apart", "append_many", "record_beginning"}
LEDGER = "harborline.ledger.services"
SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY)\s+(?:ONLY\s+)?\"?([a-z][a-z0-9_]+)", re.IGNORECASE)


@dataclass(slots=True)
class Act:
    """What one function does itself, and whom it calls: names that are certain, and method names that are not."""

    tables: set[str] = field(default_factory=set)
    records: bool = False
    calls: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Module:
    """One file: what its names mean, and its SQL texts by the name that holds them."""

    name: str
    tree: ast.Module
    meaning: dict[str, str] = field(default_factory=dict)
    sql: dict[str, set[str]] = field(default_factory=dict)


class House:
    """Every function of the product with what it does."""

    def __init__(self, source: Path, package: str, tables: dict[str, str]) -> None:
        """`tables` maps the class of a model to its table."""
        self.tables = tables
        self.modules = {module.name: module for module in _modules(source, package)}
        self.acts: dict[str, Act] = {}
        self.by_method: dict[str, set[str]] = {}
        for module in self.modules.values():
            self._read(module)

    def writes(self, function: str) -> set[str]:
        """Every table that calling a function may write."""
        return set().union(*(act.tables for act in self._reached(function, certain=False)))

    def records(self, function: str) -> bool:
        """Whether calling a function surely comes by the ledger."""
        return any(act.records for act in self._reached(function, certain=True))

    def _reached(self, function: str, *, certain: bool) -> Iterator[Act]:
        seen, waiting = set(), [self.resolved(function)]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.acts:
                continue
            seen.add(name)
            act = self.acts[name]
            yield act
            waiting += [self.resolved(call) for call in act.calls]
            for method in act.methods:
                waiting += self._meant(method, _room(name), certain=certain)

    def _meant(self, method: str, room: str, *, certain: bool) -> set[str]:
        meant = self.by_method.get(method, set())
        if len(meant) == 1:
            return meant
        return set() if certain else {name for name in meant if _room(name) == room}

    def resolved(self, name: str) -> str:
        """The function a dotted name means in the end, through re-exports."""
        for _ in range(10):
            if name in self.acts:
                return name
            module, _, rest = name.rpartition(".")
            if module in self.modules and rest in self.modules[module].meaning:
                name = self.modules[module].meaning[rest]
                continue
            if f"{name}.__init__" in self.acts:
                return f"{name}.__init__"
            return name
        return name

    def _read(self, module: Module) -> None:
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._add(module, f"{module.name}.{node.name}", node, "")
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                        name = f"{module.name}.{node.name}.{member.name}"
                        self._add(module, name, member, node.name)
                        self.by_method.setdefault(member.name, set()).add(name)

    def _add(self, module: Module, name: str, node: ast.AST, owner: str) -> None:
        act = self.acts[name] = Act()
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                self._call(module, act, each, owner)
            elif isinstance(each, ast.Name) and each.id in module.sql:
                act.tables |= module.sql[each.id]
            elif isinstance(each, ast.Name | ast.Attribute):
                # A function that is handed on may be called by whoever gets it.
                meant = _dotted(module, each)
                if meant and self._is_ours(meant):
                    act.calls.add(meant)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                act.tables |= {table.lower() for table in SQL.findall(each.value)}

    def _is_ours(self, meant: str) -> bool:
        return meant.startswith("harborline.") and not meant.startswith(LEDGER)

    def _call(self, module: Module, act: Act, call: ast.Call, owner: str) -> None:
        meant = _dotted(module, call.func)
        if meant and meant.rpartition(".")[0].endswith(LEDGER) and meant.rpartition(".")[2] in RECORDS:
            act.records = True
            return
        if isinstance(call.func, ast.Attribute):
            self._method(module, act, call, owner)
        if meant:
            act.calls.add(meant)

    def _method(self, module: Module, act: Act, call: ast.Call, owner: str) -> None:
        assert isinstance(call.func, ast.Attribute)
        name, model = call.func.attr, self._model(module, call.func.value)
        if isinstance(call.func.value, ast.Name) and call.func.value.id in {"self", "cls"} and owner:
            act.calls.add(f"{module.name}.{owner}.{name}")
        elif name in ORM_WRITES and model:
            act.tables.add(self.tables[model])
        elif name in {"save", "delete"} or (name == "update" and call.keywords and not call.args):
            act.tables.add("?")
        elif not name.startswith("__"):
            act.methods.add(name)

    def _model(self, module: Module, node: ast.AST) -> str:
        for each in ast.walk(node):
            meant = _dotted(module, each) if isinstance(each, ast.Name) else ""
            if meant and meant.rpartition(".")[2] in self.tables:
                return meant.rpartition(".")[2]
        return ""


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def _modules(source: Path, package: str) -> Iterator[Module]:
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        if "migrations" in parts:
            continue
        name = ".".join((package, *parts)).removesuffix(".__init__")
        module = Module(name, ast.parse(path.read_text(encoding="utf-8")))
        _meanings(module, package=path.name == "__init__.py")
        yield module


def _meanings(module: Module, *, package: bool) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module.meaning[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module.meaning[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            module.meaning.setdefault(node.name, f"{module.name}.{node.name}")
        elif isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
            texts = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
            found = {table.lower() for text in texts if isinstance(text, str) for table in SQL.findall(text)}
            module.sql.update({target.id: found for target in node.targets if isinstance(target, ast.Name) and found})
    del package


def _dotted(module: Module, node: ast.AST) -> str:
    """The full name behind `name` or `name.attribute`, empty when it is not known here."""
    if isinstance(node, ast.Name):
        return module.meaning.get(node.id, "")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = module.meaning.get(node.value.id, "")
        return f"{owner}.{node.attr}" if owner else ""
    return ""
