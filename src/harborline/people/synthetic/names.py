"""Invented names in four flavours. No list of real people was used."""

from __future__ import annotations

from typing import Final

# fmt: off
FIRST: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Avery", "Blake", "Carter", "Dana", "Elliott", "Frances", "Gwen", "Harper", "Ira", "Joan", "Kendall",
        "Lana", "Mason", "Nora", "Owen", "Paige", "Quentin", "Reese", "Sloan", "Tessa", "Ulric", "Vera", "Wade",
        "Xenia", "Yvette", "Zane", "Marlow", "Tilda", "Corin", "Della", "Everly", "Finn", "Greer", "Hollis",
        "Jarvis", "Lyle",
    ),
    "es": (
        "Alma", "Bruno", "Celia", "Dario", "Elisa", "Fermin", "Gloria", "Hugo", "Ines", "Joaquin", "Karina",
        "Lucero", "Mateo", "Nadia", "Octavio", "Paloma", "Ramiro", "Selma", "Tadeo", "Ursula", "Valeria",
        "Wilmer", "Ximena", "Yadira", "Zulema", "Nuria", "Efren", "Belen", "Ciro", "Dalia",
    ),
    "so": (
        "Abdi", "Asha", "Bashir", "Caasha", "Deeqa", "Faduma", "Guleed", "Hodan", "Idil", "Jamac", "Khadra",
        "Liban", "Maryan", "Nimco", "Omar", "Qamar", "Rooble", "Sagal", "Taban", "Ubah", "Warsame", "Xaawo",
        "Yasin", "Zahra",
    ),
    "hmn": (
        "Bao", "Chue", "Dia", "Fong", "Gaonou", "Houa", "Kalia", "Lee", "Mai", "Nhia", "Paj", "Pang", "See",
        "Tou", "Tsua", "Vang", "Xai", "Yer", "Zoua", "Mee",
    ),
}
LAST: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Alder", "Birchfield", "Coldwater", "Dunmore", "Easterly", "Fairlake", "Greenlow", "Hartwick",
        "Inglewood", "Juniper", "Kestrel", "Larkspur", "Mossbank", "Northcote", "Oakhurst", "Pinewell",
        "Quillby", "Ravenhall", "Stonebrook", "Thornby", "Underhill", "Vinewood", "Westmere", "Yarrowdale",
        "Ashgrove", "Brambley", "Copperfield", "Driftwood", "Elmsworth", "Foxglove", "Glenmoor", "Hazelby",
    ),
    "es": (
        "Arboleda", "Bellomonte", "Camposanto", "Delrio", "Encinales", "Florida", "Granados", "Hidalgo",
        "Islas", "Jacinto", "Lagunas", "Montealto", "Naranjo", "Olivares", "Palmares", "Quintero", "Robledo",
        "Salinas", "Tresrios", "Umbria", "Valverde", "Zarzales", "Alameda", "Brisas",
    ),
    "so": (
        "Abdille", "Barre", "Cige", "Duale", "Elmi", "Farah", "Guled", "Hirsi", "Isse", "Jibril", "Kulane",
        "Liban", "Mire", "Nur", "Osman", "Samatar",
    ),
    "hmn": (
        "Cha", "Chang", "Fang", "Hang", "Her", "Khang", "Lor", "Moua", "Pha", "Thao", "Vue", "Xiong", "Yang",
        "Kue",
    ),
}
STREETS: Final = (
    "Willow Lane", "Juniper Court", "Harbor Way", "Meadow Road", "Lantern Street", "Orchard Drive", "Ferry Road",
    "Sparrow Lane", "Granite Avenue", "Lake View Road", "Mill Race", "Cedar Terrace",
)
# fmt: on
