"""Units as they stand in headers, cells and columns of their own."""

from __future__ import annotations

import re
from statistics import median

_UNITS = """
% ‰ ppm ppb °C ℃ °F K degC degF C F deg ° rad rpm 1/min U/min min-1 min^-1 s ms us min h d Hz kHz MHz m mm cm
km µm um in ft m2 m² m3 m³ Nm3 l L ml gal m/s km/h mph kn m/s2 m/s² mm/s mm/s2 g kg t lb N kN Nm kNm Pa hPa
kPa MPa bar mbar psi atm mmHg V mV kV A mA kA W kW MW GW VA kVA MVA var kvar kVAr VAr Ah Wh kWh MWh GWh J kJ
MJ GJ Ohm Ω kΩ MΩ S mS µS uS µS/cm mS/cm F µF T m3/h m³/h m3/s m³/s l/min l/h l/s L/min kg/h kg/s t/h Nm3/h
W/m2 W/m² kW/m2 lx lm cd dB dBA dB(A) pH mg/l mg/L mg/m3 µg/m3 ug/m3 g/m3 g/kg kJ/kg NTU FNU count counts pcs
EUR USD € $ TS RN index - none dimensionless DateTime degrees celsius fahrenheit kelvin percent volt volts amp
amps watt watts meter meters metre metres second seconds sec hours minutes inch inches foot feet pascal degT deg_c deg_C
degree mmol mol kgm3 lux unitless UTC GMT %RH %rh RH degree_C degrees_C degree_Celsius secs nsecs # 1 m-1 s-1
bit/s kbit/s Mbit/s Gbit/s bps kbps Kbps Mbps Gbps kB KB MB GB TB kB/s KB/s MB/s GB/s KiB MiB GiB KiB/s MiB/s GiB/s
Byte Bytes
ug µg ugm-3 µgm-3 mgm-3 ngm-3
ug µg ugm-3 µgm-3 mgm-3 ngm-3 Cel ft3/s ft³/s cfs gpm GPM psig mmH2O inH2O inHg kgf/cm2 kgf/cm² m3/d m³/d ml/min hp
кПа МПа Па бар кгс/см2 кгс/см² кВт МВт Вт кВтч кВт·ч МВтч Гкал Гц об/мин т/ч кг/ч м3/ч м³/ч м3 м³ л/мин мм мм/с мА
"""
UNITS = frozenset(_UNITS.split())
_FOLDED = frozenset(unit.casefold() for unit in UNITS if len(unit) > 1)

PREFIXES = {"n": 1e-9, "µ": 1e-6, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
PREFIXES |= {"K": 1e3, "Ki": 1024.0, "Mi": 1024.0**2, "Gi": 1024.0**3}
_SCALED = (
    "Wh",
    "W",
    "V",
    "A",
    "Pa",
    "bar",
    "VA",
    "Hz",
    "J",
    "g",
    "l",
    "L",
    "m",
    "s",
    "Ohm",
    "Ω",
    "var",
    "B",
    "B/s",
    "bit/s",
    "bps",
)


def is_unit(text: str) -> bool:
    """Whether a text is a unit, bare or in brackets."""
    text = text.strip()
    if re.fullmatch(r"\[[^\]]{0,16}\]|\([^)]{0,16}\)", text) or _is_known(text):
        return True
    parts = [re.sub(r"\^?[-+]?\d$", "", part) for part in re.split(r"[/·*.\s]+", text) if part]
    return len(parts) > 1 and all(map(_is_known, parts))


def _is_known(text: str) -> bool:
    return text in UNITS or (len(text) > 1 and text.casefold() in _FOLDED)


def unit_in(name: str) -> str:
    """The unit that a column's name ends in, as `Power (kW)` or `power_kW`; empty where there is none."""
    bracketed = re.search(r"[\[(]([^\])]{1,12})[\])]\s*$", name)
    if bracketed and not bracketed[1].strip().isdigit():
        return bracketed[1].strip()
    tail = re.search(r"[_ ]([^_ ]{1,8})$", name)
    return tail[1] if tail and tail[1] in UNITS and len(tail[1]) > 1 else ""


def unit_beside(name: str, unit: str) -> str:
    """The unit to show beside a sensor's name; empty where the name has it already."""
    return "" if unit and re.search(rf"(?<![^\W_]){re.escape(unit)}(?![^\W_])", name) else unit


def factors(units: list[str]) -> dict[str, float]:
    """What each unit is multiplied by so that all that measure the same are the first of them: kW beside W is 1000."""
    sizes: dict[str, float] = {}
    factor: dict[str, float] = {}
    for unit in units:
        prefix, bare = _parted(unit) or ("", unit)
        factor[unit] = PREFIXES[prefix] / sizes.setdefault(bare, PREFIXES[prefix])
    return factor


_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "Mil": 1e6, "Mio": 1e6, "B": 1e9, "Bil": 1e9, "Mrd": 1e9}
"""What stands behind numbers that are shortened, as by Grafana, and what they are multiplied by."""


def scales(bare: list[str], worded: list[tuple[str, str]]) -> dict[str, float]:
    """The factors behind the shortened numbers (digits, word) of a column; none where the words are units.

    Others stand bare beside them, and are no numbers of about the same size.
    """
    words = {word for _, word in worded}
    if not bare or not words or not words <= _SCALES.keys() or words <= {"B"}:
        return {}
    usual, usual_bare = _usual([digits for digits, _ in worded]), _usual(bare)
    alike = 0.5 * usual_bare <= usual <= 2 * usual_bare
    return {} if alike else {word: _SCALES[word] for word in sorted(words)}


def _usual(numbers: list[str]) -> float:
    """The median size of some numbers as they are written."""
    plain = [float(digits.replace(",", ".")) for digits in numbers if re.fullmatch(r"\d+(?:[.,]\d+)?", digits)]
    return median(plain) if plain else 0.0


def _parted(unit: str) -> tuple[str, str] | None:
    """A unit's prefix and what it multiplies."""
    for bare in _SCALED:
        if unit.endswith(bare) and unit.removesuffix(bare) in PREFIXES:
            return unit.removesuffix(bare), bare
    return None
