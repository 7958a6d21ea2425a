"""The contract about doors: a room is entered by its services, selectors, ports, facts and rules, and nowhere else."""

from __future__ import annotations

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Every import from one room into another goes through a door.

    `rooms` are folders of the package; `doors` the modules that are doors of every room; `more_doors` the packages
    that are doors of one room only; `masters` the folders that may enter anywhere (they put the house together);
    `narrow` the folders that may enter by ports and facts only.
    """

    type_name = "doors"

    rooms: Any = fields.ListField(subfield=fields.StringField())
    doors: Any = fields.ListField(subfield=fields.StringField())
    more_doors: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    masters: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    narrow: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import in the graph."""
        del verbose
        broken = sorted(
            f"{importer} -> {imported}"
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if not self._by_a_door(importer, imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name every import that climbs through a window."""
        for each in check.metadata["broken"]:
            output.print_error(f"{each} enters without a door", bold=False)

    def _by_a_door(self, importer: str, imported: str) -> bool:
        _, from_room, *_ = [*importer.split("."), ""]
        _, to_room, inner, *_ = [*imported.split("."), "", ""]
        if from_room == to_room or to_room not in self.rooms or from_room in self.masters or not inner:
            return True
        if from_room in self.narrow:
            return inner in {"ports", "facts"}
        return inner in self.doors or any(self._inside(imported, door) for door in self.more_doors)

    @staticmethod
    def _inside(imported: str, door: str) -> bool:
        return f"{imported.partition('.')[2]}.".startswith(f"{door}.")
