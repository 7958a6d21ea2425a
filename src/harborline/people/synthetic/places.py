"""Where the invented people live: counties, ZIP codes, offices, area codes by time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A county with its share of a program's people and its office."""

    fips: str
    name: str
    state: str
    share: float
    zips: tuple[str, ...]
    city: str
    office: str
    office_names: dict[str, str]
    office_address: str
    office_phone: str
    workers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramPlaces:
    """One program's places; `area_codes` are used up in order, a hundred numbers each."""

    program: str
    agency_name: str
    zone: str
    places: tuple[Place, ...]
    area_codes: tuple[str, ...]
    hours: dict[str, str] = field(
        default_factory=lambda: {"en": "Monday to Friday, 8 AM to 5 PM", "es": "Lunes a viernes, de 8 a 17 horas"}
    )


EASTERN: Final = (
    "919 984 704 980 336 743 910 252 828 472 202 771 203 475 860 959 302 239 305 321 352 386 407 561 645 656 689 727"
    " 754 772 786 813 863 904 941 954 229 404 470 478 678 706 762 770 912 943 260 317 463 574 765 502 606 859 207 227"
    " 240 301 410 443 667 339 351 413 508 617 774 781 857 978 231 248 269 313 517 586 616 734 810 947 989 603 201 551"
    " 609 640 732 848 856 862 908 973 212 315 332 347 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934 216"
    " 220 234 326 330 380 419 440 513 567 614 740 937 215 223 267 272 412 445 484 570 582 610 717 724 814 835 878 401"
    " 803 839 843 854 864 423 865 802 276 434 540 571 703 757 804 826 948 304 681"
)
CENTRAL: Final = (
    "612 651 763 952 507 320 218 205 251 256 334 659 938 479 501 870 217 224 309 312 331 447 464 618 630 708 773 779"
    " 815 847 872 319 515 563 641 712 225 318 337 504 985 228 601 662 769 314 417 557 573 636 660 816 402 531 405 539"
    " 580 918 615 629 731 901 931 210 214 254 281 346 361 409 430 469 512 682 713 726 737 806 817 830 832 903 936 940"
    " 945 956 972 979 262 274 414 534 608 715 920"
)
ELSEWHERE: Final = ("303", "602", "505", "801", "206", "213", "415", "503", "619", "702", "808", "907")

NC: Final = ProgramPlaces(
    program="nc-css",
    agency_name="North Carolina Department of Health and Human Services",
    zone="America/New_York",
    places=(
        Place("37183", "Wake", "NC", 0.45, ("27601", "27603", "27609"), "Raleigh", "WAKE-1",
              {"en": "Wake County Child Support office", "es": "Oficina de Manutención de Menores, condado de Wake"},
              "100 Example Street, Raleigh, NC 27601", "919-555-0100", ("W-101", "W-102", "W-103")),
        Place("37063", "Durham", "NC", 0.2, ("27701", "27703", "27705"), "Durham", "DURHAM-1",
              {"en": "Durham Child Support office", "es": "Oficina de Manutención de Menores, condado de Durham"},
              "200 Example Street, Durham, NC 27701", "919-555-0150", ("W-201", "W-202")),
        Place("37119", "Mecklenburg", "NC", 0.35, ("28202", "28205", "28208", "28217"), "Charlotte", "MECK-1",
              {"en": "Mecklenburg County Child Support office",
               "es": "Oficina de Manutención de Menores, condado de Mecklenburg"},
              "300 Example Street, Charlotte, NC 28202", "704-555-0100", ("W-301", "W-302", "W-303")),
    ),
    area_codes=tuple(EASTERN.split()),
)  # fmt: skip
MN: Final = ProgramPlaces(
    program="mn-wic",
    agency_name="Minnesota Department of Health",
    zone="America/Chicago",
    places=(
        Place("27053", "Hennepin", "MN", 0.65, ("55401", "55404", "55407", "55411"), "Minneapolis", "HENN-1",
              {"en": "Hennepin WIC clinic", "es": "Clínica WIC de Hennepin"},
              "100 Example Avenue, Minneapolis, MN 55401", "612-555-0100", ("W-401", "W-402")),
        Place("27123", "Ramsey", "MN", 0.35, ("55101", "55104", "55106"), "Saint Paul", "RAMSEY-1",
              {"en": "Ramsey WIC clinic", "es": "Clínica WIC de Ramsey"},
              "200 Example Avenue, Saint Paul, MN 55101", "651-555-0100", ("W-501", "W-502")),
    ),
    area_codes=tuple(CENTRAL.split()),
)  # fmt: skip
PROGRAMS: Final = {NC.program: NC, MN.program: MN}
