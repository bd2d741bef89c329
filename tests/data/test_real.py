"""Files as they were published, from packages of the registry: read as their owners expect, or refused with what to do.

Beginnings of the files of statsmodels, scikit-learn and vega_datasets stand in `real` (its README says which, and under
what licences); matplotlib and NumPy bring whole ones. The numbers here were read by Python's csv and json, not by us.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.data import bind, reading
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.notation.parser import parse

REAL = Path(__file__).parent / "real"
LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))

Read = tuple[str, str, str, Any, int, tuple[float, float], tuple[float, float]]

READ: list[Read] = [
    ("E6.csv", "R", "Dp", None, 8, (0.083, -0.00313258), (0.107, -0.00144386)),
    ("airports.csv", "longitude", "latitude", None, 7, (-89.23450472, 31.95376472), (-86.61145333, 32.85048667)),
    ("anes96.csv", "age", "vote", None, 8, (36.0, 1.0), (21.0, 0.0)),
    ("cancer.csv", "population", "cancer", None, 8, (445.0, 1.0), (976.0, 5.0)),
    ("ccard.csv", "INCOME", "AVGEXP", None, 8, (4.52, 124.98), (2.37, 150.79)),
    ("china_smoking.csv", "smoking_yes_cancer_yes", "smoking_no_cancer_no", None, 8, (126.0, 61.0), (104.0, 36.0)),
    ("co2.csv", "date", "co2", "drop", 7, (19580329.0, 316.1), (19580517.0, 317.5)),
    ("committee.csv", "STAFF", "BILLS104", None, 8, (109.0, 6.0), (68.0, 63.0)),
    ("committee.dat", "STAFF", "BILLS104", None, 5, (109.0, 6.0), (61.0, 125.0)),
    ("copper.csv", "COPPERPRICE", "WORLDCONSUMPTION", None, 8, (26.56, 3173.0), (27.23, 3957.6)),
    ("copper.dat", "COPPERPRICE", "WORLDCONSUMPTION", None, 5, (26.56, 3173.0), (42.7, 3755.1)),
    ("cpunish.csv", "INCOME", "EXECUTIONS", None, 8, (34453.0, 37.0), (34861.0, 2.0)),
    ("cpunish.dat", "INCOME", "EXECUTIONS", None, 5, (34453.0, 37.0), (31468.0, 3.0)),
    ("elnino.csv", "YEAR", "DEC", None, 8, (1950.0, 21.8), (1957.0, 23.69)),
    ("elnino.dat", "YR", "NINO3.4", None, 5, (1950.0, 24.83), (1950.0, 26.19)),
    ("engel.csv", "income", "foodexp", None, 8,
     (420.157650843928, 255.839424594576), (979.164835837914, 700.440904266032)),
    ("fair.csv", "yrs_married", "affairs", None, 8, (9.0, 0.1111111), (23.0, 1.826086)),
    ("fertility.csv", "1960", "1990", "drop", 7, (4.82, 2.249), (4.55, 2.5380000000000003)),
    ("grunfeld.csv", "value", "invest", None, 8, (3078.5, 317.6), (3244.1, 448.0)),
    ("heart.csv", "age", "survival", None, 8, (54.3, 15.0), (49.5, 280.0)),
    ("iowa-electricity.csv", "net_generation", "source", ["Fossil Fuels"], 7, (35361.0, 0), (41389.0, 0)),
    ("la-riots.csv", "age", "gender", ["Female", "Male"], 7, (18.0, 1), (42.0, 0)),
    ("linnerud_exercise.csv", "Chins", "Jumps", None, 6, (5.0, 60.0), (4.0, 42.0)),
    ("linnerud_physiological.csv", "Waist", "Pulse", None, 6, (36.0, 50.0), (36.0, 56.0)),
    ("longley.csv", "GNP", "TOTEMP", None, 8, (234289.0, 60323.0), (363112.0, 63761.0)),
    ("macrodata.csv", "realgdp", "unemp", None, 8, (2710.349, 5.8), (2802.616, 6.3)),
    ("modechoice.csv", "ttme", "choice", None, 8, (69.0, 0.0), (0.0, 1.0)),
    ("nile.csv", "year", "volume", None, 8, (1871.0, 1120.0), (1878.0, 1230.0)),
    ("randhie.csv", "disea", "mdvis", None, 8, (13.73189, 0.0), (13.73189, 1.0)),
    ("scotvote.csv", "UNEMPF", "YES", None, 8, (21.0, 60.3), (20.5, 70.5)),
    ("scotvote.dat", "PublicHousingStarts", "GDP", None, 5, (136.0, 13566.0), (37.0, 9265.0)),
    ("seattle-temps.csv", "temp", "temp", None, 7, (39.4, 39.4), (38.7, 38.7)),
    ("seattle-weather.csv", "temp_max", "weather", ["drizzle", "rain"], 7, (12.8, 0), (7.2, 1)),
    ("spector.csv", "GPA", "GRADE", None, 8, (2.66, 0.0), (2.87, 0.0)),
    ("stackloss.csv", "AIRFLOW", "STACKLOSS", None, 8, (80.0, 42.0), (62.0, 20.0)),
    ("star98.csv", "PERASIAN", "MATHTOT", None, 8, (23.2993, 807.0), (3.665781, 912.0)),
    ("star98.dat", "PERASIAN", "MATH", None, 5,
     (23.2993035015743, 654.852837393022), (7.17299578059072, 662.700114372856)),
    ("statecrime.csv", "urban", "murder", None, 8, (48.65, 7.1), (68.71, 4.6)),
    ("stocks.csv", "price", "symbol", ["AAPL", "MSFT"], 7, (39.81, 1), (28.4, 1)),
    ("strikes.csv", "iprod", "duration", None, 8, (0.01138, 7.0), (0.01138, 130.0)),
    ("sunspots.csv", "YEAR", "SUNACTIVITY", None, 8, (1700.0, 5.0), (1707.0, 20.0)),
    ("us-employment.csv", "private", "nonfarm", None, 7, (113603.0, 135450.0), (114570.0, 136543.0)),
    ("anscombe.json", "X", "Y", None, 4, (10.0, 8.04), (8.0, 6.89)),
    ("barley.json", "year", "yield", None, 4, (1931.0, 27.0), (1932.0, 29.33333)),
    ("burtin.json", "Penicillin", "Gram_Staining", ["negative", "positive"], 4, (870.0, 0), (0.005, 1)),
    ("cars.json", "Horsepower", "Miles_per_Gallon", "drop", 4, (130.0, 18.0), (82.0, 31.0)),
    ("crimea.json", "wounds", "disease", None, 4, (0.0, 110.0), (0.0, 90.0)),
    ("driving.json", "miles", "gas", None, 4, (3675.0, 2.38), (9596.0, 2.61)),
    ("iris.json", "petalLength", "species", ["setosa", "versicolor", "virginica"], 4, (1.4, 0), (5.1, 2)),
    ("ohlc.json", "open", "close", None, 4, (28.7, 30.04), (25.4, 25.92)),
    ("wheat.json", "year", "wages", "drop", 3, (1565.0, 5.0), (1575.0, 5.08)),
]  # fmt: skip
"""File, the columns for x and y, classes of y or "drop", how many rows, the first and the last of them."""


@pytest.mark.parametrize("row", READ, ids=[row[0] for row in READ])
def test_read_as_its_owner_expects(row: Read) -> None:
    name, x, y, how, count, first, last = row
    classes = {"y": how} if isinstance(how, list) else None
    found = bind(LINE, REAL / name, reading=reading({"x": x, "y": y}, classes, drop_missing=how == "drop"))
    assert found.patterns == count
    got = [(float(found.values["x"][at]), float(found.values["y"][at])) for at in (0, -1)]
    assert got == [first, last]


Refused = tuple[str, str, str, str, str, str]

REFUSED: list[Refused] = [
    # file, columns for x and y, code, what is said, what to do
    ("E6_jmulti.csv", "Dp", "R", "E211", "E6_jmulti.csv:1:1: the first line has numbers only", "put a line with the"),
    ("breast_cancer.csv", "radius", "benign", "E212", "breast_cancer.csv:2: 31 cells for 4 columns", "does not name"),
    ("wine_data.csv", "alcohol", "class", "E212", "wine_data.csv:2: 14 cells for 5 columns", "does not name them"),
    ("iris.csv", "sepal length", "species", "E242", "iris.csv has no column 'sepal length'", "its columns are 150, 4"),
    ("maunaloa_c.dat", "co2", "year", "E211", "maunaloa_c.dat:1:1: the first line has no names", "Begin it with #"),
    ("sunspots_monthly.dat", "Jan", "Dec", "E212", "sunspots_monthly.dat:7: an empty line", "is line 1 a title"),
    ("unemp.csv", "Year", "Value", "E212", "unemp.csv:2: an empty line", "is line 1 a title"),
    ("svmlight_classification.txt", "x", "y", "E212", "svmlight_classification.txt:4", "give every row one cell"),
    ("elec_equip.csv", "DATE", "STS.M.I7.W.TOVT.NS0016.4.000", "E213", "elec_equip.csv:2:1: 'Jan-1-1995'", "a date"),
    ("stocks.csv", "date", "price", "E213", "stocks.csv:2:6: 'Jan 1 2000' in column date", "a date"),
    ("seattle-temps.csv", "date", "temp", "E213", "seattle-temps.csv:2:1: '2010/01/01 00:00'", "a date"),
    ("seattle-weather.csv", "wind", "weather", "E213", "seattle-weather.csv:2:29: 'drizzle'",
     '--classes "y=drizzle,rain"'),
    ("co2.csv", "date", "co2", "E213", "co2.csv:8:10: column co2 has no value", "--drop-missing"),
    ("cars.json", "Horsepower", "Miles_per_Gallon", "E205", "row 3 of cars.json: column Miles_per_Gallon has no value",
     "--drop-missing"),
    ("cars.json", "Year", "Origin", "E204", "row 1 of cars.json: '1970-01-01' in column Year", "a date"),
    ("wheat.json", "year", "wages", "E203", "row 4 of wheat.json has no wages", "--drop-missing"),
    ("crimea.json", "date", "disease", "E204", "row 1 of crimea.json: '1854-04-01'", "a date"),
    ("elnino.dat", "ANOM", "YR", "E211", "elnino.dat:1: two columns are called ANOM", "name every column differently"),
    ("la-riots.csv", "age", "longitud", "E242", "la-riots.csv has no column 'longitud'", "did you mean 'longitude'?"),
]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{row[0]}-{row[1]}" for row in REFUSED])
def test_refused_with_a_sentence_that_says_what_to_do(row: Refused) -> None:
    name, x, y, code, problem, help = row
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, REAL / name, reading=reading({"x": x, "y": y}))
    assert (caught.value.code, problem in caught.value.problem, help in caught.value.help) == (code, True, True), (
        caught.value
    )


def test_every_file_is_in_one_list_and_there_are_enough() -> None:
    names = {row[0] for row in READ} | {row[0] for row in REFUSED}
    assert names == {path.name for path in REAL.iterdir()} - {"README.md"}
    assert len(names) >= 40


def package(name: str) -> Path:
    """The folder of an installed package."""
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


SAMPLES = package("matplotlib") / "mpl-data" / "sample_data"


@pytest.mark.parametrize(
    ("path", "how", "count", "first"),
    [
        (SAMPLES / "msft.csv", {"columns": {"x": "Open", "y": "Adj. Close*"}}, 65, (29.76, 29.79)),
        (SAMPLES / "Stocks.csv", {"columns": {"x": "IBM", "y": "AAPL"}, "drop_missing": True}, 391,
         (10.970438003540039, 0.24251236021518707)),
        (SAMPLES / "goog.npz", {"columns": {"x": "open", "y": "close"}}, 1047, (100.0, 100.34)),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)  # fmt: skip
def test_whole_files_of_installed_packages(path: Path, how: Any, count: int, first: tuple[float, float]) -> None:
    found = bind(LINE, path, reading=reading(**how))
    assert (found.patterns, float(found.values["x"][0]), float(found.values["y"][0])) == (count, *first)


@pytest.mark.parametrize(
    ("path", "code", "help"),
    [
        (SAMPLES / "data_x_x2_x3.csv", "E211", "put a line with the names"), (SAMPLES / "eeg.dat", "E210", "UTF-8"),
        (SAMPLES / "membrane.dat", "E210", "UTF-8"), (SAMPLES / "README.txt", "E212", "begin it with #"),
        (SAMPLES / "topobathy.npz", "E206", "--column"),
        (SAMPLES / "axes_grid" / "bivariate_normal.npy", "E200", "counted from 0"),
        (package("numpy") / "_core" / "tests" / "data" / "umath-validation-set-exp2.csv", "E206", "--column"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)  # fmt: skip
def test_whole_files_that_are_refused(path: Path, code: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, path)
    assert (caught.value.code, help in caught.value.help) == (code, True), caught.value


def test_flowers_are_told_apart() -> None:
    """From the file as vega_datasets has it to a network that has learned, with nothing done by hand."""
    model = cr.Model("""
        index i = 1..2
        data x[i]
        target label in {"setosa", "virginica"}
        weight w[i] := 0, b := 0
        p = σ(Σ_i w[i]·x[i] + b)
        E = (p − label)²
    """)
    rows = {"columns": {"x": ["petalLength", "petalWidth"], "label": "species"}, "standardise": True}
    run = model.train(REAL / "iris.json", steps=200, rate=1, batch="all", **rows)
    assert run.notes[:2] == (
        "the columns sepalLength and sepalWidth are not used", "label: setosa = 0, virginica = 1",
    )  # fmt: skip
    assert np.array_equal(np.rint(run.trace["p"][-1]), run.data["label"])
